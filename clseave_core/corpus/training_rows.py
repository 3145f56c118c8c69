"""Which hypotheses a training of another stage than the teacher may read."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from clseave_core.corpus.pairs import Pairs
from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import read_table

Rows = npt.NDArray[np.int64]


def training_rows(hypotheses: str | Path, train: str | Path, dev: str | Path) -> tuple[Rows, Rows]:
    """The distinct hypotheses of train that are held out from nobody, and those of dev."""
    held_out = (read_table(hypotheses, HYPOTHESES, ["held_out"])["held_out"] != "none").to_numpy()
    of_train, of_dev = (np.unique(Pairs.read(path).hypotheses) for path in (train, dev))
    return of_train[~held_out[of_train]], of_dev
