from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clseave_core.translation.file import FileTranslator, read_translations
from clseave_core.translation.translator import Answer

HEAD = "source\ttranslation\n"


def tsv(folder: Path, content: str, head: str = HEAD) -> Path:
    path = folder / "de.tsv"
    path.write_bytes((head + content).encode())
    return path


def parquet(folder: Path, **columns: list[object]) -> Path:
    path = folder / "de.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def test_a_tsv_is_read(tmp_path: Path) -> None:
    path = tsv(
        tmp_path, 'A "dog".\tEin "Hund".\nOver.\tu\u0308ber.\n\u00a0A cat. \tEine Katze.\r\n'
    )
    assert read_translations(path) == {
        'A "dog".': 'Ein "Hund".',
        "Over.": "über.",
        "A cat.": "Eine Katze.",
    }


def test_a_tsv_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert read_translations(tsv(tmp_path, "a\tb\n", "\ufeff" + HEAD)) == {"a": "b"}


def test_a_line_separator_inside_a_sentence_ends_no_line(tmp_path: Path) -> None:
    assert read_translations(tsv(tmp_path, "a\u2028b\tc\u2028d\n")) == {"a b": "c d"}


def test_a_parquet_file_is_read_and_may_have_more_columns(tmp_path: Path) -> None:
    path = parquet(tmp_path, held_out=["none", "dev"], translation=["b", "d"], source=["a", "c"])
    assert read_translations(path) == {"a": "b", "c": "d"}


def test_the_same_pair_may_stand_there_twice(tmp_path: Path) -> None:
    assert read_translations(tsv(tmp_path, "a\tb\na\tb\n")) == {"a": "b"}


def test_sentences_are_looked_up_whatever_their_normal_form(tmp_path: Path) -> None:
    translator = FileTranslator(tsv(tmp_path, "Cafe\u0301\tCafé\nA dog.\tEin Hund.\n"))
    assert list(translator.translate(["A dog. ", "Café"])) == [
        [Answer("A dog. ", "Ein Hund."), Answer("Café", "Café", unchanged=True)]
    ]


def test_missing_sentences_are_counted_and_shown(tmp_path: Path) -> None:
    translator = FileTranslator(tsv(tmp_path, "a\tb\n"))
    message = r"de\.tsv has no translation of 6 of 7 sentences: '1', '2', '3', \.\.\."
    with pytest.raises(ValueError, match=message):
        list(translator.translate(["a", *"123456"]))
