"""Where and how numbers are computed: device, threads, precision, reproducibility."""

import logging
import tempfile
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal

import torch
from torch import Tensor

from clseave_core.training.gpu_probe import has_bf16, unused_gpu, wanted_gpus
from clseave_core.training.gpus import claim_gpu

logger = logging.getLogger(__name__)
Precision = Literal["auto", "fp32", "bf16"]
_ONE_DNN: Any = torch.backends.mkldnn
PINNED_AT_MOST = 2**26
"""Bytes up to which a tensor is moved by way of pinned memory, which PyTorch then keeps."""
WIDE = 256
"""Hidden width from which oneDNN multiplies float32 matrices on a CPU that gains by it."""


class Compute:
    """The device of a job and its precision; `threads` is the number of CPU threads.

    Without a `device` it is a GPU where PyTorch can use one. Says in the log what it is. Raises
    ValueError where a GPU, or bf16 on a GPU, was asked for and is not to be had.

    The same work with the same number of threads gives the same bits on the same CPU model: the
    number of threads is therefore a key of the study and not a matter of the machine.
    """

    def __init__(self, precision: Precision, threads: int, device: str | None = None) -> None:
        torch.set_num_threads(threads)
        _ONE_DNN.matmul.fp32_precision = "ieee"
        self.device = torch.device(device) if device else _free_device()
        on_gpu = self.device.type == "cuda"
        self.bf16 = _computes_bf16(precision, on_gpu)
        self.threads = threads
        self.fixed_shapes = on_gpu
        """Whether batches are padded to a few shapes, so that their steps can be recorded."""
        self.wide_on_cpu = False
        """Whether a CPU computes a model of hidden width `WIDE` or more (`multiply_for`)."""
        logger.info("computing on %s", self.describe())

    def describe(self) -> str:
        """The device and the precision in words."""
        precision = "bf16" if self.bf16 else "fp32"
        if self.device.type == "cpu":
            threads = "1 thread" if self.threads == 1 else f"{self.threads} threads"
            return f"the CPU in {precision}, {threads}"
        return f"{self.device} ({torch.cuda.get_device_name(self.device)}) in {precision}"

    def deciding(self) -> dict[str, str | int | bool]:
        """What of it decides the bits of a result (for the fingerprint of a saved state)."""
        return {"threads": self.threads, "device": self.device.type, "bf16": self.bf16}

    def multiply_for(self, width: int) -> None:
        """Choose the library that multiplies float32 matrices for a model of this hidden width.

        Sets `wide_on_cpu`, too, by which encoders take fewer sentences at once.

        PyTorch's usual one, MKL, uses AVX2 on AMD's processors; oneDNN uses AVX-512, about twice
        as fast, and PyTorch lets it multiply float32 where bf16 is allowed inside. Only AMX can do
        that, so without AMX the products remain those of float32 (their last bits differ from
        MKL's). Below `WIDE` making its kernels, one for each shape, costs more than they save.
        """
        self.wide_on_cpu = width >= WIDE and self.device.type == "cpu"
        able = torch.cpu.get_capabilities()
        gains = able.get("avx512_bf16") and able.get("amx_bf16") is False
        if self.wide_on_cpu and gains:
            _ONE_DNN.matmul.fp32_precision = "bf16"

    def autocast(self) -> AbstractContextManager[object]:
        """bf16 autocast where the precision asks for it."""
        if not self.bf16:
            return nullcontext()
        return torch.autocast(self.device.type, dtype=torch.bfloat16)

    def move(self, tensor: Tensor) -> Tensor:
        """Put a CPU tensor on the device, without waiting for it where that is possible."""
        if self.device.type == "cpu":
            return tensor
        if tensor.nbytes > PINNED_AT_MOST:
            return tensor.to(self.device)
        return tensor.pin_memory().to(self.device, non_blocking=True)

    def wait(self) -> None:
        """Until the device has done what it was given."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def random_state(self) -> dict[str, Tensor]:
        """The states of torch's random generators that a training draws from."""
        state = {"cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            state["cuda"] = torch.cuda.get_rng_state(self.device)
        return state

    def restore_random_state(self, state: dict[str, Tensor]) -> None:
        """Continue the random generators where `random_state` left them."""
        torch.set_rng_state(state["cpu"])
        if self.device.type == "cuda" and "cuda" in state:
            torch.cuda.set_rng_state(state["cuda"], self.device)


def _free_device() -> torch.device:
    """A GPU that no other job of this machine has, as the current one; without a GPU the CPU."""
    gpus = wanted_gpus()
    said = unused_gpu(gpus)
    if said:
        logger.warning(said)
    if not gpus.usable:
        return torch.device("cpu")
    identities = [str(torch.cuda.get_device_properties(number).uuid) for number in gpus.usable]
    device = torch.device("cuda", gpus.usable[claim_gpu(identities, tempfile.gettempdir())])
    torch.cuda.set_device(device)
    return device


def _computes_bf16(precision: Precision, on_gpu: bool) -> bool:
    """Whether to compute in bf16; `auto` does so on a GPU that has it in hardware."""
    if precision == "fp32" or (precision == "auto" and not on_gpu):
        return False
    if has_bf16(on_gpu):
        return True
    if precision == "bf16" and on_gpu:
        raise ValueError(
            f"precision: bf16 was asked for, and {torch.cuda.get_device_name()} has it not in "
            "hardware. Write precision: auto, with which it computes in fp32."
        )
    if precision == "bf16":
        logger.warning(
            "precision: bf16 was asked for, and this CPU has it not in hardware: it is emulated, "
            "slower than fp32. Write precision: auto."
        )
    return precision == "bf16"
