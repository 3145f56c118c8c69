"""What looks odd and is taken as it is (docs/bad_input.md), each with what is read of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from clseave_core.corpus.picture_decoding import decode_picture
from clseave_core.corpus.pictures import open_pictures
from clseave_core.corpus.snli_ve import read_annotations
from clseave_core.translation.file import FileTranslator
from clseave_core.translation.translator import Answer
from tests.bad_input.annotations import GOOD, row
from tests.bad_input.case import file
from tests.bad_input.translations import HEAD


@dataclass(frozen=True)
class Accepted:
    """`write` puts the input into an empty folder and returns its path; `read` gives `value`."""

    write: Callable[[Path], Path]
    read: Callable[[Path], object]
    value: object


def _sentences(path: Path) -> object:
    read = read_annotations(path)
    return read.pair_ids, read.hypotheses, read.lines


def _translated(*asked: str) -> Callable[[Path], object]:
    """Reads the translations of the sentences `asked` for."""

    def read(path: Path) -> object:
        (batch,) = FileTranslator(path).translate(asked)
        return batch

    return read


def _write_png_as_jpg(folder: Path) -> Path:
    picture = Image.new("RGB", (2, 1), (255, 0, 0))
    picture.putpixel((1, 0), (0, 0, 255))
    picture.save(folder / "x.jpg", "PNG")
    return folder


def _pixels(folder: Path) -> object:
    """The pixels of each picture by its id, as the workflow comes to them."""
    return {
        name: list(decode_picture(content, name)[0].get_flattened_data())
        for name, content in open_pictures(folder).stream({"x"})
    }


def _tsv(translation: str) -> Callable[[Path], Path]:
    """Write the good translation and one of "A dog."."""
    return file("de.tsv", HEAD + f"A dog.\t{translation}\n".encode())


MARKED = "\u200fDer \u202bHund\u202c\u200e."
"""Marks of both directions, an embedding and its end."""
EMOJI = "Hund \U0001f415\u200d\U0001f9ba \u2764\ufe0f \U0001f1e9\U0001f1ea."
"""Pictographs: two that are joined into one, one with a selector of its form, a flag of two."""
CASES = {
    "annotations with CRLF": Accepted(
        file("dev.jsonl", f"{GOOD}\r\n{json.dumps(row(sentence2='A dog.'))}\r\n".encode()),
        _sentences,
        (["first", "4705552913.jpg#2r1n"], ["The sisters are hugging.", "A dog."], [1, 2]),
    ),
    "marks of the direction of writing": Accepted(
        _tsv(MARKED), _translated("A dog."), [Answer("A dog.", MARKED)]
    ),
    "pictographs": Accepted(_tsv(EMOJI), _translated("A dog."), [Answer("A dog.", EMOJI)]),
    "translations that nobody asked for": Accepted(
        _tsv("Ein Hund."), _translated("A cat."), [Answer("A cat.", "Eine Katze.")]
    ),
    "empty lines at the end of annotations": Accepted(
        file("dev.jsonl", f"{GOOD}\n\n \r\n".encode()),
        _sentences,
        (["first"], ["The sisters are hugging."], [1]),
    ),
    "a list of annotations": Accepted(
        file("dev.json", f"[{GOOD}]".encode()),
        _sentences,
        (["first"], ["The sisters are hugging."], [0]),
    ),
    "a table of annotations": Accepted(
        file("dev.csv", b"image;hypothesis;label\n7.png;A dog.;Neutral\n"),
        _sentences,
        (["7#2"], ["A dog."], [2]),
    ),
    "translations as a spreadsheet saves them": Accepted(
        file("de.csv", b'\xef\xbb\xbfen;de\r\n"A dog; big.";"Ein ""Hund""."\r\n;\r\n'),
        _translated("A dog; big."),
        [Answer("A dog; big.", 'Ein "Hund".')],
    ),
    "a PNG named .jpg": Accepted(_write_png_as_jpg, _pixels, {"x": [(255, 0, 0), (0, 0, 255)]}),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_taken_as_it_is(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    assert case.read(case.write(tmp_path)) == case.value
