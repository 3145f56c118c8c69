"""What jobs find in their environment; the rules set it once, and every job inherits it."""

import os
from pathlib import Path

from clseave_core.training.gpu_wish import VARIABLE


def set_job_environment(root: str | Path, gpus: int | None = None) -> None:
    """Let jobs find the library at `root`, work offline, and report nothing but their own progress.

    `gpus` are those that the run was given, by `--resources gpu=` (`training.gpu_wish`).

    The user's own HF_HUB_OFFLINE is kept as HF_HUB_OFFLINE_OF_USER for the one job that asks the
    hub; on a cluster a job calls this again, and then the first value holds.
    """
    path = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(path)
    os.environ.setdefault("HF_HUB_OFFLINE_OF_USER", os.environ.get("HF_HUB_OFFLINE", "0"))
    if gpus is not None:
        os.environ[VARIABLE] = str(gpus)
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    os.environ["TRANSFORMERS_VERBOSITY"] = "error"
