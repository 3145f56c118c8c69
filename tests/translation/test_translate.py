from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from clseave_core.files import read_table, write_table
from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.doubtful import TooManyDoubtfulError
from clseave_core.translation.plausibility import Plausibility
from clseave_core.translation.provider import make_translator
from clseave_core.translation.schemas import SHARD_TRANSLATIONS
from clseave_core.translation.settings import TranslationSettings
from clseave_core.translation.translate import (
    DOUBTFUL_TRIALS,
    ROUNDS,
    SentencesMissingError,
    TooManyUnchangedError,
    translate_shard,
)
from clseave_core.translation.translator import Answer, Failure, ServiceGoneError
from tests.translation.concepts import Concepts, english, german
from tests.translation.test_cache import first_version

SETTINGS = TranslationSettings("google", max_unchanged=0.2)


class Scripted:
    """Translates rightly in batches of four, but for what `answer` says of a sentence."""

    provider = "google"
    judge = Plausibility("en", "de", Concepts(), 0.3)

    def __init__(self, answer: Callable[[str], Answer | Failure] | None = None) -> None:
        self.answer = answer or (lambda text: Answer(text, german(text)))
        self.asked: list[str] = []

    def translate(self, sentences: Sequence[str]) -> Iterator[list[Answer | Failure]]:
        for start in range(0, len(sentences), 4):
            batch = sentences[start : start + 4]
            self.asked += batch
            yield [self.answer(text) for text in batch]


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[TranslationCache]:
    with TranslationCache(tmp_path / "cache.sqlite") as opened:
        yield opened


def hypotheses(count: int) -> pd.DataFrame:
    return pd.DataFrame({"hypothesis_id": range(count), "text": english(count)})


def test_rows_come_in_order_with_their_ids(cache: TranslationCache, tmp_path: Path) -> None:
    rows = translate_shard(hypotheses(6), "de", Scripted(), cache, SETTINGS, shard=1, shards=2)
    assert rows.to_dict("list") == {
        "hypothesis_id": [3, 4, 5],
        "text": [german(text) for text in english(6)[3:]],
        "provider": ["google"] * 3,
        "unchanged": [False] * 3,
        "doubt": [""] * 3,
    }
    write_table(tmp_path / "0.parquet", rows, SHARD_TRANSLATIONS)
    assert len(read_table(tmp_path / "0.parquet", SHARD_TRANSLATIONS)) == 3


@pytest.mark.parametrize("shards", [1, 2, 3, 7, 12])
def test_shards_hold_every_row_once(cache: TranslationCache, tmp_path: Path, shards: int) -> None:
    ids: list[int] = []
    for shard in range(shards):
        rows = translate_shard(
            hypotheses(7), "de", Scripted(), cache, SETTINGS, shard=shard, shards=shards
        )
        write_table(tmp_path / "shard.parquet", rows, SHARD_TRANSLATIONS)
        ids += rows["hypothesis_id"].tolist()
    assert ids == list(range(7))


def test_another_shard_count_asks_for_nothing_again(cache: TranslationCache) -> None:
    for shard in range(3):
        translate_shard(hypotheses(10), "de", Scripted(), cache, SETTINGS, shard=shard, shards=3)
    for shard in range(4):
        again = Scripted()
        translate_shard(hypotheses(10), "de", again, cache, SETTINGS, shard=shard, shards=4)
        assert again.asked == []


def test_a_text_that_occurs_twice_is_asked_for_once(cache: TranslationCache) -> None:
    twice = pd.DataFrame({"hypothesis_id": [0, 1], "text": english(1) * 2})
    translator = Scripted()
    rows = translate_shard(twice, "de", translator, cache, SETTINGS)
    assert rows["text"].tolist() == [german(english(1)[0])] * 2
    assert translator.asked == english(1)


def test_what_fails_is_listed_and_only_that_is_asked_for_again(cache: TranslationCache) -> None:
    bad = {english(10)[2], english(10)[7]}
    failing = Scripted(
        lambda text: Failure(text, "status 500") if text in bad else Answer(text, german(text))
    )
    message = (
        r"2 of 10 sentences have no translation into de: 2 'The dog of house aac sleeps\.' "
        r"\(status 500\); 7 .*hypothesis_id: 2, 7\. All others are kept in .*cache\.sqlite"
    )
    with pytest.raises(SentencesMissingError, match=message):
        translate_shard(hypotheses(10), "de", failing, cache, SETTINGS)
    again = Scripted()
    assert len(translate_shard(hypotheses(10), "de", again, cache, SETTINGS)) == 10
    assert set(again.asked) == bad


def test_a_service_that_is_gone_says_what_is_kept(cache: TranslationCache) -> None:
    def gone(text: str) -> Answer:
        if text == english(10)[5]:
            raise ServiceGoneError("google: 5 requests in a row were not answered")
        return Answer(text, german(text))

    message = (
        r"in a row were not answered\. 4 of the 10 sentences.*kept.*Run the same command later"
    )
    with pytest.raises(ServiceGoneError, match=message):
        translate_shard(hypotheses(10), "de", Scripted(gone), cache, SETTINGS)
    again = Scripted()
    translate_shard(hypotheses(10), "de", again, cache, SETTINGS)
    assert again.asked == english(10)[4:]


def test_unchanged_translations_are_marked_up_to_their_share(cache: TranslationCache) -> None:
    same = set(english(10)[:2])
    translator = Scripted(
        lambda text: (
            Answer(text, text, unchanged=True) if text in same else Answer(text, german(text))
        )
    )
    rows = translate_shard(hypotheses(10), "de", translator, cache, SETTINGS)
    assert rows["unchanged"].tolist() == [True, True] + [False] * 8


def test_too_many_unchanged_stop_the_shard_and_are_forgotten(cache: TranslationCache) -> None:
    same = set(english(10)[:3])
    translator = Scripted(
        lambda text: Answer(text, text, unchanged=True) if text in same else Answer(text, "x")
    )
    message = r"3 of 10 translations into de equal the English sentence, more than .*= 0\.2 allows"
    with pytest.raises(TooManyUnchangedError, match=message):
        translate_shard(hypotheses(10), "de", translator, cache, SETTINGS)
    assert translator.asked == english(10)[:4]
    again = Scripted()
    translate_shard(hypotheses(10), "de", again, cache, SETTINGS)
    assert again.asked == [*english(10)[:3], *english(10)[4:]]


class OnceIll(Scripted):
    """Gives doubtful answers to `ill` sentences the first `times` that it is asked for them."""

    def __init__(self, ill: set[str], times: int = 1) -> None:
        super().__init__(self._answer)
        self.ill, self.times = ill, times

    def _answer(self, text: str) -> Answer:
        if text in self.ill and self.asked.count(text) <= self.times:
            return Answer(text, f"Nanu {text}", doubt="similarity 0.02")
        return Answer(text, german(text))


def test_a_doubtful_answer_is_asked_for_again_after_all_others(cache: TranslationCache) -> None:
    ill = {english(10)[0], english(10)[5]}
    translator = OnceIll(ill)
    rows = translate_shard(hypotheses(10), "de", translator, cache, SETTINGS)
    assert rows["text"].tolist() == [german(text) for text in english(10)]
    assert rows["doubt"].tolist() == [""] * 10
    assert translator.asked == [*english(10), english(10)[0], english(10)[5]]


def test_more_doubtful_answers_than_allowed_fail_with_their_ids_and_all_others_are_kept(
    cache: TranslationCache,
) -> None:
    ill = {english(10)[0], english(10)[5]}
    translator = OnceIll(ill, times=99)
    strict = replace(SETTINGS, max_doubtful=0.1)
    message = (
        r"2 of 10 answers into de may be nobody's translation, more than translation\.max_doubtful "
        r"= 0\.1 allows: 0 'Nanu The dog of house aaa sleeps\.' for .*\(similarity 0\.02\); 5 .*"
        r"hypothesis_id: 0, 5\. All others are kept in .*cache\.sqlite.*asks again for these alone"
    )
    with pytest.raises(TooManyDoubtfulError, match=message):
        translate_shard(hypotheses(10), "de", translator, cache, strict)
    assert set(cache.get("google", "en", "de", english(10))) == set(english(10)) - ill
    assert translator.asked == [*english(10), *[english(10)[0], english(10)[5]] * (ROUNDS - 1)]

    healthy = Scripted()
    translate_shard(hypotheses(10), "de", healthy, cache, strict)
    assert set(healthy.asked) == ill


def test_few_doubtful_answers_are_marked_told_and_never_cached(
    cache: TranslationCache, caplog: pytest.LogCaptureFixture
) -> None:
    odd = english(10)[7]
    lenient = replace(SETTINGS, max_doubtful=0.1)
    rows = translate_shard(hypotheses(10), "de", OnceIll({odd}, times=99), cache, lenient)
    assert rows["doubt"].tolist() == ["similarity 0.02" if n == 7 else "" for n in range(10)]
    assert f"de: 1 answers may be nobody's translation: 7 'Nanu {odd}'" in caplog.text
    assert cache.get("google", "en", "de", [odd]) == {}


def test_one_answer_to_several_sentences_is_no_translation_of_any(cache: TranslationCache) -> None:
    ill = set(english(30)[4:25:5])
    translator = Scripted(
        lambda text: Answer(text, "Etwas ging schief." if text in ill else german(text))
    )
    lenient = replace(SETTINGS, max_doubtful=1.0)
    message = r"5 of 30 .*gives 5 sentences the same answer: 'Etwas ging schief\.'"
    with pytest.raises(SentencesMissingError, match=message):
        translate_shard(hypotheses(30), "de", translator, cache, lenient)
    assert set(cache.get("google", "en", "de", english(30))) == set(english(30)) - ill


def test_a_service_that_says_the_same_to_everything_is_left_early(cache: TranslationCache) -> None:
    translator = Scripted(lambda text: Answer(text, "Seite nicht gefunden."))
    with pytest.raises(ServiceGoneError, match="answers in a row may be nobody's translation"):
        translate_shard(hypotheses(150), "de", translator, cache, SETTINGS)
    assert len(translator.asked) <= DOUBTFUL_TRIALS + 8
    assert cache.get("google", "en", "de", english(150)) == {}


def test_answers_that_an_earlier_version_cached_unchecked_are_checked_when_they_are_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    texts = english(10)
    old = [(text, german(text)) for text in texts[:6]]
    old += [(texts[6], "Error 500 (Server Error)!!1."), (texts[7], german(texts[2]))]
    first_version(tmp_path / "cache.sqlite", old)
    translator = Scripted()
    with TranslationCache(tmp_path / "cache.sqlite") as cache:
        rows = translate_shard(hypotheses(10), "de", translator, cache, SETTINGS)
        assert rows["text"].tolist() == [german(text) for text in texts]
        assert translator.asked == texts[6:]
        assert "2 of 8 answers that an earlier version cached may be nobody's" in caplog.text
        again = Scripted()
        translate_shard(hypotheses(10), "de", again, cache, SETTINGS)
        assert again.asked == []


def test_bad_arguments_are_named(cache: TranslationCache) -> None:
    with pytest.raises(ValueError, match="shard 3 is not one of 0 to 2"):
        translate_shard(hypotheses(3), "de", Scripted(), cache, SETTINGS, shard=3, shards=3)
    empty = pd.DataFrame({"hypothesis_id": [4], "text": [" "]})
    with pytest.raises(ValueError, match="hypothesis 4 is empty"):
        translate_shard(empty, "de", Scripted(), cache, SETTINGS)


def test_the_file_provider_needs_no_cache(cache: TranslationCache, tmp_path: Path) -> None:
    lines = [f"{text}\t{german(text)}\n" for text in english(5)]
    (tmp_path / "de.tsv").write_text("source\ttranslation\n" + "".join(lines))
    settings = TranslationSettings("file", file=str(tmp_path / "{lang}.tsv"))
    translator = make_translator(settings, "de", cache)
    rows = translate_shard(hypotheses(5), "de", translator, cache, settings, shard=1, shards=2)
    assert rows["text"].tolist() == [german(text) for text in english(5)[2:]]
    assert set(rows["provider"]) == {"file"}
    assert not cache.path.exists()


def test_a_translator_for_no_language_is_refused(cache: TranslationCache) -> None:
    with pytest.raises(ValueError, match="language 'xx' is not known"):
        make_translator(SETTINGS, "xx", cache)
    with pytest.raises(ValueError, match="nothing to translate from en into en"):
        make_translator(SETTINGS, "en", cache)
    missing = TranslationSettings("file", file="nowhere/{lang}.tsv")
    with pytest.raises(FileNotFoundError, match=r"nowhere/de\.tsv does not exist"):
        make_translator(missing, "de", cache)
