"""Whether somebody asked for GPUs: with `GPUS=n`, with `--resources gpu=n`, or at Slurm.

Rules name a GPU on machines that have none, too, where they are content with the CPU. Only who
asked for one must not be given the CPU without a word.
"""

import os
from dataclasses import dataclass

VARIABLE = "CLSEAVE_GPUS"
"""Holds the number for jobs, which inherit it (`clseave_core.study.environment`)."""
OF_SLURM = ("SLURM_STEP_GPUS", "SLURM_JOB_GPUS", "SLURM_GPUS_ON_NODE")
"""What Slurm sets in a job that has GPUs."""


@dataclass(frozen=True)
class Wish:
    """`count` GPUs, asked for as `words` say; 0 is the CPU, None that nobody said anything."""

    count: int | None
    words: str = ""


def gpu_wish() -> Wish:
    """What was asked for, by this process's environment.

    Raises ValueError where the variable holds no number.
    """
    said = os.environ.get(VARIABLE, "")
    if said:
        if not (said.isascii() and said.isdigit()):
            raise ValueError(f"{VARIABLE} is {said!r}. Give it a number of GPUs; 0 is the CPU.")
        number = "a GPU was" if int(said) == 1 else f"{said} GPUs were"
        return Wish(int(said), f"{number} asked for (GPUS={said} or --resources gpu={said})")
    for name in OF_SLURM:
        if os.environ.get(name):
            return Wish(1, f"Slurm gave this job a GPU ({name}={os.environ[name]})")
    return Wish(None)
