"""Files of translations in the forms in which people have them."""

import gzip
import json
import logging
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clseave_core.translation.columns import find_columns
from clseave_core.translation.file import FileTranslator, missing_translations, read_translations
from clseave_core.translation.settings import TranslationSettings
from clseave_core.translation.translator import Answer

CASES = Path(__file__).parents[3] / "shared" / "cases" / "translations"
PAIRS = {"A dog, big.": "Un perro, grande.", "A sign says “no”.": 'Dice "no"; ya.'}


def table(
    delimiter: str, *, quote_all: bool = False, header: str | None = "source,translation"
) -> str:
    def field(text: str) -> str:
        needed = quote_all or delimiter in text or '"' in text
        return '"' + text.replace('"', '""') + '"' if needed else text

    lines = [delimiter.join(map(field, pair)) for pair in PAIRS.items()]
    return "\n".join([*([header.replace(",", delimiter)] if header else []), *lines]) + "\n"


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


FORMS: dict[str, tuple[str, str | bytes]] = {
    "good": ("es.tsv", table("\t")),
    "comma": ("es.csv", table(",")),
    "commas in a .tsv": ("es.tsv", table(",")),
    "semicolon": ("es.csv", table(";")),
    "tabs in a .csv": ("es.csv", table("\t")),
    "a .txt": ("es.txt", table("\t")),
    "header en es": ("es.tsv", table("\t", header="en,es")),
    "no header": ("es.tsv", table("\t", header=None)),
    "no header, commas": ("es.csv", table(",", header=None)),
    "spreadsheet quotes": ("es.tsv", table("\t", quote_all=True)),
    "UTF-16 with its mark": ("es.tsv", table("\t").encode("utf-16")),
    "a byte order mark": ("es.csv", "\ufeff" + table(";")),
    "CRLF": ("es.tsv", table("\t").replace("\n", "\r\n")),
    "gzip": ("es.tsv.gz", gzip.compress(table("\t").encode())),
    "JSON lines": (
        "es.jsonl",
        "".join(json.dumps({"source": a, "translation": b}) + "\n" for a, b in PAIRS.items()),
    ),
    "a JSON list": ("es.json", json.dumps([{"es": b, "en": a} for a, b in PAIRS.items()])),
}


@pytest.mark.parametrize("form", FORMS)
def test_it_is_read_as_what_it_is(tmp_path: Path, form: str) -> None:
    name, content = FORMS[form]
    assert read_translations(write(tmp_path / name, content), "es") == PAIRS


@pytest.mark.parametrize(
    ("header", "target", "found"),
    [
        ("source translation", "es", ("source", "translation")),
        ("Translation Source", "es", ("Source", "Translation")),
        ("en es", "es", ("en", "es")),
        ("es en", "es", ("en", "es")),
        ("EN ES", "es", ("EN", "ES")),
        ("en_US es-MX", "es", ("en_US", "es-MX")),
        ("English Spanish", "es", ("English", "Spanish")),
        ("en zh-CN", "zh", ("en", "zh-CN")),
        ("en zh", "zh", ("en", "zh")),
        ("src tgt", "es", ("src", "tgt")),
        ("text translation", "es", ("text", "translation")),
        ("sentence es", "es", ("sentence", "es")),
        ("hypothesis_en hypothesis_es", "es", ("hypothesis_en", "hypothesis_es")),
        ("source_sentence target_sentence", "es", ("source_sentence", "target_sentence")),
        ("id en es score", "es", ("en", "es")),
        ("id en", "id", ("en", "id")),
        ("source reference", None, ("source", "reference")),
        ("source back_translation", "en", ("source", "back_translation")),
        ("en satz", "de", ("en", "satz")),
        ("A_dog. Un_perro.", "es", None),
        ("source_lang target_lang", "es", None),
        ("text sentence", "es", None),
    ],
)
def test_the_columns_are_found_by_their_names(
    header: str, target: str | None, found: tuple[str, str] | None
) -> None:
    assert find_columns(header.split(" "), Path("x"), "en", target) == found


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("en fr", r"es\.tsv line 1: the columns are 'en' and 'fr', but the language es is wanted"),
        ("de es", r"es\.tsv line 1: the columns are 'de' and 'es', but the language en is wanted"),
        ("source mt reference", r"'mt' and 'reference' may both be the column of the translation"),
    ],
)
def test_columns_of_another_language_or_of_two_meanings_are_refused(
    header: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        find_columns(header.split(" "), Path("es.tsv"), "en", "es")


TWO = "source\ttranslation\na\tb\nc\td\na\tB\na\tb\na\tβ\n"


def test_of_two_translations_the_first_is_taken_and_the_job_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(tmp_path / "de.tsv", TWO)
    found = read_translations(path, "de")
    assert (found, found.pairs) == ({"a": "b", "c": "d"}, 4)
    with caplog.at_level(logging.WARNING, "clseave_core"):
        translator = FileTranslator(path, "de", ["a"])
    assert "1 of 2 sentences have several translations: 'a' has 'b' in line 2 and 'B' in line 4. " \
        "The first of each is taken." in caplog.text  # fmt: skip
    assert list(translator.translate(["a"])) == [[Answer("a", "b", unchanged=False)]]


def test_two_translations_are_refused_where_the_study_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "de.tsv", TWO)
    settings = TranslationSettings.from_study(
        {"provider": "file", "file": "{lang}.tsv", "two_translations": "refuse"}
    )
    with pytest.raises(ValueError, match=r"1 of 2 sentences .*Keep one of each"):
        FileTranslator(path, "de", two_translations=settings.two_translations)
    with pytest.raises(ValueError, match=r"two_translations is 'both'\. Write first or refuse"):
        TranslationSettings.from_study(
            {"provider": "file", "file": "{lang}.tsv", "two_translations": "both"}
        )


def test_one_translation_of_each_sentence_is_nothing_to_say(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    FileTranslator(write(tmp_path / "de.tsv", "source\ttranslation\na\tb\na\tb\n"), "de")
    assert caplog.text == ""


def test_missing_and_repeated_sentences_are_counted_over_the_language(tmp_path: Path) -> None:
    path = write(tmp_path / "de.tsv", "source\ttranslation\na\tb\na\tb\nc\td\n")
    sentences = ["a", "1", "2", "c", "3", "4"]
    message = r"de\.tsv has no translation of 4 of 6 sentences: '1', '2', '3', \.\.\.\. Add them"
    with pytest.raises(ValueError, match=message):
        FileTranslator(path, "de", sentences)
    assert missing_translations(read_translations(path), sentences) == ["1", "2", "3", "4"]


def test_columns_that_are_exchanged_are_seen(tmp_path: Path) -> None:
    path = write(tmp_path / "de.tsv", "Ein Hund.\tA dog.\nEine Katze.\tA cat.\n")
    with pytest.raises(ValueError, match=r"2 of 3 sentences.*exchange the two columns"):
        FileTranslator(path, "de", ["A dog.", "A cat.", "Ein Hund."])


def _parquet(**columns: list[str]) -> Callable[[Path], Path]:
    def write_it(path: Path) -> Path:
        pq.write_table(pa.table(columns), path)
        return path

    return write_it


def test_parquet_is_known_by_its_content_and_columns_by_their_names(tmp_path: Path) -> None:
    path = _parquet(es=["b"], id=["1"], en=["a"])(tmp_path / "es.tsv")
    assert read_translations(path, "es") == {"a": "b"}
    with pytest.raises(ValueError, match=r"x has no columns that are known: .*\[x: string\]"):
        read_translations(_parquet(x=["b"])(tmp_path / "x"), "es")


def test_a_file_without_a_translation_is_refused(tmp_path: Path) -> None:
    for content in ("", "source\ttranslation\n"):
        with pytest.raises(ValueError, match=r"de\.tsv has no translation in it"):
            read_translations(write(tmp_path / "de.tsv", content))


SIX = {
    "good.tsv", "comma.csv", "semicolon.csv", "header_en_es.tsv", "two_translations.tsv",
    "utf16.tsv",
}  # fmt: skip


@pytest.mark.skipif(not CASES.exists(), reason="the folder of cases is not here")
def test_the_cases_of_users() -> None:
    read = {name: read_translations(CASES / name, "es") for name in SIX}
    for name, found in read.items():
        assert found == read["good.tsv"], name
        assert len(found) == 6
    assert read["two_translations.tsv"].pairs == 7
    assert len(read_translations(CASES / "commas.tsv", "es")) == 4
    quoted = read_translations(CASES / "spreadsheet_quotes.tsv", "es")
    assert quoted.pop('A sign says "stop".') == 'Un letrero dice "alto".'
    assert quoted == read["good.tsv"]
    with pytest.raises(ValueError, match=r"latin1\.tsv line 2: is not UTF-8 .*Save it as UTF-8"):
        read_translations(CASES / "latin1.tsv", "es")
    with pytest.raises(ValueError, match=r"1 of 6 sentences: 'The man is asleep\.'"):
        FileTranslator(CASES / "missing_and_repeated.tsv", "es", list(read["good.tsv"]))
