"""What is extrapolated for a GPU; on the CPU its code runs at tiny sizes and is not timed."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.speed.measuring import Spread
from benchmarks.speed.sizes import QUICK, REAL
from benchmarks.speed.stages import gpu
from benchmarks.speed.workbench import Workbench
from tests.fake_gpu import T4, pretend_gpus


@pytest.fixture
def threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("threads")
def test_without_a_gpu_nothing_is_measured(tmp_path: Path) -> None:
    found = gpu.measure(Workbench(tmp_path, REAL, 1, 1))

    assert [row.target for row in found.rows] == [6, 5, 2, 10]
    assert {row.met for row in found.rows} == {None}
    assert {row.note for row in found.rows} == {"there is no GPU"}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("threads")
def test_on_a_gpu_that_emulates_bf16_nothing_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_gpus(monkeypatch, T4)
    found = gpu.measure(Workbench(tmp_path, REAL, 1, 1))

    assert {row.note for row in found.rows} == {"this GPU has no bf16 in hardware"}


@pytest.mark.slow
@pytest.mark.usefixtures("threads")
def test_every_row_is_extrapolated_at_the_small_size(tmp_path: Path) -> None:
    found = gpu.measure(Workbench(tmp_path, QUICK, 1, 1))

    measured = [row.measured for row in found.rows if row.measured]
    assert [one.repeats for one in measured] == [3, 3, 4, 3]
    assert all(0 < one.low <= one.median <= one.high for one in measured)
    for name in ("student", "clip_ve"):
        seconds = found.numbers[f"gpu.{name}.bf16"]
        share = found.numbers[f"gpu.{name}.bf16, share of the GEMM peak"]
        work = share * found.numbers["gpu.peak.bf16"] * seconds
        assert work == pytest.approx(found.numbers[f"gpu.{name}.flops"])
        assert 0 < found.numbers[f"gpu.{name}.loss_difference"] < 0.1
    assert (tmp_path / "benchmark_gpu_losses.svg").exists()


def test_two_thousand_steps_are_measured_at_the_real_sizes() -> None:
    assert REAL.gpu_parts * REAL.gpu_steps == 2000
    steps = (gpu.WARM_PARTS + REAL.gpu_parts) * REAL.gpu_steps
    assert steps <= REAL.train_pairs // REAL.student_batch


def test_minutes_are_those_of_the_mean() -> None:
    assert gpu._minutes([0.01, 0.02, 0.06], 6000) == Spread(3.0, 1.0, 6.0, 3)
    assert gpu._minutes(np.array([0.5]), 120) == Spread(1.0, 1.0, 1.0, 1)


def test_losses_differ_by_the_most_that_any_part_does() -> None:
    curves = {"fp32": [4.0, 2.0, 1.0], "bf16": [4.0, 2.1, 0.9]}

    assert gpu.loss_difference(curves) == pytest.approx(0.1)
