"""Training histories by epoch: each seed's curve, and their mean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from clseave_core.evaluation.runs import run_of

Series = pd.Series
Histories = Mapping[int, pd.DataFrame]
"""Seed -> one row an epoch, indexed by `epoch`."""


@dataclass(frozen=True)
class Curve:
    """One quantity by epoch: `seeds` as measured, `mean` where every seed was measured.

    Seeds may have stopped at different epochs: the mean ends with the shortest of them.
    """

    seeds: dict[int, Series]
    mean: Series

    @property
    def is_empty(self) -> bool:
        """Whether nothing was measured."""
        return not self.seeds


def read_histories(files: Iterable[str | Path]) -> dict[str, dict[int, pd.DataFrame]]:
    """Read `.../{name}/seed{seed}/history.csv`: name (a language, a teacher) -> seed -> rows.

    Raises ValueError naming the file when it has no column `epoch`, no row, or an epoch twice.
    """
    found: dict[str, dict[int, pd.DataFrame]] = {}
    for path in files:
        run = run_of(path)
        rows = pd.read_csv(path)
        again = "Delete the file to have it made again."
        if "epoch" not in rows or rows.empty:
            raise ValueError(f"{path} has no row or no column 'epoch'. {again}")
        if rows["epoch"].duplicated().any():
            epoch = int(rows["epoch"][rows["epoch"].duplicated()].iloc[0])
            raise ValueError(f"{path} has epoch {epoch} twice. {again}")
        found.setdefault(run.language, {})[run.seed] = rows.set_index("epoch").sort_index()
    return {name: dict(sorted(seeds.items())) for name, seeds in found.items()}


def curve(histories: Histories, column: str, scale: float = 1.0) -> Curve:
    """`column` times `scale` by epoch; empty when no history has a number in it."""
    seeds = {
        seed: (rows[column].dropna() * scale).astype(float)
        for seed, rows in histories.items()
        if column in rows and rows[column].notna().any()
    }
    if not seeds:
        return Curve({}, Series(dtype=float))
    return Curve(seeds, pd.concat(seeds, axis=1).dropna().mean(axis=1))


def dimensions(histories: Histories) -> int:
    """Over how many dimensions `mse_sum` is summed, from its ratio to `mse_per_dim`.

    Raises ValueError when a history does not have both.
    """
    for rows in histories.values():
        if {"train_mse_sum", "train_mse_per_dim"} <= set(rows):
            ratios = (rows["train_mse_sum"] / rows["train_mse_per_dim"]).dropna()
            if len(ratios):
                return round(float(ratios.median()))
    raise ValueError(
        "a student's history has no train_mse_sum beside train_mse_per_dim. Train it again."
    )
