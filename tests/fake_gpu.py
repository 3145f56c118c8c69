"""GPUs without one: what PyTorch says of them, and their way of training, on a CPU.

There shapes are fixed, steps are recorded, no number is read.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from clseave_core.training.device import Compute
from clseave_core.training.graphs import Sums

READING = ("_local_scalar_dense", "nonzero", "equal", "is_nonzero", "masked_select", "unique")
"""Operations that wait for the device, since the CPU needs their numbers or their shapes."""


@dataclass(frozen=True)
class Card:
    """A GPU by its name and its compute capability."""

    name: str
    capability: tuple[int, int]


H200, T4, V100 = Card("NVIDIA H200", (9, 0)), Card("Tesla T4", (7, 5)), Card("Tesla V100", (7, 0))
CUDA_13 = ("sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120", "compute_120")
"""What PyTorch's build for CUDA 13 is compiled for."""


def pretend_gpus(patch: pytest.MonkeyPatch, *cards: Card, archs: tuple[str, ...] = CUDA_13) -> None:
    """Let PyTorch, in a build for CUDA 13.0, say that it has these GPUs and nobody hid them."""
    patch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    _build(patch)
    current = [0]

    def card(device: Any = None) -> Card:
        number = getattr(device, "index", device)
        return cards[current[0] if number is None else number]

    said: dict[str, Callable[..., Any]] = {
        "is_available": lambda: bool(cards),
        "device_count": lambda: len(cards),
        "current_device": lambda: current[0],
        "set_device": lambda device: current.__setitem__(0, device.index),
        "get_device_name": lambda device=None: card(device).name,
        "get_device_capability": lambda device=None: card(device).capability,
        "get_device_properties": lambda device: SimpleNamespace(
            uuid=f"uuid{device}", major=card(device).capability[0], name=card(device).name
        ),
        "get_arch_list": lambda: list(archs),
    }
    for name, answer in said.items():
        patch.setattr(torch.cuda, name, answer)


def pretend_no_gpu(patch: pytest.MonkeyPatch, error: str) -> None:
    """Let PyTorch, in a build for CUDA 13.0, see no GPU and give `error` as the reason."""

    def begin() -> None:
        raise RuntimeError(error)

    pretend_gpus(patch)
    patch.setattr(torch.cuda, "init", begin)


def pretend_driver(patch: pytest.MonkeyPatch, folder: Path, version: str) -> None:
    """Let a machine show a GPU and this version of NVIDIA's driver in files of `folder`."""
    (folder / "nvidia0").touch()
    (folder / "version").write_text(
        f"NVRM version: NVIDIA UNIX x86_64 Kernel Module  {version}  Tue Dec 14 23:05:42 UTC 2021\n"
        "GCC version:  gcc version 11.4.0\n"
    )
    patch.setattr("clseave_core.training.gpu_probe.DEVICES", folder)
    patch.setattr("clseave_core.training.gpu_probe.DRIVER", folder / "version")


def _build(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(torch, "__version__", "2.13.0+cu130")
    patch.setattr(torch.version, "cuda", "13.0")
    patch.setattr(torch.backends.cuda, "is_built", lambda: True)


class FakeRecorder:
    """A recording is the step itself on the tensors of the recording; a replay runs it again."""

    captured = 0
    fails = False

    def __init__(self, device: torch.device) -> None:
        self.device = device

    @contextmanager
    def stream(self) -> Iterator[None]:
        yield

    def capture(self, work: Callable[[], Sums]) -> Callable[[], Sums]:
        if type(self).fails:
            raise RuntimeError("operation not permitted when stream is capturing")
        type(self).captured += 1
        return work


def fake_gpu(patch: pytest.MonkeyPatch) -> tuple[Compute, type[FakeRecorder]]:
    """The compute of one, and a recorder of its own that counts."""

    class Recorder(FakeRecorder):
        pass

    compute = Compute("fp32", threads=1, device="cpu")
    compute.fixed_shapes = True
    patch.setattr("clseave_core.training.loop.CudaRecorder", Recorder)
    return compute, Recorder


class NothingRead(TorchDispatchMode):
    """Within it no operation may wait for the device."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        assert func.overloadpacket.__name__ not in READING, f"{func} waits for the device"
        return func(*args, **(kwargs or {}))
