"""Recorded steps: by a stand-in for CUDA graphs where there is no GPU, and by themselves on one."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from clseave_core.training.batches import random_batches
from clseave_core.training.device import Compute
from clseave_core.training.graphs import EAGER_STEPS, GraphedSteps, Sums
from clseave_core.training.loop import train
from clseave_core.training.planning import PlannedBatch, plan_batches
from clseave_core.training.settings import TrainingSettings
from clseave_core.training.state import TrainingState
from tests.fake_gpu import FakeRecorder, fake_gpu

XS = torch.arange(12, dtype=torch.float32)[:, None] / 10
LENGTHS = np.array([2, 3, 4, 5, 6, 7, 9, 10, 3, 4, 5, 6])


class InterruptedTrainingError(Exception):
    """What a kill looks like to the loop."""


class PlannedLine:
    """Fit y = 2 x with dropout in the way, over planned batches of two widths."""

    def __init__(self, compute: Compute, stop_at_step: int | None = None) -> None:
        torch.manual_seed(5)
        layers = nn.Linear(1, 8), nn.Dropout(0.5), nn.BatchNorm1d(8), nn.Linear(8, 1)
        self.model = nn.Sequential(*layers).to(compute.device)
        self.compute, self.xs = compute, XS.to(compute.device)
        self.stop_at_step, self.steps = stop_at_step, 0

    def parameter_groups(self) -> list[dict[str, Any]]:
        return [{"params": list(self.model.parameters()), "lr": 2.0**-5}]

    def batches(self, epoch: int) -> list[PlannedBatch]:
        batches = random_batches(len(XS), 4, seed=1, epoch=epoch)
        return plan_batches(batches, {"sentences": batches}, LENGTHS, self.compute)

    def loss(self, batch: PlannedBatch) -> tuple[Tensor, dict[str, Tensor]]:
        if self.steps == self.stop_at_step:
            raise InterruptedTrainingError
        self.steps += 1
        xs = self.xs[batch.tensors["sentences"]]
        error = self.model(xs) - 2 * xs
        return error.square().mean(), {"absolute": error.detach().abs().sum()}

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        return {"dev_loss": float((self.model(self.xs) - 2 * self.xs).square().mean())}


def run(task: PlannedLine, folder: Path, **changes: Any) -> list[dict[str, Any]]:
    given: dict[str, Any] = {
        "epochs": 6, "batch_size": 4, "learning_rate": 2.0**-5, "keep": "last",
        "schedule": "constant",
    }  # fmt: skip
    state = TrainingState(folder, "mark")
    torch.manual_seed(6)
    history = train(task, TrainingSettings(**(given | changes)), task.compute, state)
    timed = ("seconds", "pairs_per_second")
    return [{k: v for k, v in row.items() if k not in timed} for row in history]


def weights(task: PlannedLine) -> list[float]:
    return torch.cat([value.flatten() for value in task.model.state_dict().values()]).tolist()


def test_a_shape_is_recorded_when_it_has_come_up_often_and_replayed_with_each_batch() -> None:
    eager: list[PlannedBatch] = []

    def step(batch: PlannedBatch) -> Sums:
        eager.append(batch)
        return {"sum": batch.tensors["sentences"].sum()}

    class Recorder(FakeRecorder):
        pass

    steps = GraphedSteps(step, Recorder(torch.device("cpu")))
    found = []
    for number in range(EAGER_STEPS + 3):
        for size in (2, 3):
            batch = PlannedBatch(size, 8, {"sentences": torch.full((size,), number)})
            found.append(int(steps(batch)["sum"]))

    assert found == [number * size for number in range(EAGER_STEPS + 3) for size in (2, 3)]
    assert Recorder.captured == 2
    replayed = eager[2 * EAGER_STEPS :]
    assert {id(batch) for batch in replayed[::2]} == {id(replayed[0])}
    assert len({id(batch) for batch in replayed}) == 2


@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
def test_a_recorded_training_is_the_same_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, optimizer: str
) -> None:
    compute, recorder = fake_gpu(monkeypatch)
    changes = {"optimizer": optimizer, "clip_norm": 1.0, "warmup": 0.25}
    usual, recorded = PlannedLine(compute), PlannedLine(compute)

    expected = run(usual, tmp_path / "usual", cuda_graphs=False, **changes)
    assert recorder.captured == 0
    history = run(recorded, tmp_path / "recorded", **changes)

    assert recorder.captured == 2
    assert weights(recorded) == weights(usual)
    assert history == expected


@pytest.mark.parametrize("kill_at", [2, 10, 16])
def test_a_recorded_training_goes_on_after_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kill_at: int
) -> None:
    compute, _ = fake_gpu(monkeypatch)
    whole = PlannedLine(compute)
    history = run(whole, tmp_path / "whole")

    with pytest.raises(InterruptedTrainingError):
        run(PlannedLine(compute, kill_at), tmp_path / "killed", save_every_seconds=0.0)
    resumed = PlannedLine(compute)
    again = run(resumed, tmp_path / "killed", save_every_seconds=0.0)

    assert resumed.steps == whole.steps - kill_at
    assert weights(resumed) == weights(whole)
    assert again == history


def test_accumulated_steps_are_not_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute, recorder = fake_gpu(monkeypatch)
    run(PlannedLine(compute), tmp_path, accumulation=2, epochs=9)

    assert recorder.captured == 0


def test_where_a_recording_fails_the_training_goes_on_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    compute, recorder = fake_gpu(monkeypatch)
    recorder.fails = True
    usual, failing = PlannedLine(compute), PlannedLine(compute)
    run(usual, tmp_path / "usual", cuda_graphs=False)

    with caplog.at_level(logging.WARNING):
        run(failing, tmp_path / "failing")

    assert weights(failing) == weights(usual)
    assert len(caplog.records) == 1
    assert "of 4 examples at 10 tokens could not be recorded" in caplog.text
    assert "`cuda_graphs: false`" in caplog.text


@pytest.mark.gpu
@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
def test_a_gpu_records_the_same_training(tmp_path: Path, optimizer: str) -> None:
    compute = Compute("fp32", 1, "cuda")
    usual, recorded = PlannedLine(compute), PlannedLine(compute)
    changes = {"optimizer": optimizer, "clip_norm": 1.0, "epochs": 12}

    run(usual, tmp_path / "usual", cuda_graphs=False, **changes)
    run(recorded, tmp_path / "recorded", **changes)

    # Replays call nothing: only steps before a recording and recordings themselves do.
    assert usual.steps == 36
    assert recorded.steps == 2 * (EAGER_STEPS + 1)
    assert weights(recorded) == pytest.approx(weights(usual), rel=1e-4, abs=1e-5)


@pytest.mark.gpu
def test_a_gpu_goes_on_after_a_recording_that_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Waiting(PlannedLine):
        """Asks for a number, which a recording may not."""

        def loss(self, batch: PlannedBatch) -> tuple[Tensor, dict[str, Tensor]]:
            loss, sums = super().loss(batch)
            loss.item()
            return loss, sums

    compute = Compute("fp32", 1, "cuda")
    usual, waiting = PlannedLine(compute), Waiting(compute)
    run(usual, tmp_path / "usual", cuda_graphs=False)
    run(waiting, tmp_path / "waiting")

    assert "could not be recorded" in caplog.text
    assert weights(waiting) == pytest.approx(weights(usual), rel=1e-4, abs=1e-5)
