"""Reading SNLI-VE annotations as they exist: JSON lines, plain or with gzip.

The picture's id stands under `Flickr30K_ID` (the official files) or `Flikr30kID` (XVNLI), with or
without `.jpg`; the hypothesis is `sentence2`. Rows whose annotators did not agree have the gold
label "-": the corpus itself marks them unusable, so they are dropped and counted.

A sentence is kept as it was written but for white space: each run of it becomes one space and
none is left at the ends. No tokenizer of ours sees a difference, while a line break inside a
sentence would break the packing of translation requests, and two spellings of one sentence would
be translated twice. Unicode is not normalised: CLIP's tokenizer does that itself.
"""

import codecs
import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

from clseave_core.labels import LABELS

IMAGE_KEYS = ("Flickr30K_ID", "Flikr30kID")
NO_GOLD_LABEL = "-"
MEND = "Mend the line or download the file again."
LONGEST_LINE = 1 << 20
"""Bytes; the longest line of SNLI-VE has a thousand. A bomb is refused before it fills memory."""


@dataclass
class Annotations:
    """The labelled rows of one file, in its order: n entries in each list.

    `lines` are line numbers from 1, for messages; `dropped` counts rows without a gold label.
    """

    path: Path
    pair_ids: list[str] = field(default_factory=list)
    image_ids: list[str] = field(default_factory=list)
    hypotheses: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    dropped: int = 0

    def __len__(self) -> int:
        return len(self.pair_ids)

    def place(self, row: int) -> str:
        """Where row `row` (from 0) stands: file and line."""
        return f"{self.path} line {self.lines[row]}"


def clean_image_id(value: str) -> str:
    """The picture's id without an ending: `36979.jpg` and `36979` are one picture."""
    return value[:-4] if value.lower().endswith(".jpg") else value


@contextmanager
def _opened(path: Path) -> Iterator[Iterable[bytes]]:
    """The file's lines, unpacked where it is gzip (seen by its content, not by its name).

    A line is given up to one byte beyond `LONGEST_LINE`.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist. Correct the path in the study.")
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if not packed:
            yield _lines(file)
            return
        try:
            with gzip.GzipFile(fileobj=file) as content:
                yield _lines(content)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(
                f"{path} is truncated or damaged: {error}. Delete it and download it again."
            ) from error


def _lines(file: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    return iter(partial(file.readline, LONGEST_LINE + 1), b"")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _parse(line: bytes, place: str) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise ValueError(
            f"{place}: the line has more than {LONGEST_LINE:,} bytes: {_shown(line[:40])}. {MEND}"
        )
    try:
        row = json.loads(line.removeprefix(codecs.BOM_UTF8).decode())
    except UnicodeDecodeError as error:
        raise ValueError(f"{place}: is not UTF-8 ({error}). {MEND}") from error
    except json.JSONDecodeError as error:
        if not line.strip():
            raise ValueError(f"{place}: the line is empty. Delete the line.") from error
        raise ValueError(
            f"{place}: not JSON, or a truncated line ({error}): {_shown(line.decode())}. {MEND}"
        ) from error
    except (RecursionError, ValueError) as error:  # a thousand brackets; a number of 5,000 digits
        raise ValueError(
            f"{place}: cannot be read ({error}): {_shown(line.decode())}. {MEND}"
        ) from error
    if not isinstance(row, dict):
        raise ValueError(f"{place}: {_shown(row)} is not a JSON object. {MEND}")
    return row


def _text(row: dict[str, Any], key: str, place: str) -> str:
    """The text under `key`; it must be there, be text that UTF-8 can write, and not be empty."""
    if key not in row:
        raise ValueError(f"{place}: has no {key!r}, only {sorted(row)}. {MEND}")
    value = row[key]
    if not isinstance(value, str):
        raise ValueError(f"{place}: {key} {_shown(value)} is not text. {MEND}")
    if not value or value.isspace():
        raise ValueError(f"{place}: {key} {value!r} is empty. {MEND}")
    if "\0" in value:
        raise ValueError(f"{place}: {key} {_shown(value)} has a null character. {MEND}")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError(
                f"{place}: {key} {_shown(value)} is half a character. {MEND}"
            ) from error
    return value


def _image_id(row: dict[str, Any], place: str) -> str:
    keys = [key for key in IMAGE_KEYS if key in row]
    if not keys:
        raise ValueError(
            f"{place}: has no picture id ({' or '.join(IMAGE_KEYS)}), only {sorted(row)}. {MEND}"
        )
    values = [clean_image_id(_text(row, key, place).strip()) for key in keys]
    if not all(values):
        raise ValueError(f"{place}: {keys[0]} {row[keys[0]]!r} is empty. {MEND}")
    if values[0] != values[-1]:
        raise ValueError(f"{place}: two picture ids, {values[0]!r} and {values[-1]!r}. {MEND}")
    return values[0]


def read_annotations(path: str | Path) -> Annotations:
    """Read one annotation file, line by line (the 529,527 rows of SNLI-VE: about ten seconds).

    Raises ValueError that names file, line and value on a line that is not a JSON object (a
    truncated one, or a truncated gzip file) or is too long, a missing key, a null character, an
    empty hypothesis, an unknown label or a pair id that an earlier line has; FileNotFoundError when
    there is no such file.
    """
    path = Path(path)
    read = Annotations(path)
    labels = {label: label for label in LABELS}
    images: dict[str, str] = {}
    line_of: dict[str, int] = {}
    with _opened(path) as file:
        for number, line in enumerate(file, start=1):
            place = f"{path} line {number}"
            row = _parse(line, place)
            label = _text(row, "gold_label", place)
            if label == NO_GOLD_LABEL:
                read.dropped += 1
                continue
            if label not in labels:
                raise ValueError(
                    f"{place}: gold_label {_shown(label)} is not one of {', '.join(LABELS)}. {MEND}"
                )
            pair_id = _text(row, "pairID", place)
            if line_of.setdefault(pair_id, number) != number:
                raise ValueError(
                    f"{place}: pairID {pair_id!r} stands already in line {line_of[pair_id]}. "
                    "Delete one of the two lines or download the file again."
                )
            image_id = _image_id(row, place)
            read.pair_ids.append(pair_id)
            read.image_ids.append(images.setdefault(image_id, image_id))
            read.hypotheses.append(" ".join(_text(row, "sentence2", place).split()))
            read.labels.append(labels[label])
            read.lines.append(number)
    if not read.pair_ids:
        raise ValueError(f"{path} has no labelled pair. Check that it is an SNLI-VE file.")
    return read
