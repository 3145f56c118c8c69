"""A permutation test of a paired difference that respects shared pictures and sentences.

If two methods are equally good, the difference of a picture's pairs is as likely to be in favour
of the one as of the other: the sign of a whole picture may be flipped, and so that of a whole
sentence. A test that flips one of the two takes the other for independent. So the statistic is
studentised: sum of the differences over its two-way cluster-robust standard error, in the data and
under every flip. This is the wild cluster bootstrap of MacKinnon, Nielsen and Webb (2021,
"Wild bootstrap and asymptotic inference with multiway clustering", Journal of Business and Economic
Statistics 39(2)) with Rademacher's weights and the null imposed. The flips of pictures and those of
sentences give a p value each, of which the larger counts.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from clseave_core.evaluation.checking import at_least, finite, named
from clseave_core.evaluation.intervals import Codes, Floats

PERMUTATIONS = 9999
_FLIPS = (31, 32)
"""What a random stream is for, beside its seed: flips of pictures, flips of sentences."""
_BLOCK = 512
"""Flips that are tried at once."""
_ROUNDING = 1e-9
"""Statistics nearer than this are equal: a flip of everything must not be lost to rounding."""


def permutation_p_value(
    differences: Floats,
    images: npt.ArrayLike,
    sentences: npt.ArrayLike,
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> float:
    """Two-sided p value of "neither method is better", from the differences of n pairs [n].

    `images` and `sentences` [n] name the two clusters of each pair. Where k clusters differ at all
    and 2^k is not more than `permutations`, every flip is tried once and the p value is exact for
    independent clusters; else flips are drawn, and the data count as one of them. It is 1 where the
    methods never differ. Raises ValueError where lengths differ or a number is not finite.
    """
    at_least("permutations", permutations, 1)
    differences = finite("differences", differences, "[pairs]")
    n = len(differences)
    images, sentences = named("images", images, n), named("sentences", sentences, n)
    differ = differences != 0
    if not differ.any():
        return 1.0
    differences = differences[differ]
    clusters = [_codes(np.asarray(names)[differ]) for names in (images, sentences)]
    sums = [
        sparse.csr_array((differences, (flipped, other)))
        for flipped, other in (clusters, clusters[::-1])
    ]
    return max(
        _one_way(cells, permutations, [seed, stream])
        for cells, stream in zip(sums, _FLIPS, strict=True)
    )


def _one_way(cells: sparse.csr_array, permutations: int, seed: list[int]) -> float:
    """The p value under flips of the rows of `cells` [clusters flipped, other clusters]."""
    rows: Floats = np.asarray(cells.sum(axis=1), dtype=np.float64)
    if not rows.any():
        return 1.0
    fixed = float((rows**2).sum()), float((cells.data**2).sum())
    observed = _statistics(cells, rows, fixed, np.ones((len(rows), 1)))[0]
    exact = len(rows) < 63 and 2 ** len(rows) <= permutations
    extreme = flips = 0
    blocks = _all_signs(len(rows)) if exact else _drawn_signs(len(rows), permutations, seed)
    for signs in blocks:
        statistics = _statistics(cells, rows, fixed, signs)
        extreme += int((statistics >= observed - _ROUNDING).sum())
        flips += len(statistics)
    return extreme / flips if exact else (extreme + 1) / (flips + 1)


def _statistics(
    cells: sparse.csr_array, rows: Floats, fixed: tuple[float, float], signs: Floats
) -> Floats:
    """|sum| / two-way standard error under each of b flips `signs` [clusters, b]: [b].

    A flip changes no square of a row's sum and none of a cell's (`fixed`), only the columns' sums.
    """
    by_row, by_cell = fixed
    by_column = ((cells.T @ signs) ** 2).sum(axis=0)
    variance = np.maximum(np.maximum(by_row, by_column), by_row + by_column - by_cell)
    statistics: Floats = np.abs(rows @ signs) / np.sqrt(variance)
    return statistics


def _all_signs(clusters: int) -> Iterator[Floats]:
    """Every flip of `clusters` clusters, at once: [clusters, 2^clusters]."""
    flips = np.arange(2**clusters)
    yield _signs(flips >> np.arange(clusters)[:, None] & 1)


def _drawn_signs(clusters: int, permutations: int, seed: list[int]) -> Iterator[Floats]:
    """Yield blocks [clusters, b] of signs, `permutations` in all; one random bit makes a sign."""
    generator = np.random.default_rng(seed)
    for start in range(0, permutations, _BLOCK):
        octets = generator.integers(0, 256, (clusters, _BLOCK // 8), dtype=np.uint8)
        bits = np.unpackbits(octets, axis=1, count=min(_BLOCK, permutations - start))
        yield _signs(bits)


def _signs(bits: npt.NDArray[Any]) -> Floats:
    """1 for a bit that is not set, -1 for one that is."""
    signs: Floats = 1.0 - 2.0 * bits
    return signs


def _codes(clusters: npt.ArrayLike) -> Codes:
    return pd.factorize(np.asarray(clusters))[0]
