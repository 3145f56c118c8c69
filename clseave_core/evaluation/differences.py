"""The difference of two methods on the same pairs: over seeds, McNemar's test, Holm's families."""

from collections.abc import Sized
from statistics import stdev
from typing import NamedTuple

import numpy.typing as npt
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from clseave_core.evaluation.checking import finite
from clseave_core.evaluation.intervals import Floats

SIGNIFICANCE = 0.05


class SeedDifferences(NamedTuple):
    """One method minus another on n pairs: mean over seeds [n], and the spread over the seeds."""

    of_pairs: Floats
    seed_sd: float | None


def seed_differences(right: Floats, other_right: Floats) -> SeedDifferences:
    """`right` [s, n] minus `other_right` [s, n], 1 where a pair is right, row by row the same seed.

    The difference is taken within each seed and then averaged; a mean over draws in place of 1 and
    0 is allowed. `seed_sd` is the sample standard deviation (s - 1) of the seeds' mean differences,
    None for one seed. Raises ValueError where the two were not measured on as many seeds and pairs,
    or a number is not finite.
    """
    right = finite("right", right, "[seeds, pairs]")
    other_right = finite("other_right", other_right, "[seeds, pairs]")
    _check_alike(right, other_right)
    each = right - other_right
    by_seed = [float(value) for value in each.mean(axis=1)]
    return SeedDifferences(each.mean(axis=0), stdev(by_seed) if len(by_seed) > 1 else None)


def mcnemar_p_value(right: Floats, other_right: Floats) -> float | None:
    """McNemar's exact test (1947) of two methods on n pairs that are taken for independent.

    `right` and `other_right` are [s, n]. None with several seeds, or where a pair is right in a
    share of draws: the test counts pairs that only one method has right, and a share is no count.
    Raises ValueError where shapes differ or a number is not finite.
    """
    right = finite("right", right, "[seeds, pairs]")
    other_right = finite("other_right", other_right, "[seeds, pairs]")
    _check_alike(right, other_right)
    if len(right) != 1 or not _whole(right) or not _whole(other_right):
        return None
    won = int(((right == 1) & (other_right == 0)).sum())
    lost = int(((right == 0) & (other_right == 1)).sum())
    return float(mcnemar([[0, won], [lost, 0]], exact=True).pvalue) if won + lost else 1.0


def holm(p_values: npt.ArrayLike) -> list[float]:
    """P values adjusted for a family of tests (Holm 1979), in the order they came.

    Raises ValueError for a number that is no p value; no p values give none.
    """
    if isinstance(p_values, Sized) and len(p_values) == 0:
        return []
    found = finite("p_values", p_values, "[tests]")
    if found.min() < 0 or found.max() > 1:
        raise ValueError(f"p_values must lie in 0 to 1, got {found.min():g} to {found.max():g}.")
    return [float(value) for value in multipletests(p_values, method="holm")[1]]


def _check_alike(right: Floats, other_right: Floats) -> None:
    if right.shape != other_right.shape:
        raise ValueError(
            f"the methods were measured on {' x '.join(map(str, right.shape))} and "
            f"{' x '.join(map(str, other_right.shape))} seeds and pairs. Compare them on the same."
        )


def _whole(values: Floats) -> bool:
    return bool(((values == 0) | (values == 1)).all())
