"""Translate one shard of the hypotheses, keeping every answer as soon as it is there.

An answer that may be nobody's translation is never cached: it is asked for again when all others
are there, and in the next run. A small share of them may stay, marked with the doubt.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from clseave_core.progress import Progress
from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.doubtful import (
    TooManyDoubtfulError,
    answers_of_nobody,
    said_of,
    too_many_doubtful,
)
from clseave_core.translation.plausibility import Plausibility
from clseave_core.translation.settings import TranslationSettings
from clseave_core.translation.translator import Answer, Failure, ServiceGoneError, Translator

logger = logging.getLogger(__name__)

ROUNDS = 3
"""How often a sentence is asked for in one run while its answer is doubtful."""
DOUBTFUL_TRIALS = 20
"""Doubtful answers in a row after which the service counts as ill."""
_SHOWN = 5
_CHECKED_AT_ONCE = 500


class SentencesMissingError(RuntimeError):
    """Some sentences have no translation in the end; all others are kept."""


class TooManyUnchangedError(RuntimeError):
    """More translations equal their source than the study allows."""


def translate_shard(
    hypotheses: pd.DataFrame,
    lang: str,
    translator: Translator,
    cache: TranslationCache,
    settings: TranslationSettings,
    *,
    shard: int = 0,
    shards: int = 1,
    source: str = "en",
) -> pd.DataFrame:
    """Translate the `shard`-th (from 0) of `shards` contiguous parts of `hypotheses`.

    `hypotheses` has the columns hypothesis_id and text; the result has those of
    SHARD_TRANSLATIONS, in the same order. A translator with a judge is only asked for sentences
    that the cache does not know.
    Raises SentencesMissingError with the ids and reasons of what could not be translated,
    ServiceGoneError when the service answers no more or says something else than translations;
    TooManyUnchangedError and TooManyDoubtfulError as soon as the shard alone has more such answers
    than the whole language may. Running again asks only for what is missing.
    """
    if not 0 <= shard < shards:
        raise ValueError(f"shard {shard} is not one of 0 to {shards - 1}.")
    rows = len(hypotheses)
    part = hypotheses.iloc[rows * shard // shards : rows * (shard + 1) // shards]
    ids = dict(zip(part["text"], part["hypothesis_id"].tolist(), strict=True))
    for text, number in ids.items():
        if not text.strip():
            raise ValueError(f"hypothesis {number} is empty. Remove it from the corpus.")
    if translator.judge is not None:
        shelf = _Shelf(cache, translator.judge, (translator.provider, source, lang))
        answers = _Questions(ids, shelf, translator, settings, rows).ask()
    else:
        batches = translator.translate(list(ids))
        answers = {a.source: a for batch in batches for a in batch if isinstance(a, Answer)}
    found = [answers[text] for text in part["text"]]
    return pd.DataFrame(
        {
            "hypothesis_id": part["hypothesis_id"].to_numpy(),
            "text": [answer.translation for answer in found],
            "provider": [translator.provider] * len(found),
            "unchanged": [answer.unchanged for answer in found],
            "doubt": [answer.doubt for answer in found],
        }
    )


class _Shelf:
    """The part of the cache that holds one provider's answers for one pair of languages."""

    def __init__(
        self, cache: TranslationCache, judge: Plausibility, key: tuple[str, str, str]
    ) -> None:
        self.cache, self.judge, self.key = cache, judge, key
        self.lang = key[-1]

    def get(self, texts: Sequence[str]) -> dict[str, Answer]:
        """The answers to `texts` that are there; those of an earlier version are checked first."""
        old = list(self.cache.unchecked(*self.key, texts).values())
        refused = 0
        for start in range(0, len(old), _CHECKED_AT_ONCE):
            some = old[start : start + _CHECKED_AT_ONCE]
            reasons = self.judge.doubts(
                [answer.source for answer in some], [answer.translation for answer in some]
            )
            bad = [
                answer.source
                for answer, reason in zip(some, reasons, strict=True)
                if reason is not None and not answer.unchanged
            ]
            self.cache.forget(*self.key, bad)
            refused += len(bad) + len(self.put([a for a in some if a.source not in bad]))
        if refused:
            logger.warning(
                "%s: %d of %d answers that an earlier version cached may be nobody's translation; "
                "they are asked for again", self.lang, refused, len(old),
            )  # fmt: skip
        return self.cache.get(*self.key, texts)

    def put(self, answers: Sequence[Answer]) -> dict[str, str]:
        """Store answers; by sentence, another one with the same answer where it may not be."""
        return self.cache.put(*self.key, answers, self.judge.misfits)


class _Questions:
    """Asks for the sentences (keys of `ids`) that the shelf does not have and puts them there."""

    def __init__(
        self,
        ids: Mapping[str, int],
        shelf: _Shelf,
        translator: Translator,
        settings: TranslationSettings,
        rows: int,
    ) -> None:
        self.ids, self.shelf, self.translator = ids, shelf, translator
        self.settings, self.rows = settings, rows
        self.known = shelf.get(list(ids))
        self.unchanged = [text for text, answer in self.known.items() if answer.unchanged]
        self.doubtful: dict[str, Answer] = {}
        self.failures: dict[str, Failure] = {}

    def ask(self) -> dict[str, Answer]:
        """An answer to each sentence. Raises what `translate_shard` does."""
        logger.info(
            "%s: %d of %d sentences are known", self.shelf.lang, len(self.known), len(self.ids)
        )
        for attempt in range(ROUNDS):
            missing = [
                text for text in self.ids if text not in self.known and text not in self.failures
            ]
            if not missing:
                break
            self._ask_for(missing, attempt)
            self._look_again()
        self.failures |= {failure.source: failure for failure in answers_of_nobody(self.doubtful)}
        if self.failures:
            raise SentencesMissingError(self._missing())
        self._check_doubtful()
        return self.known | self.doubtful

    def _look_again(self) -> None:
        """Take what other processes did to the shelf.

        They may have been first with one of the sentences, whose answer all keep, or may have
        found that an answer is nobody's translation.
        """
        answered = self.known
        self.known = self.shelf.get(list(self.ids))
        self.doubtful = {
            text: answer for text, answer in self.doubtful.items() if text not in self.known
        }
        for text, answer in answered.items():
            if text not in self.known:
                self.doubtful[text] = replace(answer, doubt="also the answer to another sentence")

    def _ask_for(self, missing: list[str], attempt: int) -> None:
        in_a_row = done = 0
        with Progress(f"translate into {self.shelf.lang}", len(missing), "sentences") as bar:
            try:
                for batch in self.translator.translate(missing):
                    for answer in self._take(batch):
                        in_a_row = in_a_row + 1 if answer.doubt else 0
                        if attempt == 0 and in_a_row >= DOUBTFUL_TRIALS:
                            raise ServiceGoneError(
                                f"{self.translator.provider}: {in_a_row} answers in a row may be "
                                f"nobody's translation, the last one {answer.translation!r} for "
                                f"{answer.source!r} ({answer.doubt})"
                            )
                        done += not answer.doubt
                    bar.advance(len(batch))
            except ServiceGoneError as error:
                raise ServiceGoneError(
                    f"{error}. {done} of the {len(missing)} sentences asked for in this run were "
                    f"translated into {self.shelf.lang} and are kept in {self.shelf.cache.path}. "
                    "Run the same command later: it goes on with the others."
                ) from error

    def _take(self, batch: Sequence[Answer | Failure]) -> list[Answer]:
        """Store a batch; its answers, each with the doubt there is."""
        answers = [answer for answer in batch if isinstance(answer, Answer)]
        self.failures |= {a.source: a for a in batch if isinstance(a, Failure)}
        shared = self.shelf.put([answer for answer in answers if not answer.doubt])
        # An answer that was good until another sentence was given the same.
        withdrawn = [self.known.pop(text) for text in shared if text in self.known]
        answers = [
            replace(answer, doubt=f"also the answer to {shared[answer.source]!r}")
            if answer.source in shared
            else answer
            for answer in answers
        ]
        for answer in withdrawn:
            doubt = f"also the answer to {shared[answer.source]!r}"
            self.doubtful[answer.source] = replace(answer, doubt=doubt)
        for answer in answers:
            if answer.doubt:
                self.doubtful[answer.source] = answer
            else:
                self.doubtful.pop(answer.source, None)
                self.known[answer.source] = answer
                if answer.unchanged:
                    self.unchanged.append(answer.source)
        self._check_unchanged()
        return answers

    def _check_unchanged(self) -> None:
        if len(self.unchanged) > self.settings.max_unchanged * self.rows:
            self.shelf.cache.forget_unchanged(*self.shelf.key)
            raise TooManyUnchangedError(
                unchanged_message(
                    self.shelf.lang, self.unchanged, self.rows, self.settings.max_unchanged
                )
            )

    def _check_doubtful(self) -> None:
        doubtful = sorted((self.ids[text], answer) for text, answer in self.doubtful.items())
        if len(doubtful) > self.settings.max_doubtful * self.rows:
            kept = f"All others are kept in {self.shelf.cache.path}."
            raise TooManyDoubtfulError(
                too_many_doubtful(
                    self.shelf.lang, doubtful, self.rows, self.settings.max_doubtful, kept
                )
            )
        if doubtful:
            logger.warning(
                "%s: %d answers may be nobody's translation: %s",
                self.shelf.lang, len(doubtful), said_of(doubtful),
            )  # fmt: skip

    def _missing(self) -> str:
        failures = sorted(self.failures.values(), key=lambda failure: self.ids[failure.source])
        for failure in failures:
            logger.error(
                "no translation of %d %r: %s",
                self.ids[failure.source], failure.source, failure.reason,
            )  # fmt: skip
        shown = "; ".join(
            f"{self.ids[failure.source]} {failure.source!r} ({failure.reason})"
            for failure in failures[:_SHOWN]
        )
        numbers = ", ".join(str(self.ids[failure.source]) for failure in failures)
        return (
            f"{len(failures)} of {len(self.ids)} sentences have no translation into "
            f"{self.shelf.lang}: {shown}{'; ...' if len(failures) > _SHOWN else ''}. Their "
            f"hypothesis_id: {numbers}. All others are kept in {self.shelf.cache.path}. Run the "
            "same command again: it asks only for these."
        )


def unchanged_message(lang: str, unchanged: list[str], rows: int, max_unchanged: float) -> str:
    """What to say when more than `max_unchanged` of `rows` sentences came back as they went."""
    shown = ", ".join(repr(text) for text in unchanged[:_SHOWN])
    return (
        f"{len(unchanged)} of {rows} translations into {lang} equal the English sentence, more "
        f"than translation.max_unchanged = {max_unchanged:g} allows: {shown}"
        f"{', ...' if len(unchanged) > _SHOWN else ''}. They are asked for again next time. If "
        "they really are the same in both languages, raise translation.max_unchanged."
    )
