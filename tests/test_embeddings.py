import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from clseave_core import embeddings
from clseave_core.embeddings import Embeddings, write_embeddings


@pytest.mark.parametrize("rows_at_once", [1, 3, 8192])
def test_rows_come_in_the_order_that_is_asked_for_from_every_part_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_at_once: int
) -> None:
    monkeypatch.setattr(embeddings, "ROWS_AT_ONCE", rows_at_once)
    parts = [
        (np.array([3, 1], dtype=np.int32), np.array([[3, 30], [1, 10]], dtype=np.float32)),
        (np.array([2], dtype=np.int32), np.array([[2, 20]], dtype=np.float32)),
        (np.array([0, 4], dtype=np.int32), np.array([[0, 0], [4, 40]], dtype=np.float32)),
    ]
    write_embeddings(tmp_path / "x.arrow", "id", parts, 2)
    found = Embeddings.open(tmp_path / "x.arrow")

    order = [4, 3, 2, 2, 0, 1, 4]
    assert found.rows(order).tolist() == [[n, 10 * n] for n in order]
    assert found.rows([]).shape == (0, 2)
    with pytest.raises(KeyError, match="has no embedding of 7"):
        found.rows([0, 7])


def test_a_table_is_in_memory_once_when_all_its_rows_are_read(tmp_path: Path) -> None:
    count, width = 40_000, 64
    matrix = np.ones((count, width), dtype=np.float32)
    ids = np.arange(count, dtype=np.int32)
    write_embeddings(tmp_path / "x.arrow", "id", [(ids, matrix)], width)
    found = Embeddings.open(tmp_path / "x.arrow")

    tracemalloc.start()
    try:
        rows = found.rows(range(count))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert np.array_equal(rows, matrix)
    assert peak < 1.5 * matrix.nbytes
