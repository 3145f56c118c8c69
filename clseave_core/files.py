"""Files that are whole or absent: everything the project writes goes through here.

A file (or folder) is written under a temporary name beside its target and renamed when it is
complete, so that a kill at any moment leaves either the old state or the new one.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

PARTIAL = ".partial"


def _flush_to_disk(path: Path) -> None:
    """Ask the operating system to put `path` (a file or a folder) on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def whole_file(target: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `target` that becomes `target` when the block ends well.

    After an exception the temporary file is removed and `target` is as it was.
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}{PARTIAL}")
    try:
        yield temporary
        _flush_to_disk(temporary)
        temporary.replace(target)
        _flush_to_disk(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(target: str | Path) -> Iterator[Path]:
    """Yield a temporary folder beside `target` that takes its place when the block ends well."""
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}{PARTIAL}")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    try:
        yield temporary
        for path in temporary.rglob("*"):
            _flush_to_disk(path)
        if target.exists():
            shutil.rmtree(target)
        temporary.replace(target)
        _flush_to_disk(target.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_json(target: str | Path, content: Any) -> None:
    """Write `content` as JSON: keys in the given order, two spaces, one line feed at the end."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    with whole_file(target) as temporary:
        temporary.write_text(text, encoding="utf-8")


def read_json(path: str | Path) -> Any:
    """Read one JSON file; a ValueError names the file, line and column of a mistake."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{path} line {error.lineno} column {error.colno} is not JSON: {error.msg}. "
            "Delete the file to have it made again."
        ) from error


def write_table(target: str | Path, rows: pa.Table | pd.DataFrame, schema: pa.Schema) -> None:
    """Write `rows` as Parquet (zstd) with exactly the columns, types and order of `schema`.

    Raises ValueError when a column is missing or too many, or a value does not fit its type.
    """
    names = list(rows.columns) if isinstance(rows, pd.DataFrame) else rows.column_names
    if set(names) != set(schema.names):
        raise ValueError(f"{target} must have the columns {schema.names}, got {names}.")
    if isinstance(rows, pd.DataFrame):
        table = pa.Table.from_pandas(rows[schema.names], schema=schema, preserve_index=False)
    else:
        table = rows.select(schema.names).cast(schema)
    with whole_file(target) as temporary:
        pq.write_table(table.replace_schema_metadata(None), temporary, compression="zstd")


def _columns(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name}: {field.type}" for field in schema)


def read_table(
    path: str | Path, schema: pa.Schema, columns: list[str] | None = None
) -> pd.DataFrame:
    """Read a Parquet file that must have `schema`; `columns` picks some of its columns.

    Raises ValueError naming the file when its columns or types are others.
    """
    found = pq.read_schema(path).remove_metadata()
    if not found.equals(schema):
        raise ValueError(
            f"{path} has the columns [{_columns(found)}], expected [{_columns(schema)}]. "
            "Delete it to have it made again."
        )
    rows: pd.DataFrame = pq.read_table(path, columns=columns, memory_map=True).to_pandas()
    return rows


def write_csv(target: str | Path, rows: pd.DataFrame) -> None:
    """Write a small result as CSV; numbers must already be rounded (as text) by the caller."""
    with whole_file(target) as temporary:
        rows.to_csv(temporary, index=False, lineterminator="\n")
