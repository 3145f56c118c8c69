"""Rows of a Parquet file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from clseave_core.records.tables import Columns

_ROWS = 4096


def parquet_rows(path: Path, columns: Columns) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number (from 0) of each row and its values by column; None where one is absent.

    Raises ValueError naming the file, and the row where there is one, for other columns, text that
    is not UTF-8 and damage.
    """
    try:
        file = pq.ParquetFile(path)
        schema = file.schema_arrow
        said = ", ".join(f"{field.name}: {field.type}" for field in schema)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:  # names of columns, too
        raise ValueError(f"{path} is not a Parquet file ({error}). Write it again.") from error
    wanted = list(columns(schema.names))
    if not wanted or any(schema.names.count(name) != 1 for name in wanted):
        raise ValueError(
            f"{path} has no columns that are known: its columns are [{said}]. Rename them."
        )
    row = 0
    try:
        for batch in file.iter_batches(_ROWS, columns=wanted):
            for values in zip(*(batch.column(name) for name in wanted), strict=True):
                yield row, {n: v.as_py() for n, v in zip(wanted, values, strict=True)}
                row += 1
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} row {row}: is not UTF-8 text ({error}). Save it as UTF-8."
        ) from error
    except (pa.ArrowException, OSError) as error:
        raise ValueError(
            f"{path} cannot be read behind row {row} ({error}). Write it again."
        ) from error
