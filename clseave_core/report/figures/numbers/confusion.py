"""Confusion matrices from score files, as counts and as shares of a label's pairs."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from clseave_core.evaluation.runs import run_of
from clseave_core.files import read_json
from clseave_core.labels import LABELS

Matrix = npt.NDArray[np.float64]


def read_confusions(files: Iterable[str | Path]) -> dict[str, Matrix]:
    """By language the counts [label, predicted], means over seeds, in the order of the files.

    Raises ValueError naming a file whose labels or shape are others.
    """
    found: dict[str, list[Matrix]] = {}
    for path in files:
        scores = read_json(path)
        matrix = np.array(scores["confusion"], dtype=np.float64)
        if tuple(scores["labels"]) != LABELS or matrix.shape != (len(LABELS), len(LABELS)):
            raise ValueError(
                f"{path}: a {matrix.shape} confusion matrix of {scores['labels']}, expected 3 x 3 "
                f"of {', '.join(LABELS)}. Delete the file to have it made again."
            )
        found.setdefault(run_of(path).language, []).append(matrix)
    return {language: np.mean(matrices, axis=0) for language, matrices in found.items()}


def row_shares(counts: Matrix) -> Matrix:
    """Percent of each label's pairs; a label without pairs has 0 everywhere."""
    sums = counts.sum(axis=1, keepdims=True)
    shares: Matrix = 100 * np.divide(counts, sums, out=np.zeros_like(counts), where=sums > 0)
    return shares
