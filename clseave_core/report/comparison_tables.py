"""Tables of comparisons: each method beside its reference, and what they differ in."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from clseave_core.evaluation.comparisons import ALL
from clseave_core.report.formats import Table

_SOURCES = {
    "study": "study", "testset": "testset", "method": "to_method", "differs_in": "question",
    "language": "to_language", "seeds": "seeds", "n": "n", "accuracy": "to_accuracy",
    "ci_low": "to_low", "ci_high": "to_high", "reference": "from_method",
    "reference_accuracy": "from_accuracy", "difference": "difference",
    "difference_low": "difference_low", "difference_high": "difference_high", "p_holm": "p_holm",
}  # fmt: skip
"""Columns, and those of comparisons.csv that they are taken from."""
COLUMNS = tuple(_SOURCES)


def comparison_tables(answers: str | Path, comparisons: Sequence[str]) -> list[Table]:
    """A table for each name of the study's `comparisons`, from the file `answers`, comparisons.csv.

    The rows are those about all pairs of the test set; those about seen and held-out sentences
    stand in comparisons.csv alone.
    """
    rows = pd.read_csv(answers, dtype=str, keep_default_na=False)
    return [
        Table(
            name,
            f"Comparison {name}: each method on the same pairs as its reference. Accuracy in "
            "percent and difference in points, with 95 % intervals that respect shared pictures "
            "and sentences; p holm is the two-way cluster permutation test, adjusted for the rows "
            "of this table.",
            _rows(rows[(rows["family"] == name) & (rows["sentences"] == ALL)]),
        )
        for name in comparisons
    ]


def _rows(answers: pd.DataFrame) -> pd.DataFrame:
    rows = answers[list(_SOURCES.values())].reset_index(drop=True)
    rows.columns = pd.Index(COLUMNS)
    return rows
