from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.google import UnansweredError
from clseave_core.translation.packed import PACKING_TRIALS, PackedTranslator
from clseave_core.translation.patience import Patience
from clseave_core.translation.plausibility import Plausibility
from clseave_core.translation.settings import TranslationSettings
from clseave_core.translation.translator import Answer, Failure, ServiceGoneError
from tests.translation.concepts import Concepts, english, german

SETTINGS = TranslationSettings(
    "google", requests_per_second=1e9, attempts=2, give_up_after=4, max_sentences=8
)
Mangle = Callable[[int, list[str], list[str]], list[str]]


class Page:
    """Translates lines rightly, but for what `mangle(number, lines, translations)` makes of it."""

    def __init__(self, mangle: Mangle = lambda number, lines, right: right) -> None:
        self.mangle = mangle
        self.asked: list[list[str]] = []

    def ask(self, text: str) -> str:
        lines = text.split("\n")
        self.asked.append(lines)
        return "\n".join(self.mangle(len(self.asked), lines, [german(line) for line in lines]))

    @property
    def sizes(self) -> list[int]:
        return [len(lines) for lines in self.asked]


class NoPace(TranslationCache):
    """A cache whose requests need not wait for each other; it needs no file."""

    def reserve(self, provider: str, now: float, seconds: float, at_most: float) -> float:
        return 0.0


@pytest.fixture
def cache(tmp_path: Path) -> TranslationCache:
    return NoPace(tmp_path / "cache.sqlite")


def translator(
    page: Page,
    cache: TranslationCache,
    chosen: TranslationSettings = SETTINGS,
    encoder: Concepts | None = None,
) -> PackedTranslator:
    patience = Patience(page.ask, "google", cache, chosen, 0, lambda seconds: None)
    judge = Plausibility("en", "de", encoder or Concepts(), 0.3)
    return PackedTranslator("google", patience, judge, chosen)


def all_of(made: PackedTranslator, sentences: list[str]) -> dict[str, Answer | Failure]:
    answers = [answer for batch in made.translate(sentences) for answer in batch]
    assert sorted(answer.source for answer in answers) == sorted(sentences)
    return {answer.source: answer for answer in answers}


def right(sentences: list[str]) -> dict[str, Answer]:
    return {sentence: Answer(sentence, german(sentence)) for sentence in sentences}


def test_in_the_good_case_requests_are_full(cache: TranslationCache) -> None:
    page = Page()
    sentences = english(20)
    assert all_of(translator(page, cache), sentences) == right(sentences)
    assert page.sizes == [8, 8, 4]
    assert [line for lines in page.asked for line in lines] == sentences


def test_each_request_is_one_batch(cache: TranslationCache) -> None:
    batches = translator(Page(), cache).translate(english(20))
    assert [len(batch) for batch in batches] == [8, 8, 4]


def test_too_few_lines_are_asked_for_again_in_halves(cache: TranslationCache) -> None:
    page = Page(lambda n, lines, right: [" ".join(right[:2]), *right[2:]] if n == 1 else right)
    sentences = english(8)
    assert all_of(translator(page, cache), sentences) == right(sentences)
    assert page.sizes == [8, 4, 4]


def test_two_exchanged_lines_are_caught(cache: TranslationCache) -> None:
    def swap(number: int, lines: list[str], right: list[str]) -> list[str]:
        return [right[1], right[0], *right[2:]] if number == 1 else right

    page = Page(swap)
    sentences = english(8)
    assert all_of(translator(page, cache), sentences) == right(sentences)
    assert page.sizes == [8, 4, 4]


def test_what_is_never_plausible_in_a_pack_is_asked_for_alone_and_doubtful(
    cache: TranslationCache, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    odd = english(8)[2]
    page = Page(
        lambda n, lines, right: [
            "So etwas in der Art." if line == odd else r
            for line, r in zip(lines, right, strict=True)
        ]
    )
    answers = all_of(translator(page, cache), english(8))
    assert answers[odd] == Answer(odd, "So etwas in der Art.", doubt="similarity 0.00")
    assert page.sizes == [8, 4, 2, 2, 1, 1, 4]
    assert f"doubtful: 'So etwas in der Art.' for {odd!r} (similarity 0.00)" in caplog.text


def test_an_answer_to_the_sentence_before_is_doubtful_when_sentences_are_sent_alone(
    cache: TranslationCache,
) -> None:
    sentences = english(4)
    page = Page(lambda n, lines, right: [german(sentences[max(n - 2, 0)])])
    alone = replace(SETTINGS, max_sentences=1, min_similarity=-1.0)
    patience = Patience(page.ask, "google", cache, alone, 0, lambda seconds: None)
    made = PackedTranslator("google", patience, Plausibility("en", "de", Concepts(), -1.0), alone)
    doubts = [
        getattr(answer, "doubt", "") for batch in made.translate(sentences) for answer in batch
    ]
    assert doubts[0] == ""
    assert all(doubt.startswith("lines that look exchanged") for doubt in doubts[2:])


def test_where_packing_never_works_it_says_so_once_and_stays_with_single_requests(
    cache: TranslationCache, caplog: pytest.LogCaptureFixture
) -> None:
    page = Page(lambda n, lines, right: [" ".join(right)])
    sentences = english(60)
    assert all_of(translator(page, cache), sentences) == right(sentences)
    assert sum(size > 1 for size in page.sizes) == PACKING_TRIALS
    assert page.sizes.count(1) == 60
    assert caplog.text.count("each sentence is sent alone") == 1


def test_a_language_that_the_encoder_does_not_know_is_sent_singly(
    cache: TranslationCache, caplog: pytest.LogCaptureFixture
) -> None:
    page, encoder = Page(), Concepts(languages=["en", "ja"])
    assert all_of(translator(page, cache, encoder=encoder), english(15)) == right(english(15))
    first, eleventh = english(15)[0], english(15)[10]
    assert page.asked == [
        [text] for text in [*english(15)[:10], first, *english(15)[10:], eleventh]
    ]
    assert encoder.encoded == 0
    assert caplog.text.count("the sentence encoder was not made for this language") == 1


def test_answers_that_no_second_question_confirms_are_doubtful_where_meaning_is_unknown(
    cache: TranslationCache,
) -> None:
    sentences = english(12)
    page = Page()
    behind = ["Guten Tag."]

    def one_answer_behind(number: int, lines: list[str], right: list[str]) -> list[str]:
        behind.append(right[0])
        return [behind[-2]]

    page.mangle = one_answer_behind
    made = translator(page, cache, encoder=Concepts(languages=["en", "ja"]))
    answers = all_of(made, sentences)
    assert all(isinstance(answer, Answer) and answer.doubt for answer in answers.values())
    first = answers[sentences[0]]
    assert isinstance(first, Answer)
    assert first.doubt == (
        f"{sentences[0]!r} was answered 'Guten Tag.', and then {german(sentences[9])!r}"
    )


def test_an_unchanged_line_is_asked_for_once_more_alone(cache: TranslationCache) -> None:
    sentences = english(8)
    stubborn, once = sentences[1], sentences[5]

    def english_back(number: int, lines: list[str], right: list[str]) -> list[str]:
        pairs = zip(lines, right, strict=True)
        return [x if x == stubborn or (x == once and number == 1) else r for x, r in pairs]

    page = Page(english_back)
    answers = all_of(translator(page, cache), sentences)
    assert answers[stubborn] == Answer(stubborn, stubborn, unchanged=True)
    assert answers[once] == Answer(once, german(once))
    assert page.asked[1:] == [[stubborn], [once]]


def test_a_single_sentence_that_comes_back_is_asked_twice(cache: TranslationCache) -> None:
    page = Page(lambda n, lines, right: lines)
    text = english(1)[0]
    assert all_of(translator(page, cache), [text]) == {text: Answer(text, text, unchanged=True)}
    assert page.sizes == [1, 1]


def test_a_pack_that_comes_back_as_it_went_is_refused(cache: TranslationCache) -> None:
    page = Page(lambda n, lines, right: lines if n == 1 else right)
    sentences = english(8)
    assert all_of(translator(page, cache), sentences) == right(sentences)
    assert page.sizes == [8, 4, 4]


def test_sentences_without_a_letter_are_not_sent(cache: TranslationCache) -> None:
    page = Page()
    answers = all_of(translator(page, cache), ["...", *english(1), "42!"])
    assert answers["..."] == Answer("...", "...", unchanged=True)
    assert answers["42!"] == Answer("42!", "42!", unchanged=True)
    assert page.asked == [english(1)]


def test_white_space_in_a_sentence_is_no_line_end(cache: TranslationCache) -> None:
    first, second = english(2)
    broken = first.replace(" dog", "\n dog")
    page = Page()
    answers = all_of(translator(page, cache), [broken, second])
    assert page.asked[0] == [first, second]
    assert answers[second] == Answer(second, german(second))


def test_one_sentence_that_upsets_the_service_fails_alone(cache: TranslationCache) -> None:
    sentences = english(20)
    poison = sentences[9]

    def upset(number: int, lines: list[str], right: list[str]) -> list[str]:
        if poison in lines:
            raise UnansweredError("status 500", worth_repeating=True)
        return right

    page = Page(upset)
    answers = all_of(translator(page, cache), sentences)
    assert answers.pop(poison) == Failure(poison, "status 500")
    assert answers == right([text for text in sentences if text != poison])


def test_a_service_that_is_gone_is_left_after_bounded_requests(cache: TranslationCache) -> None:
    def gone_after_two(number: int, lines: list[str], right: list[str]) -> list[str]:
        if number > 2:
            raise UnansweredError("status 503", worth_repeating=True)
        return right

    page = Page(gone_after_two)
    kept = []
    with pytest.raises(ServiceGoneError, match=r"4 requests in a row.*status 503"):
        for batch in translator(page, cache).translate(english(200)):
            kept += batch
    assert len(kept) == 16
    assert len(page.asked) == 2 + 4 * SETTINGS.attempts


def test_packs_that_are_too_long_are_made_shorter_for_good(
    cache: TranslationCache, caplog: pytest.LogCaptureFixture
) -> None:
    def short_only(number: int, lines: list[str], right: list[str]) -> list[str]:
        if len("\n".join(lines)) > 100:
            raise UnansweredError("status 400", too_long=True)
        return right

    page = Page(short_only)
    sentences = english(60)
    assert all_of(translator(page, cache), sentences) == right(sentences)
    refused = [lines for lines in page.asked if len("\n".join(lines)) > 100]
    assert len(refused) <= 4
    assert "is too long (status 400)" in caplog.text


def test_a_single_sentence_that_is_too_long_is_a_failure(cache: TranslationCache) -> None:
    def refuse(number: int, lines: list[str], right: list[str]) -> list[str]:
        raise UnansweredError("status 414", too_long=True)

    answers = all_of(translator(Page(refuse), cache), english(2))
    assert answers == {text: Failure(text, "status 414") for text in english(2)}


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.integers(1, 40),
    st.lists(
        st.sampled_from(["", "", "join", "swap", "empty", "english", "cut", "500"]), max_size=30
    ),
    st.integers(1, 12),
)
def test_whatever_goes_wrong_for_a_while_ends_in_the_right_translations(
    cache: TranslationCache, count: int, faults: list[str], max_sentences: int
) -> None:
    def mangle(number: int, lines: list[str], right: list[str]) -> list[str]:
        fault = faults[number - 1] if number <= len(faults) else ""
        if fault == "500":
            raise UnansweredError("status 500", worth_repeating=True)
        if fault == "empty":
            raise UnansweredError("an empty answer", worth_repeating=True)
        if fault == "english" and len(lines) > 1:
            return lines
        if fault == "swap":
            return right[::-1]
        if fault == "join":
            return [" ".join(right)]
        return right[:-1] if fault == "cut" and len(lines) > 1 else right

    chosen = replace(SETTINGS, max_sentences=max_sentences, attempts=31, give_up_after=100)
    sentences = english(count)
    assert all_of(translator(Page(mangle), cache, chosen), sentences) == right(sentences)
