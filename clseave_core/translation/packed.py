"""A translator that sends many sentences in one request, and trusts no answer blindly.

A packed answer is accepted when it has a plausible line for each sentence. Otherwise the pack is
split in halves, and in the end each sentence is sent alone. A request that stays without an answer
in all its attempts is split too, but its halves are asked last: if other requests fare no better,
the service is gone; if they do, something in this one upsets it, and halving finds what.
"""

import logging
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

from clseave_core.translation.google import UnansweredError
from clseave_core.translation.packing import encoded_length, halves, one_line, pack, take, unpack
from clseave_core.translation.patience import Patience
from clseave_core.translation.plausibility import Plausibility
from clseave_core.translation.settings import TranslationSettings
from clseave_core.translation.translator import Answer, Failure, clean, has_words, same_text

logger = logging.getLogger(__name__)

PACKING_TRIALS = 12
"""Packed answers refused in a row after which packing counts as not working: more than one bad
line can cause, since halving even a pack of 1,000 sentences ends after ten steps."""

PROOF_EVERY = 10
"""Answers after which one is asked for again, where no meaning can be checked. An answer that
belongs to another question comes out otherwise the second time."""

_MAX_UNCHANGED_SHARE = 0.5
_SHORTER = 0.75


class _Work:
    """What is still to be asked: parts of refused packs first, unanswered ones last."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self._parts: deque[list[str]] = deque()
        self._waiting = deque(sentences)
        self._unanswered: deque[list[str]] = deque()

    def __bool__(self) -> bool:
        return bool(self._parts or self._waiting or self._unanswered)

    def next(self, max_length: int, max_sentences: int) -> list[str]:
        """The sentences of the next request."""
        if not self._parts and self._waiting:
            return take(self._waiting, max_length, max_sentences)
        sentences = (self._parts or self._unanswered).popleft()
        self.put_first([sentences[max_sentences:]] if len(sentences) > max_sentences else [])
        return sentences[:max_sentences]

    def put_first(self, parts: Sequence[list[str]]) -> None:
        self._parts.extendleft(reversed(parts))

    def put_last(self, parts: Sequence[list[str]]) -> None:
        self._unanswered.extend(parts)


class PackedTranslator:
    """A `Translator` over a `Patience` that asks, and a `Plausibility` that judges the answers."""

    def __init__(
        self,
        provider: str,
        patience: Patience,
        plausibility: Plausibility,
        settings: TranslationSettings,
    ) -> None:
        self.provider = provider
        self._patience = patience
        self.judge: Plausibility = plausibility
        self._attempts = settings.attempts
        self._max_sentences = settings.max_sentences
        self._max_length = settings.max_request_length
        self._refused_in_a_row = 0
        self._unchanged_once: set[str] = set()
        self._answered_before: tuple[str, str] | None = None
        self._unproven: list[Answer | Failure] = []
        if self._max_sentences > 1 and not plausibility.knows_languages:
            self._stop_packing("the sentence encoder was not made for this language")

    def translate(self, sentences: Sequence[str]) -> Iterator[list[Answer | Failure]]:
        """Yield each request's answers; see `Translator`."""
        wordless = [Answer(text, text, unchanged=True) for text in sentences if not has_words(text)]
        if wordless:
            logger.info("%d sentences have no letter in them and stay as they are", len(wordless))
            yield [*wordless]
        work = _Work([text for text in sentences if has_words(text)])
        while work:
            asked = work.next(self._max_length, self._max_sentences)
            if len(asked) == 1:
                answers_so_far = self._proven(self._ask_single(asked[0]), is_last=not work)
                if answers_so_far:
                    yield answers_so_far
                continue
            try:
                answers, open_parts = self._ask_pack(asked)
            except UnansweredError as error:
                if error.too_long:
                    self._shorten_packs(asked, error)
                    work.put_first(halves(asked))
                else:
                    work.put_last(halves(asked))
                continue
            work.put_first(open_parts)
            if answers:
                yield [*answers]

    def _ask_pack(self, sentences: list[str]) -> tuple[list[Answer], list[list[str]]]:
        """Ask for several sentences: the answers accepted, and the parts to ask for again.

        A few lines that equal their source are asked for again alone; a pack that mostly comes
        back as it went is refused as a whole.
        """
        lines = [
            clean(line) for line in unpack(self._patience.ask(pack(sentences), self._attempts))
        ]
        same: list[str] = []
        pairs = list(zip(sentences, lines, strict=False))
        if len(lines) == len(sentences):
            same = [source for source, line in pairs if same_text(source, line)]
            pairs = [(source, line) for source, line in pairs if not same_text(source, line)]
        if len(same) > _MAX_UNCHANGED_SHARE * len(sentences):
            reason: str | None = f"{len(same)} of {len(sentences)} lines came back as they went"
        elif len(lines) != len(sentences):
            reason = f"{len(lines)} lines for {len(sentences)} sentences"
        else:
            reason = self.judge.of_pack(*zip(*pairs, strict=True))
        if reason is not None:
            self._refuse(len(sentences), reason)
            return [], [*halves(sentences)]
        self._refused_in_a_row = 0
        self._unchanged_once.update(same)
        return [Answer(source, line) for source, line in pairs], [[source] for source in same]

    def _ask_single(self, sentence: str) -> Answer | Failure:
        """Ask for one sentence; an answer that equals it must come twice to be believed."""

        def refuse(answer: str) -> str | None:
            line = clean(answer)
            return None if same_text(sentence, line) else self.judge.cannot_be(sentence, line)

        try:
            answer = self._patience.ask(one_line(sentence), self._attempts, refuse)
            if same_text(sentence, clean(answer)) and sentence not in self._unchanged_once:
                answer = self._patience.ask(one_line(sentence), self._attempts, refuse)
        except UnansweredError as error:
            return Failure(sentence, str(error))
        line, count = clean(answer), len(unpack(answer))
        if same_text(sentence, line):
            return Answer(sentence, line, unchanged=True)
        doubt = self._doubt(sentence, line) if count == 1 else f"{count} lines for one sentence"
        self._answered_before = (sentence, line)
        if doubt:
            # Halving ended here: the answer is bad, and not the packing.
            self._refused_in_a_row = 0
            logger.info("sent alone, and doubtful: %r for %r (%s)", line, sentence, doubt)
        return Answer(sentence, line, doubt=doubt)

    def _doubt(self, sentence: str, line: str) -> str:
        """Why an answer to a sentence sent alone is doubtful; a page may be one answer behind."""
        (reason,) = self.judge.doubts([sentence], [line])
        if reason is None and self._answered_before is not None:
            pairs = zip(self._answered_before, (sentence, line), strict=True)
            reason = self.judge.exchanged(*map(list, pairs))
        return reason or ""

    def _proven(self, answer: Answer | Failure, *, is_last: bool) -> list[Answer | Failure]:
        """The answers that may be given on, after this one; none while they wait for a proof."""
        if self.judge.knows_languages:
            return [answer]
        self._unproven.append(answer)
        if len(self._unproven) < PROOF_EVERY and not is_last:
            return []
        answers, self._unproven = self._unproven, []
        first = next((each for each in answers if isinstance(each, Answer)), None)
        again = self._ask_single(first.source) if first is not None else None
        if not isinstance(again, Answer) or first is None:
            return answers
        if same_text(first.translation, again.translation):
            return answers
        doubt = (
            f"{first.source!r} was answered {first.translation!r}, and then {again.translation!r}"
        )
        return [
            replace(each, doubt=each.doubt or doubt) if isinstance(each, Answer) else each
            for each in answers
        ]

    def _refuse(self, count: int, reason: str) -> None:
        logger.info("a packed answer for %d sentences is not accepted: %s", count, reason)
        self._refused_in_a_row += 1
        if self._refused_in_a_row >= PACKING_TRIALS and self._max_sentences > 1:
            self._stop_packing(f"{self._refused_in_a_row} packed answers in a row were refused")

    def _stop_packing(self, reason: str) -> None:
        self._max_sentences = 1
        logger.warning(
            "%s: %s; from here on each sentence is sent alone, which takes many more requests",
            self.provider, reason,
        )  # fmt: skip

    def _shorten_packs(self, sentences: list[str], error: UnansweredError) -> None:
        length = encoded_length(pack(sentences))
        self._max_length = min(self._max_length, int(length * _SHORTER))
        logger.warning(
            "%s: a request of %d encoded characters is too long (%s); now at most %d",
            self.provider, length, error, self._max_length,
        )  # fmt: skip
