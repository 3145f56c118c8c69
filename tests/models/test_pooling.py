import pytest
import torch

from clseave_core.models.pooling import pool

STATES = torch.tensor(
    [
        [[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]],
        [[4.0, 40.0], [5.0, 50.0], [99.0, 99.0]],  # the last token is padding
    ]
)
LENGTHS = torch.tensor([3, 2])


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        ("end", [[3.0, 30.0], [5.0, 50.0]]),
        ("first", [[1.0, 10.0], [4.0, 40.0]]),
        ("mean", [[2.0, 20.0], [4.5, 45.0]]),
    ],
)
def test_each_pooling_ignores_padding(pooling: str, expected: list[list[float]]) -> None:
    assert pool(STATES, LENGTHS, pooling).tolist() == expected  # type: ignore[arg-type]
