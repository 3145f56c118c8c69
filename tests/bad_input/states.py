"""Saved trainings that cannot be gone on from, and files between two steps that are damaged.

A state is set aside with a warning, and the training starts anew; a damaged result is an error.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from clseave_core.embeddings import Embeddings, write_embeddings
from clseave_core.files import read_json
from clseave_core.training.state import TrainingState
from tests.bad_input.case import Case, file

Write = Callable[[Path], Path]
TENSORS = {"weight": torch.arange(4.0)}


def saved(mark: str = "mark", current: bytes | None = None, best: bytes | None = None) -> Write:
    """A saved training, with other contents of its two files."""

    def write(folder: Path) -> Path:
        state = TrainingState(folder / "seed0", mark)
        state.save(TENSORS, {"epoch": 1})
        state.save_best(TENSORS)
        for name, content in (("current", current), ("best", best)):
            if content is not None:
                (folder / f"seed0/{name}.safetensors").write_bytes(content)
        return folder / "seed0"

    return write


def _with_metadata(metadata: dict[str, str] | None) -> Write:
    def write(folder: Path) -> Path:
        (folder / "seed0").mkdir()
        save_file(TENSORS, folder / "seed0/current.safetensors", metadata=metadata)
        return folder / "seed0"

    return write


def load(folder: Path) -> object:
    """What a training does first."""
    assert TrainingState(folder, "mark").load() is None
    assert not folder.exists()
    assert (folder.parent / "seed0.refused/current.safetensors").exists()
    return None


def _cut(folder: Path) -> Path:
    path = saved()(folder)
    content = (path / "current.safetensors").read_bytes()
    (path / "current.safetensors").write_bytes(content[:-7])
    return path


def embeddings(cut: int | None = None, flip: int | None = None) -> Write:
    """A file of embeddings, cut short or with a byte turned over."""

    def write(folder: Path) -> Path:
        path = folder / "images.arrow"
        write_embeddings(path, "image_id", [(["a", "b"], np.ones((2, 4), np.float32))], 4)
        content = bytearray(path.read_bytes()[:cut])
        if flip is not None:
            content[flip] ^= 0xFF
        path.write_bytes(content)
        return path

    return write


def _twice(folder: Path) -> Path:
    path = folder / "images.arrow"
    write_embeddings(path, "image_id", [(["a", "a"], np.ones((2, 4), np.float32))], 4)
    return path


ANEW = r"is not resumed; it was moved to .*seed0\.refused, .*The training starts anew"
MADE_AGAIN = "Delete (it|the file) to have it made again"
CASES = {
    "of other settings": Case(
        saved(mark="another"),
        load,
        rf"seed0 belongs to other settings or data and {ANEW}",
        is_warning=True,
    ),
    "cut short": Case(_cut, load, rf"seed0 is damaged \(.*\) and {ANEW}", is_warning=True),
    "without a byte": Case(
        saved(current=b""), load, rf"seed0 is damaged \(.*\) and {ANEW}", is_warning=True
    ),
    "best epoch cut short": Case(
        saved(best=b"\x10"), load, rf"seed0 is damaged \(.*\) and {ANEW}", is_warning=True
    ),
    "without its fingerprint": Case(
        _with_metadata(None),
        load,
        rf"seed0 belongs to other settings or data and {ANEW}",
        is_warning=True,
    ),
    "without its position": Case(
        _with_metadata({"fingerprint": "mark"}),
        load,
        rf"seed0 is damaged \('position'\) and {ANEW}",
        is_warning=True,
    ),
    "position that is not JSON": Case(
        _with_metadata({"fingerprint": "mark", "position": "{"}),
        load,
        rf"seed0 is damaged \(.*\) and {ANEW}",
        is_warning=True,
    ),
    "embeddings cut short": Case(
        embeddings(cut=-30), Embeddings.open, rf"images\.arrow is no whole file .*{MADE_AGAIN}"
    ),
    "embeddings without a byte": Case(
        embeddings(cut=0), Embeddings.open, rf"images\.arrow is no whole file .*{MADE_AGAIN}"
    ),
    "embeddings with an id twice": Case(
        _twice, Embeddings.open, rf"images\.arrow has an id twice\. {MADE_AGAIN}"
    ),
    "a report that is not JSON": Case(
        file("report.json", b'{\n"rows": }'),
        read_json,
        rf"report\.json line 2 column 9 is not JSON.*{MADE_AGAIN}",
    ),
    "a report in another encoding": Case(
        file("report.json", b'"\xe9"'), read_json, r"report\.json is not UTF-8 text"
    ),
}
