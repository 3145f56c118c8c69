"""What jobs find in their environment; the rules set it once, and every job inherits it."""

import os
from pathlib import Path


def set_job_environment(root: str | Path) -> None:
    """Let jobs find the library at `root`, work offline, and report nothing but their own progress.

    The user's own HF_HUB_OFFLINE is kept as HF_HUB_OFFLINE_OF_USER for the one job that asks the
    hub; on a cluster a job calls this again, and then the first value holds.
    """
    path = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(path)
    os.environ.setdefault("HF_HUB_OFFLINE_OF_USER", os.environ.get("HF_HUB_OFFLINE", "0"))
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    os.environ["TRANSFORMERS_VERBOSITY"] = "error"
