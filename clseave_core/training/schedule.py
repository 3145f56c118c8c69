"""The learning rate over the steps of a training."""

from typing import Literal


def rate_factor(
    step: int, total: int, warmup_steps: int, schedule: Literal["constant", "linear"]
) -> float:
    """What the base learning rate is multiplied with at `step` (0-based) of `total` planned ones.

    Rises linearly from 0 during the warm-up, then stays (`constant`) or falls linearly to 0 at
    `total` (`linear`); the definition of transformers' schedules of these names.
    """
    if step < warmup_steps:
        return step / warmup_steps
    if schedule == "constant":
        return 1.0
    return max(0.0, (total - step) / max(1, total - warmup_steps))
