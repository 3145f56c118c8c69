"""What one prediction or score file is about, read from where it lies."""

from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    """One method in one language with one seed on one test set."""

    testset: str
    method: str
    language: str
    seed: int


def run_of(path: str | Path) -> Run:
    """Read a run from `.../{method}/{language}/seed{seed}/{testset}.json` (or `.parquet`).

    Raises ValueError when the path is not of that form.
    """
    path = Path(path)
    seed = path.parent.name.removeprefix("seed")
    if len(path.parts) < len(Run._fields) or not seed.isdecimal():
        raise ValueError(
            f"{path} does not lie at {{method}}/{{language}}/seed{{number}}/{{testset}}, so nobody "
            "can tell what it is about. Give the path that the workflow gave it."
        )
    return Run(path.stem, path.parts[-4], path.parts[-3], int(seed))
