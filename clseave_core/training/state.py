"""What a training needs to go on after a kill, outside the outputs of its job.

Snakemake deletes the outputs of a failed job, so the state has a folder of its own. It is one
safetensors file (model, optimiser, random generators, position), replaced as a whole, and
carries the fingerprint of the training's configuration and data: a state of another training is
set aside, never resumed.
"""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from clseave_core.borders.files import check_readable
from clseave_core.files import whole_file

logger = logging.getLogger(__name__)
NUMBERS_AT_ONCE = 2**22


def fingerprint(settings: Mapping[str, Any], *data: np.ndarray[Any, Any] | Tensor) -> str:
    """A digest of a training's settings and of the arrays it learns from."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for array in data:
        empty = torch.empty(0, dtype=array.dtype).numpy() if isinstance(array, Tensor) else array
        digest.update(f"{empty.dtype} {tuple(array.shape)}".encode())
        for part in _bytes(array):
            digest.update(part)
    return digest.hexdigest()


def _bytes(array: np.ndarray[Any, Any] | Tensor) -> Iterator[memoryview]:
    """The bytes of an array, without a copy of it: those of a GPU's come a part at a time."""
    if isinstance(array, Tensor):
        for part in array.detach().reshape(-1).split(NUMBERS_AT_ONCE):
            yield part.cpu().numpy().view(np.uint8).data
    else:
        yield np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


class TrainingState:
    """The saved state of one training in `folder`."""

    def __init__(self, folder: str | Path, mark: str) -> None:
        self.folder = Path(folder)
        self.mark = mark

    @property
    def _current(self) -> Path:
        return self.folder / "current.safetensors"

    @property
    def _best(self) -> Path:
        return self.folder / "best.safetensors"

    @property
    def _refused(self) -> Path:
        return self.folder.with_name(self.folder.name + ".refused")

    def load(self) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
        """The saved (tensors, position), or None when there is nothing to go on from.

        A state with another fingerprint, or one that is not whole, is moved to `<folder>.refused`
        and said in the log.
        """
        if not self._current.exists():
            return None
        check_readable(self._current)
        try:
            with safe_open(str(self._current), framework="pt") as file:
                metadata = file.metadata() or {}
                if metadata.get("fingerprint") == self.mark:
                    tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
                    if self._best.exists():
                        self.load_best()
                    return tensors, json.loads(metadata["position"])
            reason = "belongs to other settings or data"
        except (SafetensorError, OSError, KeyError, ValueError) as error:
            reason = f"is damaged ({error})"
        shutil.rmtree(self._refused, ignore_errors=True)
        self.folder.rename(self._refused)
        logger.warning(
            "the saved state in %s %s and is not resumed; it was moved to %s, which can be deleted "
            "and is when this training ends. The training starts anew.",
            self.folder, reason, self._refused,
        )  # fmt: skip
        return None

    def save(self, tensors: dict[str, Tensor], position: Mapping[str, Any]) -> None:
        """Replace the saved state."""
        metadata = {"fingerprint": self.mark, "position": json.dumps(position)}
        with whole_file(self._current) as temporary:
            save_file(tensors, str(temporary), metadata=metadata)

    def save_best(self, weights: dict[str, Tensor]) -> None:
        """Replace the weights of the best epoch so far."""
        with whole_file(self._best) as temporary:
            save_file(weights, str(temporary))

    def load_best(self) -> dict[str, Tensor]:
        """The weights of the best epoch."""
        weights: dict[str, Tensor] = load_file(str(self._best))
        return weights

    def remove(self) -> None:
        """Delete the state, and one set aside: the training's results are in place."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self._refused, ignore_errors=True)


@contextmanager
def training_state(folder: str | Path, mark: str) -> Iterator[TrainingState]:
    """A state that is removed when the block, which trains and saves the results, ends well.

    Where the process that began this one has ended meanwhile, nobody takes the results for whole
    and the job is run again: then the state stays, and that job trains no epoch twice.
    """
    state = TrainingState(folder, mark)
    parent = os.getppid()
    yield state
    if os.getppid() == parent:
        state.remove()
    else:
        logger.warning("the run that began this job has ended; its state is kept for the next run")


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """The optimiser's state as named tensors: `optimizer.{parameter}.{quantity}`."""
    return {
        f"optimizer.{number}.{name}": value.clone()
        for number, quantities in optimizer.state_dict()["state"].items()
        for name, value in quantities.items()
    }


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Put the tensors of `optimizer_tensors` back."""
    content = optimizer.state_dict()
    quantities: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith("optimizer."):
            _, number, quantity = name.split(".")
            quantities.setdefault(int(number), {})[quantity] = value
    content["state"] = quantities
    optimizer.load_state_dict(content)
