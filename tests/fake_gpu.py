"""A GPU's way of training on a CPU: shapes are fixed, steps are recorded, no number is read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from clseave_core.training.device import Compute
from clseave_core.training.graphs import Sums

READING = ("_local_scalar_dense", "nonzero", "equal", "is_nonzero", "masked_select", "unique")
"""Operations that wait for the device, since the CPU needs their numbers or their shapes."""


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
