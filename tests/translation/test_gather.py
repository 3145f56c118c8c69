from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import write_table
from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.doubtful import TooManyDoubtfulError
from clseave_core.translation.gather import doubtful_table, gather_shards
from clseave_core.translation.schemas import SHARD_TRANSLATIONS
from clseave_core.translation.settings import TranslationSettings
from clseave_core.translation.translate import TooManyUnchangedError
from clseave_core.translation.translator import Answer

SETTINGS = TranslationSettings("google", max_unchanged=0.2)


@pytest.fixture
def english(tmp_path: Path) -> Path:
    """Five sentences."""
    rows = pd.DataFrame(
        {
            "hypothesis_id": range(5), "text": [f"text {n}" for n in range(5)], "held_out": "none",
            "template": None, "spans": None,
        }
    )  # fmt: skip
    write_table(tmp_path / "hypotheses.parquet", rows, HYPOTHESES)
    return tmp_path / "hypotheses.parquet"


def shard(path: Path, ids: list[int], **columns: object) -> Path:
    texts = [f"Text {number}" for number in ids]
    rows = {"text": texts, "provider": "google", "unchanged": False, "doubt": ""}
    write_table(path, pd.DataFrame({"hypothesis_id": ids} | rows | columns), SHARD_TRANSLATIONS)
    return path


def test_shards_are_put_together(english: Path, tmp_path: Path) -> None:
    shards = [
        shard(tmp_path / "0.parquet", [0, 1]),
        shard(tmp_path / "1.parquet", []),
        shard(tmp_path / "2.parquet", [2, 3, 4], unchanged=[False, True, False]),
    ]
    rows = gather_shards(shards, english, "de", SETTINGS)
    assert rows["hypothesis_id"].tolist() == [0, 1, 2, 3, 4]
    assert rows["text"].tolist() == [f"Text {number}" for number in range(5)]
    assert rows["unchanged"].tolist() == [False, False, False, True, False]
    write_table(tmp_path / "de.parquet", rows, SHARD_TRANSLATIONS)


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([2, 4, 3], r"1\.parquet row 1: hypothesis_id 4, expected 3\. Delete .*1\.parquet"),
        ([2, 2, 3], r"1\.parquet row 1: hypothesis_id 2, expected 3"),
        ([2, 3, 4, 5], r"1\.parquet row 3: there are no more hypotheses"),
        ([2, 3], r"the 2 shards of de have 4 rows, .*hypotheses\.parquet has 5"),
    ],
)
def test_ids_order_and_counts_are_checked(
    english: Path, tmp_path: Path, ids: list[int], message: str
) -> None:
    shards = [shard(tmp_path / "0.parquet", [0, 1]), shard(tmp_path / "1.parquet", ids)]
    with pytest.raises(ValueError, match=message):
        gather_shards(shards, english, "de", SETTINGS)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"text": ["a", "b", " ", "d", "e"]}, r"0\.parquet row 2: the translation is ' '"),
        ({"provider": ["google"] * 4 + ["file"]}, r"row 4: the provider is 'file', .*'google'"),
    ],
)
def test_values_are_checked(
    english: Path, tmp_path: Path, columns: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        gather_shards(
            [shard(tmp_path / "0.parquet", [*range(5)], **columns)], english, "de", SETTINGS
        )


def test_too_many_unchanged_are_shown_and_forgotten(english: Path, tmp_path: Path) -> None:
    same = [True, False, True, False, False]
    shards = [shard(tmp_path / "0.parquet", [*range(5)], unchanged=same)]
    with TranslationCache(tmp_path / "cache.sqlite") as cache:
        cache.put("google", "en", "de", [Answer("text 0", "Text 0", unchanged=True)])
        cache.put("google", "en", "de", [Answer("text 1", "Text eins")])
        message = (
            r"2 of 5 .* allows: 'text 0', 'text 2'\. .*shards to delete for that: .*0\.parquet"
        )
        with pytest.raises(TooManyUnchangedError, match=message):
            gather_shards(shards, english, "de", SETTINGS, cache)
        assert list(cache.get("google", "en", "de", ["text 0", "text 1"])) == ["text 1"]


def test_too_many_doubtful_answers_of_all_shards_are_listed_with_their_ids(
    english: Path, tmp_path: Path
) -> None:
    shards = [
        shard(tmp_path / "0.parquet", [0, 1], doubt=["", "similarity 0.11"]),
        shard(tmp_path / "1.parquet", [2, 3, 4], doubt=["", "", "too short"]),
    ]
    message = (
        r"2 of 5 answers into de may be nobody's translation, more than "
        r"translation\.max_doubtful = 0\.2 allows: 1 'Text 1' for 'text 1' \(similarity 0\.11\); "
        r"4 .*hypothesis_id: 1, 4\. "
        r"The shards to delete for that: .*0\.parquet, .*1\.parquet"
    )
    with pytest.raises(TooManyDoubtfulError, match=message):
        gather_shards(shards, english, "de", replace(SETTINGS, max_doubtful=0.2))

    rows = gather_shards(shards, english, "de", replace(SETTINGS, max_doubtful=0.4))
    assert doubtful_table(rows, [f"text {n}" for n in range(5)]).to_dict("list") == {
        "hypothesis_id": ["1", "4"],
        "doubt": ["similarity 0.11", "too short"],
        "source": ["text 1", "text 4"],
        "translation": ["Text 1", "Text 4"],
    }


def test_an_answer_that_was_given_to_another_sentence_after_its_shard_was_made_is_doubtful(
    english: Path, tmp_path: Path
) -> None:
    shards = [shard(tmp_path / "0.parquet", [*range(5)])]
    key = ("google", "en", "de")
    with TranslationCache(tmp_path / "cache.sqlite") as cache:
        cache.put(*key, [Answer(f"text {n}", f"Text {'abcde'[n]}") for n in range(5)])
        gather_shards(shards, english, "de", SETTINGS, cache)
        cache.put(*key, [Answer("another", "Text d")], lambda answer, *two: set(two))
        with pytest.raises(TooManyDoubtfulError, match=r"1 of 5 .*hypothesis_id: 3\."):
            gather_shards(shards, english, "de", SETTINGS, cache)
