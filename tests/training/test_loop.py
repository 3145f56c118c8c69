"""The loop on a task small enough to follow by hand."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from clseave_core.models.tokens import Indices
from clseave_core.training.batches import random_batches
from clseave_core.training.device import Compute
from clseave_core.training.loop import train
from clseave_core.training.settings import TrainingSettings
from clseave_core.training.state import TrainingState, training_state

COMPUTE = Compute("fp32", threads=1, device="cpu")
XS = torch.arange(12, dtype=torch.float32)[:, None] / 10


class InterruptedTrainingError(Exception):
    """What a kill looks like to the loop."""


class Line:
    """Fit y = 2 x with a dropout in the way, so that the random state matters."""

    def __init__(self, stop_at_step: int | None = None, dev_losses: list[float] | None = None):
        torch.manual_seed(5)
        self.model = nn.Sequential(nn.Linear(1, 8), nn.Dropout(0.5), nn.Linear(8, 1))
        self.stop_at_step, self.steps = stop_at_step, 0
        self.dev_losses = dev_losses
        self.was_training: list[bool] = []

    def parameter_groups(self) -> list[dict[str, Any]]:
        return [{"params": list(self.model.parameters()), "lr": 0.05}]

    def batches(self, epoch: int) -> list[Indices]:
        return random_batches(len(XS), 4, seed=1, epoch=epoch)

    def loss(self, batch: Indices) -> tuple[Tensor, dict[str, Tensor]]:
        if self.steps == self.stop_at_step:
            raise InterruptedTrainingError
        self.steps += 1
        error = self.model(XS[batch]) - 2 * XS[batch]
        return error.square().mean(), {"absolute": error.detach().abs().sum()}

    def evaluate(self) -> dict[str, float]:
        self.was_training.append(self.model.training)
        if self.dev_losses is not None:
            return {"dev_loss": self.dev_losses[len(self.was_training) - 1]}
        with torch.inference_mode():
            return {"dev_loss": float((self.model(XS) - 2 * XS).square().mean())}


def settings(**changes: Any) -> TrainingSettings:
    given: dict[str, Any] = {"epochs": 4, "batch_size": 4, "learning_rate": 0.05, "keep": "last"}
    return TrainingSettings(**(given | changes))


def run(task: Line, folder: Path, **changes: Any) -> list[dict[str, Any]]:
    return train(task, settings(**changes), COMPUTE, TrainingState(folder, "mark"))


def weights(task: Line) -> list[float]:
    return torch.cat([p.flatten() for p in task.model.parameters()]).tolist()


@pytest.mark.parametrize("kill_at", [1, 3, 5, 10])
@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
def test_a_resumed_training_ends_in_the_same_weights(
    tmp_path: Path, kill_at: int, optimizer: str
) -> None:
    whole = Line()
    history = run(whole, tmp_path / "whole", optimizer=optimizer)

    # save_every_seconds=0 saves after every step: the middle of an epoch is resumed too.
    changes = {"save_every_seconds": 0.0, "optimizer": optimizer}
    killed = Line(stop_at_step=kill_at)
    with pytest.raises(InterruptedTrainingError):
        run(killed, tmp_path / "killed", **changes)
    resumed = Line()
    again = run(resumed, tmp_path / "killed", **changes)

    assert weights(resumed) == weights(whole)
    assert resumed.steps == whole.steps - kill_at
    assert timeless(history) == timeless(again)


def timeless(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A history without its times."""
    return [
        {k: v for k, v in row.items() if k not in ("seconds", "pairs_per_second")}
        for row in history
    ]


def test_a_training_killed_between_an_epochs_last_step_and_its_end_has_the_same_history(
    tmp_path: Path,
) -> None:
    class Killed(Line):
        def evaluate(self) -> dict[str, float]:
            if len(self.was_training) == 1:
                raise InterruptedTrainingError
            return super().evaluate()

    changes = {"save_every_seconds": 0.0, "schedule": "linear"}
    history = run(Line(), tmp_path / "whole", **changes)
    with pytest.raises(InterruptedTrainingError):
        run(Killed(), tmp_path / "killed", **changes)
    resumed = Line()
    again = run(resumed, tmp_path / "killed", **changes)

    assert resumed.steps == 2 * 3  # those of epochs 3 and 4
    assert timeless(history) == timeless(again)


@pytest.mark.parametrize(("keep", "saved"), [("last", [4]), ("best", [1, 2, 4])])
def test_epochs_that_follow_soon_are_saved_with_the_last_and_new_best_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep: str, saved: list[int]
) -> None:
    epochs: list[int] = []

    def save(self: TrainingState, tensors: dict[str, Any], position: dict[str, Any]) -> None:
        epochs.append(position["epoch"] - 1)

    monkeypatch.setattr(TrainingState, "save", save)
    run(Line(dev_losses=[4.0, 3.0, 3.5, 1.0]), tmp_path, keep=keep)
    assert epochs == saved


def test_a_finished_training_is_not_repeated(tmp_path: Path) -> None:
    first, second = Line(), Line()
    history = run(first, tmp_path)
    assert run(second, tmp_path) == history
    assert second.steps == 0
    assert weights(second) == weights(first)


@pytest.mark.parametrize("parents", [(7, 7), (7, 1)])
def test_the_state_of_an_orphan_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parents: tuple[int, int]
) -> None:
    """Whoever began it will run the job again, and then no epoch is trained twice."""
    seen = iter(parents)
    monkeypatch.setattr("clseave_core.training.state.os.getppid", lambda: next(seen))
    with training_state(tmp_path / "state", "mark") as state:
        state.save({"weight": torch.ones(1)}, {"epoch": 3})

    assert (state.load() is None) == (parents[0] == parents[1])


def test_a_state_of_other_settings_is_set_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run(Line(), tmp_path / "state")
    task = Line()
    train(task, settings(), COMPUTE, TrainingState(tmp_path / "state", "another mark"))

    assert task.steps == 12
    assert (tmp_path / "state.refused" / "current.safetensors").exists()
    assert "is not resumed" in caplog.text


def test_the_best_epoch_is_kept_and_patience_stops(tmp_path: Path) -> None:
    best = Line()
    run(best, tmp_path / "best", epochs=2, planned_epochs=9)

    task = Line(dev_losses=[0.5, 0.3, 0.4, 0.35, 0.2])
    history = run(task, tmp_path / "state", epochs=9, patience=2, keep="best")

    assert [row["dev_loss"] for row in history] == [0.5, 0.3, 0.4, 0.35]
    assert weights(task) == weights(best)


def test_evaluation_is_in_eval_mode_every_so_often_and_at_the_end(tmp_path: Path) -> None:
    task = Line()
    history = run(task, tmp_path, epochs=5, evaluate_every=2)

    assert [row["epoch"] for row in history if "dev_loss" in row] == [2, 4, 5]
    assert task.was_training == [False] * 3


def test_the_schedule_is_planned_over_more_epochs_than_are_run(tmp_path: Path) -> None:
    # 3 steps an epoch, 12 planned of which 3 warm up (a quarter), cut after epoch 2.
    history = run(Line(), tmp_path, epochs=2, planned_epochs=4, warmup=0.25)

    # The rate of a row is that of its last step: step 2 of 3 in the warm-up, then (12-5)/(12-3).
    assert history[0]["learning_rate"] == pytest.approx(0.05 * 2 / 3)
    assert history[1]["learning_rate"] == pytest.approx(0.05 * 7 / 9)


def test_accumulated_batches_are_one_step_of_the_same_gradient(tmp_path: Path) -> None:
    class Plain(Line):
        def __init__(self, size: int) -> None:
            super().__init__()
            torch.manual_seed(7)
            self.model = nn.Sequential(nn.Linear(1, 1))
            self.size = size

        def batches(self, epoch: int) -> list[Indices]:
            return [np.arange(12)[start : start + self.size] for start in range(0, 12, self.size)]

    whole, parts = Plain(12), Plain(5)  # 5 + 5 + 2: every example must weigh the same
    run(whole, tmp_path / "a", epochs=2, accumulation=1)
    run(parts, tmp_path / "b", epochs=2, accumulation=3)

    assert weights(parts) == pytest.approx(weights(whole), abs=1e-6)


def test_sums_become_means_over_the_examples(tmp_path: Path) -> None:
    class Still(Line):
        def parameter_groups(self) -> list[dict[str, Any]]:
            for parameter in self.model.parameters():
                nn.init.zeros_(parameter)
            return [{"params": list(self.model.parameters()), "lr": 1e-30}]

    row = run(Still(), tmp_path, epochs=1)[0]

    # The model says 0: errors are 2 x for x = 0, .1, ..., 1.1.
    assert row["train_loss"] == pytest.approx(sum((0.2 * i) ** 2 for i in range(12)) / 12)
    assert row["train_absolute"] == pytest.approx(sum(0.2 * i for i in range(12)) / 12)


def test_a_loss_that_is_no_number_is_an_error(tmp_path: Path) -> None:
    class Broken(Line):
        def loss(self, batch: Indices) -> tuple[Tensor, dict[str, Tensor]]:
            value, sums = super().loss(batch)
            return value * math.nan, sums

    with pytest.raises(FloatingPointError, match=r"nan in epoch 1\. Lower the learning rate"):
        run(Broken(), tmp_path)


def test_unknown_settings_are_named() -> None:
    with pytest.raises(ValueError, match=r"\['lerning_rate'\] are not known"):
        TrainingSettings.from_study({"lerning_rate": 1.0})


def test_an_epoch_ends_after_the_steps_that_it_may_have(tmp_path: Path) -> None:
    """Two of the three batches of four; the schedule ends with the last step that is taken."""
    cut = run(Line(), tmp_path / "cut", epochs=3, steps_per_epoch=2, schedule="linear")
    whole = run(Line(), tmp_path / "whole", epochs=3, steps_per_epoch=9)

    assert [row["step"] for row in cut] == [2, 4, 6]
    assert [row["step"] for row in whole] == [3, 6, 9]
    assert cut[-1]["learning_rate"] == pytest.approx(0.05 / 6)


def test_steps_are_those_of_the_optimiser(tmp_path: Path) -> None:
    history = run(Line(), tmp_path, epochs=2, steps_per_epoch=1, accumulation=2)

    assert [row["step"] for row in history] == [1, 2]
