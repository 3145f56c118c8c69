"""The rows of the accuracy table as a figure shows them: one a method and language."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

_WORDS = ("mean", "sd")
_COLUMNS = (
    *("study", "testset", "method", "setting", "language", "seed"),
    *("test_accuracy", "ci_low", "ci_high", "published_accuracy"),
)


@dataclass(frozen=True)
class AccuracyRow:
    """Percent: `accuracy` (mean over seeds), its clustered interval, each seed's, published.

    The ends of an interval that is not there are the accuracy itself.
    `notes` keep a row from being ranked: `leaked`, or nothing.
    """

    testset: str
    method: str
    setting: str
    language: str
    accuracy: float
    low: float
    high: float
    seeds: tuple[float, ...]
    published: float | None
    notes: str = ""


def read_accuracy_rows(table: str | Path) -> list[AccuracyRow]:
    """Read what `tabulate_accuracy` made, in its order.

    Raises ValueError naming the table when a column is missing, it has no row, or a method with
    several seeds has no mean.
    """
    rows = pd.read_csv(table, dtype=str, keep_default_na=False)
    missing = [name for name in _COLUMNS if name not in rows]
    if missing or rows.empty:
        fault = f"lacks the columns {', '.join(missing)}" if missing else "has no row"
        raise ValueError(f"{table} {fault}. Delete it to have it made again.")
    result = []
    keys = ["testset", "method", "setting", "language"]
    for values, group in rows.groupby(keys, sort=False):
        single = group[~group["seed"].isin(_WORDS)]
        shown = single if len(single) == 1 else group[group["seed"] == "mean"]
        if len(shown) != 1:
            raise ValueError(
                f"{table}: {' '.join(map(str, values))} has {len(single)} seeds and {len(shown)} "
                "rows 'mean', expected one. Delete the table to have it made again."
            )
        row = shown.iloc[0]
        testset, method, setting, language = map(str, values)
        published = row["published_accuracy"]
        result.append(
            AccuracyRow(
                testset,
                method,
                setting,
                language,
                float(row["test_accuracy"]),
                float(row["ci_low"] or row["test_accuracy"]),
                float(row["ci_high"] or row["test_accuracy"]),
                tuple(float(value) for value in single["test_accuracy"]),
                float(published) if published else None,
                str(row.get("setting_notes", "")),
            )
        )
    return result
