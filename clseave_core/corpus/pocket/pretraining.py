"""What both small models share: their settings, reproducible torch, steps and learning rates."""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any, Self

import torch

from clseave_core.corpus.pocket.settings import check_keys
from clseave_core.progress import progress
from clseave_core.training.device import Compute


@dataclass(frozen=True)
class SmallTraining:
    """The training of one small model.

    `warmup` is a share of the steps; `learning_rate` falls to zero along a cosine after it.
    """

    steps: int
    batch: int
    learning_rate: float
    weight_decay: float
    warmup: float

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any], where: str) -> Self:
        """Build from the section `where` of the study; ValueError names missing, unknown keys."""
        check_keys(mapping, {field.name for field in fields(cls)}, where)
        return cls(**mapping)


@dataclass(frozen=True)
class ModelSettings(SmallTraining):
    """Size and training of one small model."""

    width: int
    layers: int
    heads: int


@contextmanager
def reproducible(seed: int, threads: int) -> Iterator[None]:
    """Seed torch and compute on the CPU with `threads`; leave both as they were after the block."""
    before = torch.get_num_threads()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        Compute("fp32", threads, "cpu")
        try:
            yield
        finally:
            torch.set_num_threads(before)


def train_steps(
    model: torch.nn.Module,
    loss_of_step: Callable[[int], torch.Tensor],
    settings: SmallTraining,
    title: str,
) -> float:
    """Take `settings.steps` AdamW steps on `loss_of_step(step)`; return the mean of the last loss.

    The mean goes over the last tenth of the steps.
    """
    optimizer = torch.optim.AdamW(
        model.parameters(),
        lr=settings.learning_rate,
        weight_decay=settings.weight_decay,
        fused=True,  # a step of so small a model is mostly the optimiser's loop over its tensors
    )
    warm = max(1, round(settings.warmup * settings.steps))

    def factor(step: int) -> float:
        if step < warm:
            return (step + 1) / warm
        return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, settings.steps - warm)))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
    model.train()
    last: list[float] = []
    for step in progress(range(settings.steps), title, settings.steps, "steps"):
        loss = loss_of_step(step)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch's own annotation is missing
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step >= settings.steps - max(1, settings.steps // 10):
            last.append(float(loss.detach()))
    model.eval()
    return sum(last) / len(last)
