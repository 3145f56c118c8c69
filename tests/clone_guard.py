"""No test sees the clone's results and downloads: it would pass or fail by what was run before.

Every test works in a folder with links to all else of the clone; an open file below the clone's
own `results/` or `resources/`, or a workflow that is started in the clone, is an error.
"""

import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HIDDEN = ("results", "resources", "logs", ".snakemake")
_CLOSED = tuple(f"{ROOT}/{name}/" for name in HIDDEN)
_OPENS = ("open", "os.listdir", "os.scandir", "os.mkdir", "os.remove", "os.rename", "os.rmdir")


class SeesTheCloneError(Exception):
    """A test read or wrote what earlier runs have left in the clone."""


def link_all_else(folder: Path, root: Path = ROOT) -> None:
    """Link what lies in the clone into `folder`, without `HIDDEN`."""
    for path in root.iterdir():
        if path.name not in HIDDEN:
            (folder / path.name).symlink_to(path)


def watch() -> None:
    """From now on raise SeesTheCloneError where this process touches what is hidden."""
    sys.addaudithook(_audit)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _OPENS and isinstance(arguments[0], str | os.PathLike):
        path = os.fsdecode(arguments[0])  # one that is relative starts where no results are
        if f"{path}/".startswith(_CLOSED) and path != f"{ROOT}/results/README.md":
            raise SeesTheCloneError(f"{event} {path}: give the test a folder of its own.")
    elif event == "subprocess.Popen":
        _, words, folder, _ = arguments
        runs = {"snakemake", "commands.run"}.intersection(words) and "--lint" not in words
        if runs and Path(folder or ".").resolve() == ROOT:
            raise SeesTheCloneError(
                f"{words} runs in the clone: give the test a folder of its own."
            )
