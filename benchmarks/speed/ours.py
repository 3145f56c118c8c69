"""The product's own code as a contender: its tasks and its training loop, nothing else."""

import time
from collections.abc import Callable, Set
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from clseave_core.corpus.pairs import Pairs
from clseave_core.corpus.pictures import PictureSource
from clseave_core.models.classifier import EntailmentClassifier
from clseave_core.models.clip_ve import ClipVE
from clseave_core.models.student import Student
from clseave_core.models.tokens import Indices, Tokens
from clseave_core.students.distillation import DistillationTask
from clseave_core.students.task import StudentData
from clseave_core.teacher.clip_ve import ClassificationTask, EncodedPairs, Premises
from clseave_core.teacher.image_preparation import prepare_pictures
from clseave_core.teacher.image_tower import ImageTower
from clseave_core.training.device import Compute
from clseave_core.training.history import Row
from clseave_core.training.loop import train
from clseave_core.training.planning import PlannedBatch
from clseave_core.training.settings import TrainingSettings
from clseave_core.training.state import TrainingState

ProductTask = ClassificationTask | DistillationTask


class NoState(TrainingState):
    """A state that is never written: saving is no part of a step."""

    def __init__(self) -> None:
        super().__init__(Path(), "")

    def load(self) -> None:
        """There is nothing to go on from."""

    def save(self, *_: Any) -> None:
        """Forget it."""


class Stamped:
    """A task of the product over the given batches of each epoch, which notes when steps begin."""

    def __init__(self, task: ProductTask, epochs: list[list[Indices]]) -> None:
        self._task = task
        self._epochs = [task.plan(batches) for batches in epochs]
        self.stamps: list[float] = []

    @property
    def model(self) -> nn.Module:
        """The task's."""
        return self._task.model

    def parameter_groups(self) -> list[dict[str, Any]]:
        """The task's."""
        return self._task.parameter_groups()

    def batches(self, epoch: int) -> list[PlannedBatch]:
        """The given ones."""
        return self._epochs[epoch - 1]

    def loss(self, batch: PlannedBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """The task's."""
        self.stamps.append(time.perf_counter())
        return self._task.loss(batch)

    def evaluate(self) -> dict[str, float]:
        """Nothing: dev is no part of a step."""
        return {"dev_loss": 0.0}


def training_block(
    task: Callable[[TrainingSettings, Compute], ProductTask], settings: TrainingSettings,
    compute: Compute, batches: list[Indices],
) -> list[float]:  # fmt: skip
    """Train over `batches` with the product's loop; when each step began."""
    stamped = Stamped(task(settings, compute), [batches])
    train(stamped, settings, compute, NoState())
    return stamped.stamps


def training_parts(
    task: Callable[[TrainingSettings, Compute], ProductTask], settings: TrainingSettings,
    compute: Compute, parts: list[list[Indices]],
) -> list[Row]:  # fmt: skip
    """The same over `parts`, each as an epoch with its own row of the history."""
    settings = replace(settings, epochs=len(parts), evaluate_every=len(parts))
    return train(Stamped(task(settings, compute), parts), settings, compute, NoState())


def embed_pictures(
    tower: ImageTower, source: PictureSource, wanted: Set[str], workers: int, batch_size: int
) -> None:
    """What `embed_images` does with pictures that are whole, without keeping the embeddings."""
    prepared = prepare_pictures(source, wanted, tower.pixels, workers, ahead=2 * batch_size)
    while batch := list(islice(prepared, batch_size)):
        pixels = [item.pixels for item in batch if item.pixels is not None]
        tower.embed(torch.from_numpy(np.stack(pixels)))


def clip_ve_settings(batch_size: int, learning_rate: float = 1.0e-6) -> TrainingSettings:
    """Those of the thesis study."""
    return TrainingSettings(
        epochs=1, batch_size=batch_size, learning_rate=learning_rate, optimizer="adam",
        schedule="constant", length_groups="packed", keep="last",
    )  # fmt: skip


def student_settings(batch_size: int) -> TrainingSettings:
    """Those of the thesis study."""
    return TrainingSettings(epochs=1, batch_size=batch_size, learning_rate=4.0e-5, keep="last")


def clip_ve_task(
    model: ClipVE, tokens: Tokens, images: Tensor, labels: Tensor, settings: TrainingSettings,
    compute: Compute,
) -> ClassificationTask:  # fmt: skip
    """CLIP-VE over pairs with a sentence each; picture of pair i is `images[i % len]`."""
    rows = torch.arange(len(tokens))
    premises = Premises(compute.move(images), compute.move(rows % len(images)))
    pairs = EncodedPairs(premises, rows.numpy(), compute.move(labels))
    return ClassificationTask(model, tokens, pairs, pairs, settings, 0, compute)


def student_task(
    student: Student, tokens: Tokens, targets: Tensor, settings: TrainingSettings,
    compute: Compute,
) -> DistillationTask:  # fmt: skip
    """Distillation of all sentences."""
    rows = torch.arange(len(tokens)).numpy()
    few = rows[:1]
    pairs = Pairs(few.astype(object), few.astype(object), few, few)
    premises = Premises(torch.zeros(1, student.width), torch.zeros(1, dtype=torch.long))
    data = StudentData(tokens, targets, rows, pairs, premises, EntailmentClassifier(student.width))
    return DistillationTask(student, data, settings, 0, compute)
