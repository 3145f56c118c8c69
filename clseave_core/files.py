"""Files that are whole or absent: everything the project writes goes through here.

A file (or folder) is written under a temporary name beside its target and renamed when it is
complete, so that a kill at any moment leaves either the old state or the new one.
"""

import glob
import json
import os
import platform
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from clseave_core.borders.files import check_readable, writing

PARTIAL = ".partial"
_FORMULA = re.compile(r"[=+\-@\t\r\n]")
_NUMBERS = re.compile(r"[-+]?(\d[\d.,]*(e[-+]?\d+)?%?|inf|nan)?", re.IGNORECASE)
"""One number, or a sign alone that stands for none."""


def _flush_to_disk(path: Path) -> None:
    """Ask the operating system to put `path` (a file or a folder) on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _temporary(target: Path) -> Path:
    """The temporary name of this process beside `target`; what killed ones left there is removed.

    `.<name>.<host>-<pid>.partial`: of another host's processes nobody here knows whether they live.
    """
    host = platform.node().replace(".", "_") or "localhost"
    own = f".{target.name}.{host}-"
    for left in target.parent.glob(f"{glob.escape(own)}*{PARTIAL}"):
        pid = left.name[len(own) : -len(PARTIAL)]
        if pid.isdigit() and (int(pid) == os.getpid() or not _is_alive(int(pid))):
            shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
    return target.with_name(f"{own}{os.getpid()}{PARTIAL}")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):  # somebody else's, or no pid
        return True
    return True


@contextmanager
def whole_file(target: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `target` that becomes `target` when the block ends well.

    After an exception the temporary file is removed and `target` is as it was. Raises FileError
    where the disk is full, the right to write is missing and the like.
    """
    target = Path(target)
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = _temporary(target)
        try:
            yield temporary
            _flush_to_disk(temporary)
            temporary.replace(target)
            _flush_to_disk(target.parent)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(target: str | Path) -> Iterator[Path]:
    """Yield a temporary folder beside `target` that takes its place when the block ends well.

    Raises FileError as `whole_file` does.
    """
    target = Path(target)
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = _temporary(target)
        try:
            temporary.mkdir()
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
    """Read one JSON file; a ValueError names the file, line and column of a mistake.

    Raises FileError where it cannot be read, FileNotFoundError where it is not there.
    """
    check_readable(path)
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{path} line {error.lineno} column {error.colno} is not JSON: {error.msg}. "
            "Delete the file to have it made again."
        ) from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 text ({error}). Write it again.") from error
    except (RecursionError, ValueError) as error:  # a thousand brackets; 5,000 digits
        raise ValueError(f"{path} cannot be read ({error}). Write it again.") from error


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

    Raises ValueError naming the file when it is damaged or its columns or types are others,
    FileError where it cannot be read, FileNotFoundError where it is not there.
    """
    check_readable(path)
    try:
        found = pq.read_schema(path).remove_metadata()
        columns_found = _columns(found)
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:  # names of columns, too
        raise ValueError(
            f"{path} is no whole Parquet file ({error}). Delete it to have it made again."
        ) from error
    if not found.equals(schema):
        raise ValueError(
            f"{path} has the columns [{columns_found}], expected [{_columns(schema)}]. "
            "Delete it to have it made again."
        )
    try:
        rows: pd.DataFrame = pq.read_table(path, columns=columns, memory_map=True).to_pandas()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{path} is damaged ({error}). Delete it to have it made again."
        ) from error
    return rows


def write_csv(target: str | Path, rows: pd.DataFrame) -> None:
    """Write a small result as CSV; numbers must already be rounded (as text) by the caller.

    Text that a spreadsheet would run as a formula (it begins with = + - @ or a control character
    and is no number) gets an apostrophe in front, which spreadsheets take for "this is text".
    """
    with whole_file(target) as temporary:
        rows.map(_no_formula).to_csv(temporary, index=False, lineterminator="\n")


def _no_formula(cell: Any) -> Any:
    is_text = isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBERS.fullmatch(cell)
    return f"'{cell}" if is_text else cell
