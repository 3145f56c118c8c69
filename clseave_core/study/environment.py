"""What jobs find in their environment; the rules set it once, and every job inherits it."""

import os
import tempfile
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
    _move_caches()


def _move_caches() -> None:
    """Keep caches that would lie in a HOME where nothing can be written in `.snakemake`."""
    spare = Path(".snakemake/caches").resolve()
    for variable, folder in _caches().items():
        if variable not in os.environ and not is_writable(folder):
            os.environ[variable] = str(spare / variable.lower())


def _caches() -> dict[str, Path]:
    """Where the hub's client and matplotlib would write, by the variable that moves it."""
    cache = own_folder("XDG_CACHE_HOME", "~/.cache")
    hub = own_folder("HF_HOME", str(cache / "huggingface"))
    return {
        "HF_HUB_CACHE": own_folder("HUGGINGFACE_HUB_CACHE", str(hub / "hub")),
        "HF_XET_CACHE": hub / "xet",
        "MPLCONFIGDIR": own_folder("XDG_CONFIG_HOME", "~/.config") / "matplotlib",
    }


def own_folder(variable: str, default: str) -> Path:
    """The folder that a variable of the environment names, else the default, in the HOME."""
    path = Path(os.environ.get(variable) or default)
    try:
        return path.expanduser()
    except RuntimeError:  # nobody knows this user's HOME
        return path


def is_writable(folder: Path) -> bool:
    """Whether a file can be written in the folder, or where it would be made."""
    if str(folder).startswith("~"):
        return False
    try:
        while not folder.exists() and folder != folder.parent:
            if folder.is_symlink():  # to nothing
                return False
            folder = folder.parent
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"1")
    except OSError:
        return False
    return True
