"""GPUs are hidden from all tests but those that are marked `gpu`.

What tests say of bits and devices then holds on every machine. `pytest -m gpu` hides nothing and
runs the marked ones; `tests/test_hidden_gpus.py` does so, too.
"""

import os

from clseave_core.training.gpu_wish import OF_SLURM, VARIABLE

VISIBLE, BEFORE = "CUDA_VISIBLE_DEVICES", "CLSEAVE_TESTS_CUDA_VISIBLE_DEVICES"
HIDDEN = {VISIBLE: ""}
"""The environment of a process that is to compute on the CPU, whatever the machine has."""


def hide_gpus() -> None:
    """Hide them from this process and its children, which nobody asks for one.

    What the user had set is kept, also when a child hides them again.
    """
    if BEFORE not in os.environ:
        os.environ[BEFORE] = os.environ.get(VISIBLE, "all")
    os.environ |= HIDDEN
    for name in (VARIABLE, *OF_SLURM):
        os.environ.pop(name, None)


def with_gpus() -> dict[str, str]:
    """The environment with the GPUs that the user began the tests with."""
    shown = {name: value for name, value in os.environ.items() if name not in (BEFORE, VISIBLE)}
    before = os.environ.get(BEFORE, "all")
    return shown if before == "all" else shown | {VISIBLE: before}
