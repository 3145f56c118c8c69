"""The fingerprint of a training: what it sees, and that it copies nothing to see it."""

import hashlib
import json
import tracemalloc

import numpy as np
import pytest
import torch

from clseave_core.training import state
from clseave_core.training.state import fingerprint

SETTINGS = {"epochs": 3}


@pytest.mark.parametrize("numbers_at_once", [1, 4, 10**6])
def test_a_fingerprint_is_that_of_the_type_the_shape_and_the_bytes(
    monkeypatch: pytest.MonkeyPatch, numbers_at_once: int
) -> None:
    monkeypatch.setattr(state, "NUMBERS_AT_ONCE", numbers_at_once)
    rows = np.arange(6, dtype=np.float32).reshape(2, 3)
    expected = hashlib.sha256(json.dumps(SETTINGS).encode())
    expected.update(b"float32 (2, 3)" + rows.tobytes())
    expected.update(b"int64 (0, 4)")

    assert fingerprint(SETTINGS, rows, np.zeros((0, 4), np.int64)) == expected.hexdigest()
    tensors = torch.from_numpy(rows), torch.zeros(0, 4, dtype=torch.int64)
    assert fingerprint(SETTINGS, *tensors) == expected.hexdigest()


def test_rows_and_columns_that_are_exchanged_have_another_fingerprint() -> None:
    rows = np.arange(4).reshape(2, 2)

    assert fingerprint(SETTINGS, rows.T) == fingerprint(SETTINGS, rows.T.copy())
    assert fingerprint(SETTINGS, rows.T) == fingerprint(SETTINGS, torch.from_numpy(rows).T)
    assert fingerprint(SETTINGS, rows.T) != fingerprint(SETTINGS, rows)
    assert fingerprint(SETTINGS, rows.reshape(4)) != fingerprint(SETTINGS, rows)


@pytest.mark.parametrize("of_torch", [False, True])
def test_a_fingerprint_copies_nothing(of_torch: bool) -> None:
    table = np.ones((2000, 512), dtype=np.float32)
    tracemalloc.start()
    try:
        fingerprint(SETTINGS, torch.from_numpy(table) if of_torch else table)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < table.nbytes / 10
