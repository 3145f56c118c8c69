"""Intervals of an accuracy: Wilson's for independent pairs, and one that respects clusters.

Pairs that share a picture or a sentence are right or wrong together, so that an interval which
takes them for independent is too narrow. The clustered interval resamples pictures and sentences,
each with replacement (the pigeonhole bootstrap: Owen 2007, "The pigeonhole bootstrap", Annals of
Applied Statistics 1(2)). A pair then weighs as often as its picture was drawn times as often as its
sentence was drawn.

That product counts the variance which belongs to neither a picture nor a sentence three times
(ibid.; Owen and Eckles 2012, "Bootstrapping data arrays of arbitrary order", same journal 6(3)).
Where clusters are small, as in visual entailment, the interval would be up to 1.7 times too wide.
So the resampled values are drawn towards the estimate until their standard deviation is the
two-way cluster-robust standard error (Cameron, Gelbach and Miller 2011, "Robust inference with
multiway clustering", Journal of Business and Economic Statistics 29(2)).
"""

from collections.abc import Iterator
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from clseave_core.evaluation.checking import at_least, between_0_and_1, finite, named

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]

CONFIDENCE = 0.95
LEAST_CLUSTERS = 20
"""Pictures, and sentences, that an interval needs. Cameron and Miller 2015 ("A practitioner's guide
to cluster-robust inference", Journal of Human Resources 50(2), section VI) call less than 20 to 50
clusters few: such intervals are too narrow."""
RESAMPLES = 2000
_IMAGES, _SENTENCES = 11, 12
"""What a random stream is for, beside its seed."""
_BLOCK_VALUES = 2**22
"""Numbers that one block of resamples may hold (32 MiB as float64)."""


class Interval(NamedTuple):
    """A confidence interval, in the unit of its statistic."""

    low: float
    high: float


def too_few_clusters(images: npt.ArrayLike, sentences: npt.ArrayLike) -> str | None:
    """Why there is no interval for pairs of these pictures and sentences [n]; None if there is."""
    for what, names in (("pictures", images), ("sentences", sentences)):
        count = len(pd.unique(np.asarray(names)))
        if count < LEAST_CLUSTERS:
            return f"{count} {what}, and an interval needs {LEAST_CLUSTERS}"
    return None


def wilson_interval(right: float, n: int, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's score interval of `right` successes among `n` independent trials.

    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
    `right` need not be whole: a mean over draws or seeds is a fraction of a pair.
    """
    between_0_and_1("confidence", confidence)
    if not n > 0 or not 0 <= right <= n:
        raise ValueError(f"Wilson's interval needs 0 <= right <= n and n > 0, got {right} of {n}.")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = float(right) / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def clustered_intervals(
    numerators: Floats,
    images: npt.ArrayLike,
    sentences: npt.ArrayLike,
    denominator: Floats | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> list[Interval]:
    """Percentile intervals of k statistics sum(numerator) / sum(denominator) over the same n pairs.

    `numerators` is [k, n], for an accuracy 1 where the pair is right and 0 where not, or its mean
    over draws or seeds, which so stay together in every resample; a difference of two methods works
    too. `denominator` [n] is all ones unless given. `images` and `sentences` [n] name the two
    clusters of each pair. The same seed gives the same resamples for every statistic and call.
    Raises ValueError where shapes or lengths differ, or a number is not finite.
    """
    between_0_and_1("confidence", confidence)
    numerators, image_codes, sentence_codes, below = _checked(
        numerators, images, sentences, denominator
    )
    estimates = numerators.sum(axis=1) / below.sum()
    resampled = pigeonhole_resamples(
        numerators, images, sentences, below, resamples=resamples, seed=seed
    )
    tail = (1 - confidence) / 2
    intervals = []
    for estimate, numerator, values in zip(estimates, numerators, resampled, strict=True):
        values = values[np.isfinite(values)]
        spread = float(values.std())
        residuals = numerator - estimate * below
        error = two_way_standard_error(residuals, image_codes, sentence_codes) / below.sum()
        shrink = min(1.0, error / spread) if spread > 0 else 1.0
        low, high = estimate + shrink * (np.quantile(values, [tail, 1 - tail]) - estimate)
        intervals.append(Interval(float(low), float(high)))
    return intervals


def pigeonhole_resamples(
    numerators: Floats,
    images: npt.ArrayLike,
    sentences: npt.ArrayLike,
    denominator: Floats,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Floats:
    """The k statistics of `clustered_intervals` in every resample: [k, resamples].

    NaN where a resample holds no pair, which happens only among very few of them. A statistic is
    the bilinear form (image counts) x (matrix of sums per image and sentence) x (sentence counts),
    so that no weight per pair is ever stored. Raises ValueError as `clustered_intervals` does.
    """
    at_least("resamples", resamples, 1)
    numerators, image_codes, sentence_codes, denominator = _checked(
        numerators, images, sentences, denominator
    )
    shape = (int(image_codes.max()) + 1, int(sentence_codes.max()) + 1)
    cells = (image_codes, sentence_codes)
    above = [sparse.csr_array((numerator, cells), shape=shape) for numerator in numerators]
    below = sparse.csr_array((denominator, cells), shape=shape)
    results = np.empty((len(above), resamples))
    blocks = zip(
        _cluster_counts(shape[0], resamples, sum(shape), [seed, _IMAGES]),
        _cluster_counts(shape[1], resamples, sum(shape), [seed, _SENTENCES]),
        strict=True,
    )
    start = 0
    for image_counts, sentence_counts in blocks:
        end = start + image_counts.shape[1]
        totals = _weighted_sums(below, image_counts, sentence_counts)
        totals[totals == 0] = np.nan
        for row, matrix in zip(results, above, strict=True):
            row[start:end] = _weighted_sums(matrix, image_counts, sentence_counts) / totals
        start = end
    return results


def _checked(
    numerators: Floats,
    images: npt.ArrayLike,
    sentences: npt.ArrayLike,
    denominator: Floats | None,
) -> tuple[Floats, Codes, Codes, Floats]:
    """The arguments of a bootstrap, clusters as numbers and the denominator filled in."""
    numerators = finite("numerators", numerators, "[statistics, pairs]")
    n = numerators.shape[1]
    below = np.ones(n) if denominator is None else finite("denominator", denominator, "[pairs]")
    if len(below) != n or not below.sum():
        raise ValueError(
            f"denominator must have {n} numbers, as the numerators have, and a sum other than 0; "
            f"got {len(below)} with the sum {below.sum():g}."
        )
    codes = [_codes(named(*each, n)) for each in (("images", images), ("sentences", sentences))]
    return numerators, codes[0], codes[1], below


def _weighted_sums(
    matrix: sparse.csr_array, image_counts: Floats, sentence_counts: Floats
) -> Floats:
    """The bilinear form for each of b resamples: [b]."""
    by_image: Floats = matrix @ sentence_counts
    sums: Floats = np.einsum("ib,ib->b", by_image, image_counts)
    return sums


def _codes(clusters: npt.ArrayLike) -> Codes:
    """Number the clusters 0, 1, ... in order of first occurrence."""
    return pd.factorize(np.asarray(clusters))[0]


def _cluster_counts(
    clusters: int, resamples: int, values_each: int, seed: list[int]
) -> Iterator[Floats]:
    """Yield blocks [clusters, b] of how often each cluster is drawn in each of b resamples.

    The blocks' size depends on memory alone, the numbers drawn do not depend on it.
    """
    generator = np.random.default_rng(seed)
    block = max(1, _BLOCK_VALUES // values_each)
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        drawn = generator.integers(0, clusters, (size, clusters))
        drawn += clusters * np.arange(size)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=size * clusters)
        yield np.ascontiguousarray(counts.reshape(size, clusters).T, dtype=np.float64)


def two_way_standard_error(
    residuals: Floats, images: npt.ArrayLike, sentences: npt.ArrayLike
) -> float:
    """Standard error of sum(residuals) when pairs of one picture or one sentence are dependent.

    Variance = by picture + by sentence - by their intersection (Cameron et al. 2011), and
    never less than one of the first two, since the difference can even be negative. Raises
    ValueError where lengths differ or a number is not finite.
    """
    residuals = finite("residuals", residuals, "[pairs]")
    of_image, of_sentence = (
        _codes(named(*each, len(residuals)))
        for each in (("images", images), ("sentences", sentences))
    )
    both = _codes(of_image * (int(of_sentence.max()) + 1) + of_sentence)
    by_image, by_sentence, by_both = (
        float((np.bincount(codes, residuals) ** 2).sum()) for codes in (of_image, of_sentence, both)
    )
    return float(max(by_image, by_sentence, by_image + by_sentence - by_both) ** 0.5)
