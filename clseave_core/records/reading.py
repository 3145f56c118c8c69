"""One way to the rows of a file, whatever its form and its name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clseave_core.records.forms import PARQUET, foreign_form
from clseave_core.records.json_rows import json_lines, json_objects
from clseave_core.records.parquet import parquet_rows
from clseave_core.records.tables import Columns, table_rows
from clseave_core.records.text import check_encoding, encoding_of, start_of

Row = dict[str, Any]


@dataclass(frozen=True)
class Records:
    """The rows of a file, each with its number: iterate once.

    The number is that of a line, from 1, or of a row, from 0; `unit` says which ("line", "row").
    """

    path: Path
    unit: str
    rows: Iterator[tuple[int, Row]]

    def place(self, number: int) -> str:
        """Where a row stands, for a message: file and number."""
        return f"{self.path} {self.unit} {number}"


def read_records(path: Path, columns: Columns, without_header: Sequence[str] = ()) -> Records:
    """Read JSON lines, a list of JSON objects, a table (tab, comma, semicolon) or Parquet.

    The form is seen by the content, as is gzip. `columns` says which columns of a table are read,
    by the names in its header; the rows of JSON have all their keys. `without_header` are the
    columns of a table that has no header. Raises ValueError naming the file and the form where it
    is another one, and, as the rows are taken, what each form's reader documents.
    """
    start = start_of(path)
    if start.startswith(PARQUET) or path.suffix == ".parquet":
        return Records(path, "row", parquet_rows(path, columns))
    known = foreign_form(start)
    if known is not None:
        name, advice = known
        raise ValueError(f"{path} is {name}. {advice}.")
    check_encoding(path, start)
    text = start.decode(encoding_of(start), "ignore").lstrip()
    if text.startswith("["):
        return Records(path, "row", json_objects(path, listed=True))
    if text.startswith("{"):
        if not text.splitlines()[0][1:].strip():
            return Records(path, "row", json_objects(path, listed=False))
        return Records(path, "line", json_lines(path))
    if not text:
        return Records(path, "line", iter(()))
    return Records(path, "line", table_rows(path, columns, without_header))
