"""Reading SNLI-VE annotations as they exist: JSON lines, a JSON list, tables, Parquet; with gzip.

The fields have the names of SNLI-VE, XVNLI, e-SNLI-VE or of the like
(`clseave_core/corpus/annotation_fields.py`); the picture's id is cleaned of folder and ending. Rows
whose annotators did not agree have the gold label "-": the corpus itself marks them unusable, so
they are dropped and counted. Where a file has no pair ids, a pair is called by its picture and the
number of its line or row.

A sentence is kept as it was written but for white space: each run of it becomes one space and
none is left at the ends. No tokenizer of ours sees a difference, while a line break inside a
sentence would break the packing of translation requests, and two spellings of one sentence would
be translated twice. Unicode is not normalised: CLIP's tokenizer does that itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clseave_core.corpus.annotation_fields import (
    SPELLINGS,
    Fields,
    columns_of,
    find_fields,
    read_label,
)
from clseave_core.corpus.picture_names import picture_identity
from clseave_core.records.json_rows import MEND
from clseave_core.records.reading import read_records
from clseave_core.records.text import shown


@dataclass
class Annotations:
    """The labelled rows of one file, in its order: n entries in each list.

    `lines` are line numbers from 1, or numbers of rows from 0 where the file has no lines (`unit`),
    for messages; `dropped` counts rows without a gold label.
    """

    path: Path
    pair_ids: list[str] = field(default_factory=list)
    image_ids: list[str] = field(default_factory=list)
    hypotheses: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    dropped: int = 0
    unit: str = "line"

    def __len__(self) -> int:
        return len(self.pair_ids)

    def place(self, row: int) -> str:
        """Where row `row` (from 0) stands: file and line."""
        return f"{self.path} {self.unit} {self.lines[row]}"


def _text(row: dict[str, Any], key: str, place: str) -> str:
    """The text under `key`; it must be there, be text that UTF-8 can write, and not be empty."""
    value = row[key]
    if not isinstance(value, str):
        raise ValueError(f"{place}: {key} {shown(value)} is not text. {MEND}")
    if not value or value.isspace():
        raise ValueError(f"{place}: {key} {value!r} is empty. {MEND}")
    if "\0" in value:
        raise ValueError(f"{place}: {key} {shown(value)} has a null character. {MEND}")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError(
                f"{place}: {key} {shown(value)} is half a character. {MEND}"
            ) from error
    return value


def _name(row: dict[str, Any], key: str, place: str) -> str:
    """The name under `key`; a whole number is its digits."""
    value = row[key]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _text(row, key, place)


def _image_id(row: dict[str, Any], keys: Sequence[str], place: str, known: dict[str, str]) -> str:
    """The picture of a row. `known` has those of earlier names: they are one object each."""
    name = row[keys[0]]
    if len(keys) == 1 and isinstance(name, str) and name in known:
        return known[name]
    values = [picture_identity(_name(row, key, place)) for key in keys]
    if not all(values):
        raise ValueError(f"{place}: {keys[0]} {row[keys[0]]!r} is empty. {MEND}")
    if values[0] != values[-1]:
        raise ValueError(f"{place}: two picture ids, {values[0]!r} and {values[-1]!r}. {MEND}")
    known[str(name)] = image_id = known.setdefault(values[0], values[0])
    return image_id


class _Shapes:
    """The fields of rows, and what is wrong with them, found once for all that have equal keys."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], tuple[Fields, str]] = {}

    def fields(self, row: dict[str, Any], place: str) -> tuple[Fields, str]:
        """The fields of a row, and what is wrong with it if it has a label, "" for nothing.

        Raises ValueError where there is no field of labels.
        """
        keys = tuple(row)
        found = self._known.get(keys)
        if found is None:
            fields = find_fields(keys)
            have = f"only {shown(sorted(keys))}. {MEND}"
            if not fields.label:
                raise ValueError(f"{place}: has no 'gold_label' or 'label', {have}")
            found = self._known[keys] = fields, self._wrong(fields, have)
        return found

    def _wrong(self, fields: Fields, have: str) -> str:
        if not fields.hypothesis:
            return f"has no 'sentence2' or 'hypothesis', {have}"
        if not fields.image:
            return (
                f"has no picture id (Flickr30K_ID, image_id, image, filename or the like), {have}"
            )
        # Ids of our own making could be others' in the same file.
        pairs = {bool(other.pair) for other, wrong in self._known.values() if not wrong}
        if pairs == {True} and not fields.pair:
            return f"has no 'pairID', though other rows have one, {have}"
        if pairs == {False} and fields.pair:
            return (
                f"has {fields.pair!r}, though rows before it have none. Give one to all, or none."
            )
        return ""


def read_annotations(path: str | Path, numbers: Sequence[str] | None = None) -> Annotations:
    """Read one annotation file, row by row (the 529,527 rows of SNLI-VE: about ten seconds).

    `numbers` are the labels that 0, 1 and 2 stand for. Raises ValueError that names file, line (or
    row) and value on what the form's reader refuses (a cut line, say), a missing field, a null
    character, an empty hypothesis, an unknown label, a number as label without `numbers`, a pair id
    that an earlier row has, and pair ids in some rows only; FileNotFoundError when there is no such
    file.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist. Correct the path in the study.")
    if path.is_dir():
        raise ValueError(f"{path} is a folder. Name the annotation file in it.")
    records = read_records(path, lambda names: columns_of(names, path))
    read = Annotations(path, unit=records.unit)
    images: dict[str, str] = {}
    number_of: dict[str, int] = {}
    shapes = _Shapes()
    for number, row in records.rows:
        place = f"{path} {records.unit} {number}"
        fields, wrong = shapes.fields(row, place)
        value = row[fields.label]
        label = SPELLINGS.get(value) if isinstance(value, str) else None
        label = label or read_label(value, fields.label, place, numbers)
        if label is None:
            read.dropped += 1
            continue
        if wrong:
            raise ValueError(f"{place}: {wrong}")
        image_id = _image_id(row, fields.image, place, images)
        pair_id = _name(row, fields.pair, place) if fields.pair else f"{image_id}#{number}"
        if number_of.setdefault(pair_id, number) != number:
            raise ValueError(
                f"{place}: pairID {pair_id!r} stands already in {records.unit} "
                f"{number_of[pair_id]}. Delete one of the two or download the file again."
            )
        read.pair_ids.append(pair_id)
        read.image_ids.append(image_id)
        read.hypotheses.append(" ".join(_text(row, fields.hypothesis, place).split()))
        read.labels.append(label)
        read.lines.append(number)
    if not read.pair_ids:
        raise ValueError(f"{path} has no labelled pair. Check that it is an SNLI-VE file.")
    return read
