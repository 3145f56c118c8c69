from pathlib import Path

import pyarrow as pa
import pytest

from clseave_core.files import write_table
from clseave_core.translation.back_translations import read_back_translations
from clseave_core.translation.schemas import BACK_TRANSLATIONS

ENGLISH = ["a dog", "a red cat"]


def generated(path: Path, texts: list[str]) -> Path:
    rows = [{"hypothesis_id": i, "text": t, "slot": ""} for i, t in enumerate(texts)]
    write_table(path, pa.Table.from_pylist(rows, schema=BACK_TRANSLATIONS), BACK_TRANSLATIONS)
    return path


def test_what_noise_says_in_english_is_read_in_order(tmp_path: Path) -> None:
    path = generated(tmp_path / "de.parquet", ["a dog", "a blue cat"])

    assert read_back_translations(path, ENGLISH) == ["a dog", "a blue cat"]


def test_a_table_of_another_corpus_is_refused(tmp_path: Path) -> None:
    path = generated(tmp_path / "de.parquet", ["a dog"])

    with pytest.raises(ValueError, match=r"de.parquet has 1 rows for 2 hypotheses"):
        read_back_translations(path, ENGLISH)


def test_a_file_of_ones_own_is_read_by_sentence(tmp_path: Path) -> None:
    path = tmp_path / "de.tsv"
    path.write_text("source\ttranslation\na red cat\ta scarlet cat\na dog\tthe dog\n")

    assert read_back_translations(path, ENGLISH) == ["the dog", "a scarlet cat"]
    with pytest.raises(ValueError, match=r"no translation of 1 of 3 sentences: 'a bird'\. Add"):
        read_back_translations(path, [*ENGLISH, "a bird"])
