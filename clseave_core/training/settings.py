"""The settings of a training, as a study names them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

from clseave_core.training.device import Precision


@dataclass(frozen=True)
class TrainingSettings:
    """Everything that decides a training's numbers beside its data, its model and its seed.

    `planned_epochs` is the length of the learning-rate schedule and `epochs` where it is cut
    (the thesis plans 22 and stops after 9); `warmup` is a share of the planned steps.
    `validation_dropout` leaves dropout on when dev is measured, as the published scripts do.
    Where labels are learned, a batch's sentences are encoded in `length_groups` parts of similar
    length; those of CLIP-VE also `packed` end to end (see `clseave_core.models.packing`).
    `steps_per_epoch` ends each epoch after so many optimiser steps, so that trainings over other
    examples can be given the same number; None goes over every example.
    `cuda_graphs` records steps on a GPU (`clseave_core.training.graphs`).
    `patience` counts evaluations without a lower dev loss, None never stops early.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    planned_epochs: int | None = None
    classifier_learning_rate: float | None = None
    optimizer: Literal["adam", "adamw"] = "adamw"
    weight_decay: float = 0.0
    schedule: Literal["constant", "linear"] = "linear"
    warmup: float = 0.0
    patience: int | None = None
    keep: Literal["best", "last"] = "best"
    clip_norm: float | None = None
    accumulation: int = 1
    steps_per_epoch: int | None = None
    precision: Precision = "auto"
    length_groups: int | Literal["packed"] = 1
    weight: Literal["pairs", "distinct"] = "pairs"
    evaluate_every: int = 1
    validation_dropout: bool = False
    save_every_seconds: float = 600.0
    tensorboard: bool = False
    cuda_graphs: bool = True

    @classmethod
    def from_study(cls, section: Mapping[str, Any]) -> Self:
        """Read a `training:` section; ValueError names keys that no training has."""
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(section) - known)
        if unknown:
            raise ValueError(
                f"training settings {unknown} are not known. Known: {', '.join(sorted(known))}."
            )
        return cls(**section)

    @property
    def schedule_epochs(self) -> int:
        """Epochs over which the learning-rate schedule runs."""
        return self.planned_epochs or self.epochs

    def deciding(self) -> dict[str, Any]:
        """The settings that decide the resulting weights (for the fingerprint of a saved state)."""
        settings = asdict(self)
        for of_no_influence in ("save_every_seconds", "tensorboard", "cuda_graphs"):
            del settings[of_no_influence]
        return settings
