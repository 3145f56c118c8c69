"""The difference of two methods on the same pairs, with an interval and a test."""

from statistics import NormalDist
from typing import NamedTuple

import numpy.typing as npt

from clseave_core.evaluation.intervals import (
    RESAMPLES,
    Floats,
    Interval,
    clustered_intervals,
    two_way_standard_error,
)


class Difference(NamedTuple):
    """One method's accuracy minus another's: as fractions, and a two-sided p value."""

    value: float
    interval: Interval
    p_value: float


def paired_difference(
    right: Floats,
    other_right: Floats,
    images: npt.ArrayLike,
    sentences: npt.ArrayLike,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Difference:
    """Accuracy of `right` [n] minus that of `other_right` [n], 1 where a pair is right.

    Both are about the same pairs in the same order; means over seeds or draws are allowed. The
    interval is that of `clustered_intervals`; the p value compares the difference with its two-way
    cluster-robust standard error (Cameron, Gelbach and Miller 2011) under the normal distribution.
    It is 1 where the methods never differ.
    """
    if right.shape != other_right.shape:
        raise ValueError(
            f"the methods were measured on {len(right)} and {len(other_right)} pairs. Compare them "
            "on the same pairs."
        )
    each = right - other_right
    value = float(each.mean())
    interval = clustered_intervals(each[None], images, sentences, resamples=resamples, seed=seed)[0]
    error = two_way_standard_error(each - value, images, sentences) / len(each)
    if error == 0:
        return Difference(value, interval, 1.0 if value == 0 else 0.0)
    return Difference(value, interval, 2 * NormalDist().cdf(-abs(value) / error))
