"""The measures by hand, and on real text where the samples lie beside the checkout."""

import json
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clseave_core.files import write_table
from clseave_core.translation.encoder import UniversalSentenceEncoder
from clseave_core.translation.quality import (
    LISTED,
    QUALITY_COLUMNS,
    SUSPICIOUS_COLUMNS,
    Translations,
    chrf,
    quality_tables,
)
from clseave_core.translation.quality_files import read_translated
from clseave_core.translation.schemas import BACK_TRANSLATIONS, TRANSLATIONS
from clseave_core.translation.settings import TranslationSettings
from tests.rehearsal.parallel_text import SAMPLES, sentence_pairs
from tests.translation.concepts import Concepts, english, german


def tables(
    sources: Sequence[str], texts: Sequence[str], lang: str = "de", **more: dict[str, str]
) -> tuple[dict[Any, str], list[dict[Any, str]]]:
    unchanged = [one == other for one, other in zip(sources, texts, strict=True)]
    quality, suspicious = quality_tables(
        list(range(10, 10 + len(sources))), sources,
        [Translations(lang, texts, unchanged, **more)],  # type: ignore[arg-type]
        Concepts(), 0.3,
    )  # fmt: skip
    assert list(quality.columns) == list(QUALITY_COLUMNS)
    assert list(suspicious.columns) == list(SUSPICIOUS_COLUMNS)
    return quality.to_dict("records")[0], suspicious.to_dict("records")


def test_right_translations_are_not_suspicious() -> None:
    sources = english(10)
    row, suspicious = tables(sources, [german(one) for one in sources])

    assert suspicious == []
    shares = ("unchanged_share", "wrong_script_share", "foreign_letters_share", "merged_share")
    assert [row[share] for share in shares] == ["0.0000"] * 4
    # "The dog of house aaa sleeps." has 28 characters and 6 words, the German 30 and 6
    assert (row["characters_p01"], row["characters_median"]) == ("1.07", "1.07")
    assert (row["words_median"], row["words_p99"]) == ("1.00", "1.00")
    assert (row["similarity_mean"], row["similarity_p01"]) == ("1.0000", "1.0000")
    assert (row["references"], row["chrf_references"]) == ("0", "")


def test_what_is_broken_is_counted_and_listed_worst_first() -> None:
    sources = english(6)
    texts = [german(one) for one in sources]
    texts[0] = "犬が眠っている。"
    texts[1] = sources[1]
    texts[2], texts[3] = texts[3], texts[2]
    texts[5] = german(sources[4]).upper()
    row, suspicious = tables(sources, texts)

    assert row["wrong_script_share"] == row["unchanged_share"] == "0.1667"
    assert row["merged_share"] == "0.3333"
    assert row["suspicious"] == "6"
    assert [(one["hypothesis_id"], one["reason"]) for one in suspicious] == [
        ("10", "not in Latn; similarity below 0.3"),
        ("11", "equals the English"),
        ("12", "looks exchanged with 13; similarity below 0.3"),
        ("13", "looks exchanged with 12; similarity below 0.3"),
        ("15", "similarity below 0.3; says the same as 14"),
        ("14", "says the same as 15"),
    ]
    assert suspicious[0]["translation"] == texts[0]
    assert suspicious[0]["similarity"] == "0.0000"


def test_sentences_that_differ_in_punctuation_alone_may_have_one_translation() -> None:
    row, suspicious = tables(["A dog.", "A dog!", "A cat."], ["犬。", "犬。", "猫。"], "ja")

    assert row["merged_share"] == "0.0000"
    assert suspicious == []
    row, suspicious = tables(["A dog.", "A dog!", "A cat."], ["犬。", "犬", "犬。"], "ja")
    assert row["merged_share"] == "1.0000"
    assert [one["reason"] for one in suspicious] == [
        "says the same as 12", "says the same as 12", "says the same as 10",
    ]  # fmt: skip


def test_the_list_is_bounded_and_a_language_unknown_to_the_encoder_has_no_similarity() -> None:
    sources = english(LISTED + 20)
    row, suspicious = tables(sources, sources, "sv")

    assert row["suspicious"] == str(LISTED + 20)
    assert [one["hypothesis_id"] for one in suspicious] == [str(10 + n) for n in range(LISTED)]
    assert row["similarity_mean"] == suspicious[0]["similarity"] == ""


def test_lengths_are_relative_to_the_english() -> None:
    row, _ = tables(["A dog.", "A dog runs."], ["Hund", "Der Hund läuft weit weg."])

    assert row["characters_median"] == f"{(4 / 6 + 24 / 11) / 2:.2f}"
    assert row["words_median"] == f"{(1 / 2 + 5 / 3) / 2:.2f}"
    assert row["words_p99"] == f"{0.5 + 0.99 * (5 / 3 - 0.5):.2f}"


def test_chrf_by_hand() -> None:
    # "ab" against "ac": one of two letters, none of one pair. F2 of the orders that there are,
    # averaged: precision and recall (1/2 + 0) / 2 = 1/4.
    assert chrf(["ab"], ["ac"]) == pytest.approx(25.0)
    assert chrf(["Ein Hund."], ["Ein Hund."]) == pytest.approx(100.0)


def test_references_and_back_translations_are_those_of_the_sentences_that_have_them() -> None:
    row, _ = tables(
        ["ab", "xy"], ["cd", "ef"], references={"ab": "cd"},
        back_translations={"ab": "ac", "none": "of these"},
    )  # fmt: skip

    assert (row["references"], row["chrf_references"]) == ("1", "100.00")
    assert (row["back_translations"], row["chrf_back_translations"]) == ("1", "25.00")


def write(path: Path, texts: Sequence[str]) -> Path:
    rows = {"hypothesis_id": range(len(texts)), "text": texts, "provider": "file",
            "unchanged": False}  # fmt: skip
    write_table(path, pd.DataFrame(rows), TRANSLATIONS)
    return path


def test_files_are_read_with_what_they_are_compared_with(tmp_path: Path) -> None:
    (tmp_path / "human.tsv").write_text("source\ttranslation\nB.\tb!\n")
    settings = TranslationSettings(
        "google", references={"de": str(tmp_path / "human.tsv")},
        back_translations={"fr": str(tmp_path / "human.tsv")},
    )  # fmt: skip
    clean = write(tmp_path / "de.parquet", ["a", "b"])
    noisy = write(tmp_path / "noise/0.1/de.parquet", ["a", "c"])
    said = pd.DataFrame({"hypothesis_id": [0, 1], "text": ["A.", "C."], "slot": ["", "shape"]})
    write_table(tmp_path / "noise/0.1/back/de.parquet", said, BACK_TRANSLATIONS)

    one, other = read_translated(["A.", "B."], [clean, noisy], settings)
    assert (one.language, one.noise, list(one.texts)) == ("de", "", ["a", "b"])
    assert (one.references, one.back_translations) == ({"B.": "b!"}, {})
    assert (other.noise, other.back_translations) == ("0.1", {"A.": "A.", "B.": "C."})
    with pytest.raises(ValueError, match=r"de.parquet has 2 rows for 1 hypotheses. Delete it"):
        read_translated(["A."], [clean], settings)


@pytest.mark.slow
@pytest.mark.skipif(not SAMPLES.exists(), reason=f"there are no samples at {SAMPLES}")
def test_real_translations() -> None:
    pairs = {lang: dict(sentence_pairs(lang)) for lang in ("de", "ja", "ko", "zh")}
    sources = [one for one in pairs["de"] if all(one in pairs[lang] for lang in pairs)][:300]
    translated = []
    for lang, found in pairs.items():
        texts = [found[one] for one in sources]
        texts[7] = sources[7]
        translated.append(Translations(lang, texts, [row == 7 for row in range(len(texts))]))
    quality, suspicious = quality_tables(
        range(len(sources)), sources, translated, UniversalSentenceEncoder(), 0.3
    )

    assert quality["language"].tolist() == ["de", "ja", "ko", "zh"]
    assert quality["wrong_script_share"].tolist() == ["0.0000", "0.0033", "0.0033", "0.0033"]
    assert all(float(one) > 0.65 for one in quality["similarity_mean"])
    assert all(int(one) <= 3 for one in quality["suspicious"])
    for _, rows in suspicious.groupby("language"):
        assert rows["hypothesis_id"].iloc[0] == "7"


@pytest.mark.slow
@pytest.mark.skipif(not SAMPLES.exists(), reason=f"there are no samples at {SAMPLES}")
def test_real_back_translations() -> None:
    there, back = (
        [json.loads(line)["sentence2"] for line in (SAMPLES / name).read_text().splitlines()]
        for name in ("xvnli_test_en.jsonl", "xvnli_test_fr_to_en.jsonl")
    )
    score = chrf([unescape(one) for one in back], there)
    exchanged = np.roll(np.array(back), 1).tolist()

    assert score > 60 > 30 > chrf(exchanged, there)
