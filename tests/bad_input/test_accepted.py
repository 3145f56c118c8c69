"""Odd input that is no error: what docs/bad_input.md says is taken as it is."""

import codecs
import gzip
from pathlib import Path

import pytest

from clseave_core.corpus.picture_decoding import decode_picture
from clseave_core.corpus.snli_ve import read_annotations
from clseave_core.translation.file import FileTranslator
from clseave_core.translation.translator import Answer
from tests.bad_input.annotations import GOOD
from tests.bad_input.pictures import encode

LINE = GOOD.encode()
ANNOTATIONS = {
    "CRLF": ("dev.jsonl", LINE + b"\r\n"),
    "a byte order mark": ("dev.jsonl", codecs.BOM_UTF8 + LINE + b"\n"),
    "no last line break": ("dev.jsonl", LINE),
    "gzip by another name": ("dev.jsonl", gzip.compress(LINE + b"\n")),
}
TRANSLATIONS = {
    "a right-to-left mark": "\u200fEin Hund.\u200f",
    "an embedding from right to left": "\u202bEin Hund\u202c.",
    "pictographs": "Ein Hund \U0001f415 \U0001f468\u200d\U0001f469\u200d\U0001f467.",
}


@pytest.mark.parametrize(("name", "content"), ANNOTATIONS.values(), ids=ANNOTATIONS)
def test_annotations(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)

    found = read_annotations(tmp_path / name)

    assert (found.pair_ids, found.image_ids) == (["first"], ["4705552913"])
    assert (found.hypotheses, found.labels) == (["The sisters are hugging."], ["neutral"])


@pytest.mark.parametrize("translation", TRANSLATIONS.values(), ids=TRANSLATIONS)
def test_translations(tmp_path: Path, translation: str) -> None:
    """Beside one that nobody asked for, and the same pair twice."""
    lines = [f"A dog.\t{translation}", "A cow.\tEine Kuh.", "A cow.\tEine Kuh."]
    path = tmp_path / "de.tsv"
    path.write_text("source\ttranslation\n" + "\n".join(lines) + "\n", encoding="utf-8")

    [[answer]] = FileTranslator(path).translate(["A dog."])

    assert answer == Answer("A dog.", translation)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "WEBP", "TIFF"])
def test_a_picture_with_the_suffix_of_another_format(kind: str) -> None:
    picture, _ = decode_picture(encode(8, 6, kind), "1.jpg")

    assert (picture.mode, picture.size) == ("RGB", (8, 6))
