"""Broken translations: the user's own files, and shards."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import write_table
from clseave_core.translation.file import FileTranslator, read_translations
from clseave_core.translation.gather import gather_shards
from clseave_core.translation.schemas import SHARD_TRANSLATIONS
from clseave_core.translation.settings import TranslationSettings
from tests.bad_input.case import Case, file

HEAD = b"source\ttranslation\nA cat.\tEine Katze.\n"
LINES: dict[str, tuple[bytes, str]] = {
    "no translation": (b"A dog.\t \r", r"the translation is empty \(the other one: 'A dog\.'\)"),
    "no source": (b"\tEin Hund.", r"the source is empty \(the other one: 'Ein Hund\.'\)"),
    "one field": (b"A dog.", r"1 field in 'A dog\.', expected 2, with a tab"),
    "three fields": (b"a\tb\tc", r"3 fields in 'a\\tb\\tc'"),
    "empty line": (b"\nA dog.\tEin Hund.", "the line is empty"),
    "10,000 characters": (b"A dog.\t" + b"w" * 10_000, "'www.* has 10,000 characters, more than"),
    "a control character": (b"A dog.\tEin \x07Hund.", r"'Ein \\x07Hund\.' holds .* U\+0007"),
    "a null character": (b"A dog.\tEin \0Hund.", r"holds the control character U\+0000"),
    "an escape sequence": (b"A dog.\t\x1b[2JHund", r"holds the control character U\+001B"),
    "half a surrogate": (b"A dog.\t\xed\xa0\xbd", r"is not UTF-8 text .*0xed"),
    "Latin-1": ("Over.\tÜber.".encode("latin-1"), r"is not UTF-8 text .*0xdc.*Save it as UTF-8"),
}


def _look_up(path: Path) -> object:
    return list(FileTranslator(path).translate(["A cat.", "A dog."]))


def _parquet(**columns: object) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        pq.write_table(pa.table(columns), folder / "de.parquet")
        return folder / "de.parquet"

    return write


def _cut_parquet(folder: Path) -> Path:
    pq.write_table(
        pa.table({"source": ["a"] * 99, "translation": ["b"] * 99}), folder / "de.parquet"
    )
    path = folder / "de.parquet"
    content = bytearray(path.read_bytes())
    content[4:40] = bytes(36)  # the first page; the footer is whole
    path.write_bytes(content)
    return path


NOT_UTF8 = pa.Array.from_buffers(
    pa.utf8(), 2, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0"), pa.py_buffer(b"b\xff")]
)

ENGLISH = ["A dog.", "A cat."]


def _shard(**changes: object) -> Callable[[Path], Path]:
    """A shard of two translations, with `changes` of its columns."""
    rows = {
        "hypothesis_id": [0, 1], "text": ["Hund.", "Katze."], "provider": ["file"] * 2,
        "unchanged": [False] * 2,
        "doubt": [""] * 2,
    }  # fmt: skip

    def write(folder: Path) -> Path:
        hypotheses = pd.DataFrame(
            {"hypothesis_id": [0, 1], "text": ENGLISH, "held_out": "none", "template": None,
             "spans": None}
        )  # fmt: skip
        write_table(folder / "hypotheses.parquet", hypotheses, HYPOTHESES)
        write_table(folder / "0.parquet", pd.DataFrame(rows | changes), SHARD_TRANSLATIONS)
        return folder / "0.parquet"

    return write


def _cut_shard(folder: Path) -> Path:
    path = _shard()(folder)
    path.write_bytes(path.read_bytes()[:-9])
    return path


def _gather(path: Path) -> object:
    settings = TranslationSettings("file", "{lang}.tsv")
    return gather_shards([path], path.with_name("hypotheses.parquet"), "de", settings)


AGAIN = "Delete .*to have it made again"
CASES = {
    name: Case(
        file("de.tsv", HEAD + line + b"\n"), read_translations, rf"de\.tsv line 3: .*{message}"
    )
    for name, (line, message) in LINES.items()
} | {
    "three columns without a header": Case(
        file("de.tsv", b"A dog.\tEin Hund.\t1\n"),
        read_translations,
        r"de\.tsv line 1: 'A dog\.\\tEin Hund\.\\t1' is no header .*Write a header",
    ),
    "two translations where a study refuses them": Case(
        file("de.tsv", HEAD + b"A cat.\tDie Katze.\n"),
        lambda path: read_translations(path, two_translations="refuse"),
        r"de\.tsv: 1 of 1 sentences have several translations: 'A cat\.' has 'Eine Katze\.' in "
        r"line 2 and 'Die Katze\.' in line 3.*Keep one of each",
    ),
    "a sentence is missing": Case(
        file("de.tsv", HEAD),
        _look_up,
        r"de\.tsv has no translation of 1 of 2 sentences: 'A dog\.'.*Add them",
    ),
    "no file": Case(
        lambda folder: folder / "de.tsv",
        read_translations,
        r"de\.tsv does not exist",
        FileNotFoundError,
    ),
    "a spreadsheet": Case(
        file("de.xlsx", b"PK\x03\x04" + bytes(600)),
        read_translations,
        r"de\.xlsx is a zip archive or a spreadsheet \(.*Save the sheet as CSV",
    ),
    "no Parquet": Case(
        file("de.parquet", b"source,translation"),
        read_translations,
        r"de\.parquet is not a Parquet file.*Write it again",
    ),
    "damaged Parquet": Case(
        _cut_parquet, read_translations, r"de\.parquet cannot be read behind row 0.*Write it again"
    ),
    "an absent value in Parquet": Case(
        _parquet(source=["a", "c"], translation=["b", None]),
        read_translations,
        r"de\.parquet row 1: the translation is empty .*'c'",
    ),
    "Parquet that is no UTF-8": Case(
        _parquet(source=["a", "c"], translation=NOT_UTF8),
        read_translations,
        r"de\.parquet row 1: is not UTF-8 text .*0xff",
    ),
    "other columns in Parquet": Case(
        _parquet(source=["a"], translation=[3]),
        read_translations,
        r"de\.parquet row 0: the translation 3 is not text",
    ),
    "a shard with an id twice": Case(
        _shard(hypothesis_id=[0, 0]),
        _gather,
        rf"0\.parquet row 1: hypothesis_id 0, expected 1\. {AGAIN}",
    ),
    "a shard with an empty text": Case(
        _shard(text=["Hund.", " "]),
        _gather,
        rf"0\.parquet row 1: the translation is ' '\. {AGAIN}",
    ),
    "a shard of another provider": Case(
        _shard(provider=["file", "google"]),
        _gather,
        rf"0\.parquet row 1: the provider is 'google', the study's is 'file'\. {AGAIN}",
    ),
    "a shard cut short": Case(
        _cut_shard, _gather, rf"0\.parquet is no whole Parquet file .*{AGAIN}"
    ),
}
