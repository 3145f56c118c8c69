import pytest
import torch
from transformers.optimization import get_linear_schedule_with_warmup

from clseave_core.training.schedule import rate_factor


@pytest.mark.parametrize(
    ("step", "linear", "constant"),
    [(0, 0.0, 0.0), (1, 0.5, 0.5), (2, 1.0, 1.0), (6, 0.5, 1.0), (10, 0.0, 1.0), (11, 0.0, 1.0)],
)
def test_factor_by_hand(step: int, linear: float, constant: float) -> None:
    assert rate_factor(step, 10, 2, "linear") == linear
    assert rate_factor(step, 10, 2, "constant") == constant


def test_linear_is_the_schedule_of_transformers() -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = get_linear_schedule_with_warmup(optimizer, 22, 220)
    for step in range(220):
        assert optimizer.param_groups[0]["lr"] == pytest.approx(
            rate_factor(step, 220, 22, "linear")
        )
        optimizer.step()
        schedule.step()
