import numpy as np
import pytest

from clseave_core.training.device import Compute
from clseave_core.training.planning import plan_batches
from tests.fake_gpu import fake_gpu

LENGTHS = np.array([3, 9, 5, 2, 18, 1])
BATCHES = [np.array([7, 8, 9]), np.array([4, 5])]
ARRAYS = {
    "sentences": [np.array([1, 2]), np.array([0, 4])],
    "counts": [np.array([2.0, 1.0], np.float32), np.array([1.0, 1.0], np.float32)],
}


def test_a_cpu_pads_to_the_longest_and_fills_nothing_up() -> None:
    first, second = plan_batches(BATCHES, ARRAYS, LENGTHS, Compute("fp32", 1, "cpu"))

    assert (len(first), len(second)) == (3, 2)
    assert (first.width, second.width) == (9, 18)
    assert first.tensors["sentences"].tolist() == [1, 2]
    assert first.tensors["counts"].tolist() == [2.0, 1.0]
    assert second.tensors["sentences"].tolist() == [0, 4]


def test_fixed_shapes_are_multiples_of_eight_and_filled_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compute, _ = fake_gpu(monkeypatch)

    first, second = plan_batches(BATCHES, ARRAYS, LENGTHS, compute)

    assert first.shape == (3, 16)
    assert second.shape == (2, 18)  # not 24: no sentence is longer, and a model may not read more
    assert first.tensors["sentences"].tolist() == [1, 2, 1]
    assert first.tensors["counts"].tolist() == [2.0, 1.0, 0.0]
    assert second.tensors["sentences"].tolist() == [0, 4]
