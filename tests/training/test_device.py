import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from clseave_core.training.device import PINNED_AT_MOST, WIDE, Compute, Precision
from tests.fake_gpu import H200, T4, Card, pretend_driver, pretend_gpus, pretend_no_gpu

AMPERE = Card("NVIDIA A100", (8, 0))
ONE_DNN: Any = torch.backends.mkldnn


@pytest.fixture(autouse=True)
def usual_products() -> Iterator[None]:
    threads = torch.get_num_threads()
    yield
    Compute("fp32", threads, "cpu")


def chosen() -> str:
    return str(ONE_DNN.matmul.fp32_precision)


@pytest.mark.parametrize(
    ("width", "able", "expected"),
    [
        (WIDE, {"avx512_bf16": True, "amx_bf16": False}, "bf16"),
        (WIDE - 1, {"avx512_bf16": True, "amx_bf16": False}, "ieee"),
        (WIDE, {"avx512_bf16": True, "amx_bf16": True}, "ieee"),  # AMX would round to bf16
        (WIDE, {"avx512_bf16": False, "amx_bf16": False}, "ieee"),
        (WIDE, {}, "ieee"),
    ],
)
def test_one_dnn_multiplies_for_wide_models_where_it_cannot_round(
    monkeypatch: pytest.MonkeyPatch, width: int, able: dict[str, bool], expected: str
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)

    Compute("fp32", 1).multiply_for(width)

    assert chosen() == expected


def test_another_job_begins_with_the_usual_products() -> None:
    ONE_DNN.matmul.fp32_precision = "bf16"

    Compute("fp32", 1)

    assert chosen() == "ieee"


@pytest.mark.parametrize("size", [64, 256, 768, 1024])
def test_products_for_wide_models_are_not_rounded_to_bf16(size: int) -> None:
    """bf16 has eight significant bits; these numbers need thirteen."""
    Compute("fp32", 1).multiply_for(WIDE)
    numbers = 1 + torch.arange(size * size).reshape(size, size) % 4096 / 4096

    assert torch.equal(numbers @ torch.eye(size), numbers)
    assert torch.equal(torch.nn.functional.linear(torch.eye(size), numbers.T), numbers)


@pytest.fixture(autouse=True)
def _locks_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.mark.parametrize(
    ("card", "precision", "bf16", "said"),
    [
        (H200, "auto", True, "cuda:0 (NVIDIA H200) in bf16"),
        (AMPERE, "auto", True, "cuda:0 (NVIDIA A100) in bf16"),
        (T4, "auto", False, "cuda:0 (Tesla T4) in fp32"),
        (H200, "fp32", False, "cuda:0 (NVIDIA H200) in fp32"),
        (H200, "bf16", True, "cuda:0 (NVIDIA H200) in bf16"),
        (None, "auto", False, "the CPU in fp32, 1 thread"),
        (None, "fp32", False, "the CPU in fp32, 1 thread"),
        (None, "bf16", True, "the CPU in bf16, 1 thread"),
    ],
)
def test_bf16_is_only_where_the_hardware_has_it_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    card: Card | None, precision: Precision, bf16: bool, said: str,
) -> None:  # fmt: skip
    if card:
        pretend_gpus(monkeypatch, card)
    with caplog.at_level(logging.INFO, "clseave_core"):
        compute = Compute(precision, 1)

    assert (compute.device.type == "cuda", compute.bf16) == (card is not None, bf16)
    assert compute.describe() == said
    assert caplog.messages[-1] == f"computing on {said}"


def test_bf16_that_a_gpu_only_emulates_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_gpus(monkeypatch, T4)

    with pytest.raises(
        ValueError, match=r"precision: bf16 .* Tesla T4 has it not in hardware. Write precision: "
    ):
        Compute("bf16", 1)


def test_bf16_that_a_cpu_only_emulates_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True})
    assert Compute("auto", 1, "cpu").bf16 is False
    assert caplog.messages == []

    assert Compute("bf16", 1, "cpu").bf16 is True
    assert "this CPU has it not in hardware: it is emulated, slower than fp32" in caplog.text


def test_the_cpu_is_not_taken_where_a_gpu_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_no_gpu(monkeypatch, "Found no NVIDIA driver on your system.")
    assert Compute("fp32", 1).device.type == "cpu"  # a rule's GPU is no wish

    monkeypatch.setenv("CLSEAVE_GPUS", "1")
    with pytest.raises(ValueError, match=r"a GPU was asked for .* there is no NVIDIA driver"):
        Compute("fp32", 1)
    assert Compute("fp32", 1, "cpu").device.type == "cpu"  # what never needs one is not refused

    monkeypatch.delenv("CLSEAVE_GPUS")
    monkeypatch.setenv("SLURM_JOB_GPUS", "3")
    with pytest.raises(ValueError, match=r"Slurm gave this job a GPU .* no NVIDIA driver"):
        Compute("fp32", 1)


def test_the_cpu_is_taken_where_it_was_asked_for_on_a_machine_with_a_gpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend_gpus(monkeypatch, H200)
    monkeypatch.setenv("CLSEAVE_GPUS", "0")

    assert Compute("auto", 2).describe() == "the CPU in fp32, 2 threads"


def test_a_gpu_that_cannot_be_used_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pretend_no_gpu(monkeypatch, "The NVIDIA driver on your system is too old (found version 12040)")
    pretend_driver(monkeypatch, tmp_path, "550.54.14")

    assert Compute("auto", 1).describe() == "the CPU in fp32, 1 thread"
    assert "a GPU is here, but the CPU computes" in caplog.messages[0]
    assert "the driver 550 knows CUDA up to 12.4" in caplog.messages[0]


def test_a_large_tensor_leaves_no_pinned_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    pinned: list[torch.Size] = []

    def pin(tensor: torch.Tensor) -> torch.Tensor:
        pinned.append(tensor.shape)
        return tensor

    monkeypatch.setattr(torch.Tensor, "pin_memory", pin)
    compute = Compute("fp32", 1, "cpu")
    compute.device = torch.device("meta")  # any device but the CPU
    small, large = torch.empty(4), torch.empty(PINNED_AT_MOST + 1, dtype=torch.uint8)

    moved = compute.move(small), compute.move(large)

    assert pinned == [small.shape]
    assert [(each.device.type, each.shape) for each in moved] == [
        ("meta", small.shape), ("meta", large.shape),
    ]  # fmt: skip
