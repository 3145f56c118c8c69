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


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("A dog.\tEin Hund.\nA dog.\tDer Hund.\n",
         r"de\.tsv line 3: 'A dog\.' is translated as 'Der Hund\.', but as 'Ein Hund\.' in line 2"),
        ("A dog.\t \n", r"de\.tsv line 2: the translation is empty \(the other one: 'A dog\.'\)"),
        ("\tEin Hund.\n", r"de\.tsv line 2: the source is empty \(the other one: 'Ein Hund\.'\)"),
        ("A dog.\n", r"de\.tsv line 2: 1 fields in 'A dog\.', expected a source, one tab"),
        ("a\tb\tc\n", r"de\.tsv line 2: 3 fields"),
        ("\n", r"de\.tsv line 2: 1 fields"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_translations(tsv(tmp_path, content))


def test_a_missing_header_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"de\.tsv line 1: the header is 'A dog\.\\tEin Hund\.'"):
        read_translations(tsv(tmp_path, "A dog.\tEin Hund.\n", head=""))


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "de.tsv"
    path.write_bytes(HEAD.encode() + "Over.\tÜber.\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"de\.tsv is not UTF-8 text.*Save it as UTF-8"):
        read_translations(path)


def test_bad_parquet_rows_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"de\.parquet row 1: the translation is empty"):
        read_translations(parquet(tmp_path, source=["a", "c"], translation=["b", None]))
    with pytest.raises(ValueError, match=r"de\.parquet row 1: 'a' .* as 'c', but as 'b' in row 0"):
        read_translations(parquet(tmp_path, source=["a", "a"], translation=["b", "c"]))


def test_other_parquet_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"text columns.*its columns are \[source: string, text:"):
        read_translations(parquet(tmp_path, source=["a"], text=["b"]))
    with pytest.raises(ValueError, match=r"\[source: string, translation: int64\]"):
        read_translations(parquet(tmp_path, source=["a"], translation=[3]))


def test_what_is_no_such_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"fr\.tsv does not exist.*header"):
        read_translations(tmp_path / "fr.tsv")
    (tmp_path / "de.csv").write_text("source,translation")
    with pytest.raises(ValueError, match=r"de\.csv must be named \.tsv or \.parquet"):
        read_translations(tmp_path / "de.csv")
    (tmp_path / "de.parquet").write_text("source,translation")
    with pytest.raises(ValueError, match=r"de\.parquet is not a Parquet file"):
        read_translations(tmp_path / "de.parquet")


def test_sentences_are_looked_up_whatever_their_normal_form(tmp_path: Path) -> None:
    translator = FileTranslator(tsv(tmp_path, "Cafe\u0301\tCafé\nA dog.\tEin Hund.\n"))
    assert list(translator.translate(["A dog. ", "Café"])) == [
        [Answer("A dog. ", "Ein Hund."), Answer("Café", "Café", unchanged=True)]
    ]


def test_missing_sentences_are_counted_and_shown(tmp_path: Path) -> None:
    translator = FileTranslator(tsv(tmp_path, "a\tb\n"))
    message = r"de\.tsv has no translation of 6 of 7 sentences: '1', '2', '3', '4', '5', \.\.\."
    with pytest.raises(ValueError, match=message):
        list(translator.translate(["a", *"123456"]))
