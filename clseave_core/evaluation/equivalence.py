"""Whether a difference is shown to be small: two one-sided tests."""

from typing import NamedTuple

import numpy.typing as npt
import pandas as pd
from scipy.special import stdtr, stdtrit

from clseave_core.evaluation.checking import finite, named
from clseave_core.evaluation.intervals import Floats, Interval, two_way_standard_error


class Equivalence(NamedTuple):
    """The 90 % interval of a mean difference, and the p value of "it is not within the margin"."""

    interval: Interval
    p_value: float


def equivalence(
    differences: Floats, images: npt.ArrayLike, sentences: npt.ArrayLike, margin: float
) -> Equivalence:
    """Two one-sided tests (Schuirmann 1987) of -margin < mean of `differences` [n] < margin.

    `margin` has the unit of `differences`; `images` and `sentences` [n] name the clusters of each
    pair. The mean is compared with its two-way cluster-robust standard error under Student's t with
    (number of pictures or of sentences, whichever is fewer) - 1 degrees of freedom (Cameron and
    Miller 2015, "A practitioner's guide to cluster-robust inference", Journal of Human Resources
    50(2), section VI.D). The p value is below 0.05 exactly where the interval lies within the
    margin. Without any spread the answer is certain: 0 or 1. Raises ValueError where lengths differ
    or a number is not finite.
    """
    differences = finite("differences", differences, "[pairs]")
    n = len(differences)
    images, sentences = named("images", images, n), named("sentences", sentences, n)
    if not margin > 0:
        raise ValueError(f"margin must be above 0, got {margin}.")
    value = float(differences.mean())
    clusters = min(len(pd.unique(names)) for names in (images, sentences))
    error = two_way_standard_error(differences - value, images, sentences) / len(differences)
    if error == 0:
        return Equivalence(Interval(value, value), 0.0 if abs(value) < margin else 1.0)
    if clusters < 2:
        return Equivalence(Interval(float("-inf"), float("inf")), 1.0)
    half = float(stdtrit(clusters - 1, 0.95)) * error
    p_value = float(stdtr(clusters - 1, (abs(value) - margin) / error))
    return Equivalence(Interval(value - half, value + half), p_value)
