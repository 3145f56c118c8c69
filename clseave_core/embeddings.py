"""Embeddings on disk: an Arrow file of ids and a fixed-size list column, memory-mapped."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clseave_core.borders.files import check_readable
from clseave_core.files import whole_file

Matrix = npt.NDArray[np.float32]
Ids = npt.NDArray[Any]
ROWS_AT_ONCE = 8192
"""What is gathered at a time, so that no table of embeddings is in memory twice."""


def write_embeddings(
    target: str | Path,
    id_name: str,
    batches: Iterable[tuple[Sequence[str] | npt.NDArray[np.int32], Matrix]],
    width: int,
) -> int:
    """Write batches of (ids, matrix of shape [len(ids), width]) as they come; return the rows.

    Ids are text or int32, as the first batch has them. Raises ValueError on a wrong shape or a
    value that is not finite (naming the first such id).
    """
    rows = 0
    with whole_file(target) as temporary, pa.OSFile(str(temporary), "wb") as sink:
        writer: pa.RecordBatchFileWriter | None = None
        for ids, matrix in batches:
            if matrix.shape != (len(ids), width):
                raise ValueError(
                    f"{target}: a batch of {len(ids)} ids came with embeddings of shape "
                    f"{matrix.shape}, expected {(len(ids), width)}."
                )
            bad = ~np.isfinite(matrix).all(axis=1)
            if bad.any():
                raise ValueError(
                    f"{target}: the embedding of {id_name} {ids[int(bad.argmax())]!r} is not "
                    "finite. Check the model's weights and its precision."
                )
            id_array = pa.array(ids)
            values = pa.array(np.ascontiguousarray(matrix, dtype=np.float32).reshape(-1))
            batch = pa.record_batch(
                [id_array, pa.FixedSizeListArray.from_arrays(values, width)],
                names=[id_name, "embedding"],
            )
            if writer is None:
                writer = pa.ipc.new_file(sink, batch.schema)
            writer.write_batch(batch)
            rows += len(ids)
        if writer is None:
            raise ValueError(f"{target}: there is nothing to embed.")
        writer.close()
    return rows


class Embeddings:
    """A file of embeddings: `ids` [n] and rows of float32 [n, width] that are read on demand."""

    def __init__(self, ids: Ids, chunks: list[Matrix], path: str) -> None:
        self.ids = ids
        self.path = path
        self._chunks = chunks
        self._starts = np.cumsum([0] + [len(chunk) for chunk in chunks])
        self._row_of = {key: row for row, key in enumerate(ids.tolist())}
        if len(self._row_of) != len(ids):
            raise ValueError(f"{path} has an id twice. Delete it to have it made again.")

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Map the file into memory; nothing but the ids is read.

        Raises ValueError naming the file when it is not whole or holds something else, FileError
        when it cannot be read.
        """
        check_readable(path)
        try:
            return cls._read(path)
        except FileNotFoundError:
            raise
        except (pa.ArrowException, OSError, AttributeError, IndexError, ValueError) as error:
            if str(path) in str(error):
                raise
            raise ValueError(
                f"{path} is no whole file of embeddings ({error}). Delete it to have it made again."
            ) from error

    @classmethod
    def _read(cls, path: str | Path) -> Self:
        reader = pa.ipc.open_file(pa.memory_map(str(path)))
        ids, chunks = [], []
        for number in range(reader.num_record_batches):
            batch = reader.get_batch(number)
            batch.validate()
            ids.append(batch.column(0).to_numpy(zero_copy_only=False))
            column = batch.column(1)
            chunks.append(column.flatten().to_numpy().reshape(len(column), column.type.list_size))
        return cls(np.concatenate(ids), chunks, str(path))

    @property
    def width(self) -> int:
        """Number of dimensions."""
        return int(self._chunks[0].shape[1])

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Matrix]:
        return iter(self._chunks)

    def rows(self, ids: Iterable[str | int]) -> Matrix:
        """The embeddings of `ids`, in their order: float32 [len(ids), width].

        Raises KeyError naming the file and the first id that it does not have.
        """
        try:
            places = np.fromiter((self._row_of[key] for key in ids), dtype=np.int64)
        except KeyError as error:
            raise KeyError(f"{self.path} has no embedding of {error.args[0]!r}.") from None
        chunk = np.searchsorted(self._starts, places, side="right") - 1
        result = np.empty((len(places), self.width), dtype=np.float32)
        for start in range(0, len(places), ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            for number in np.unique(chunk[part]):
                here = chunk[part] == number
                rows = places[part][here] - self._starts[number]
                result[part][here] = self._chunks[number][rows]
        return result
