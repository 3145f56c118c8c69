import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from benchmarks.interval_coverage import WORLDS, measure_coverage
from clseave_core.evaluation import intervals
from clseave_core.evaluation.intervals import (
    Floats,
    clustered_intervals,
    pigeonhole_resamples,
    wilson_interval,
)


def test_wilson_of_eight_in_ten() -> None:
    # z = 1.96, centre = (0.8 + z^2/20) / (1 + z^2/10) = 0.71674,
    # half = z / (1 + z^2/10) * sqrt(0.016 + z^2/400) = 0.22658
    assert wilson_interval(8, 10) == pytest.approx((0.49016, 0.94332), abs=5e-6)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_equals_scipys(right_and_n: tuple[int, int]) -> None:
    right, n = right_and_n
    theirs = binomtest(right, n).proportion_ci(confidence_level=0.95, method="wilson")
    assert wilson_interval(right, n) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_wilson_takes_a_fraction_of_a_pair() -> None:
    low, high = wilson_interval(7.5, 10)
    assert wilson_interval(7, 10).low < low < wilson_interval(8, 10).low
    assert wilson_interval(7, 10).high < high < wilson_interval(8, 10).high


@pytest.mark.parametrize(("right", "n"), [(11, 10), (-1, 10), (0, 0)])
def test_wilson_refuses_impossible_counts(right: int, n: int) -> None:
    with pytest.raises(ValueError, match=f"got {right} of {n}"):
        wilson_interval(right, n)


def test_a_pair_weighs_its_pictures_count_times_its_sentences_count() -> None:
    # Two pictures x two sentences, one pair in each cell, only the first one right. Both draws
    # give the counts (2, 0), (1, 1), (0, 2) with 1/4, 1/2, 1/4, so that the accuracy (product of
    # the first counts, out of 4) is 1 in 1/16, 1/2 in 4/16, 1/4 in 4/16 and 0 in 7/16.
    values = pigeonhole_resamples(
        np.array([[1.0, 0, 0, 0]]), list("aabb"), list("xyxy"), np.ones(4), resamples=40_000
    )[0]
    shares = {value: float((values == value).mean()) for value in (1, 0.5, 0.25, 0)}
    assert shares == pytest.approx({1: 1 / 16, 0.5: 4 / 16, 0.25: 4 / 16, 0: 7 / 16}, abs=0.01)


def test_a_resample_without_any_pair_is_left_out() -> None:
    # Pairs (a, x) and (b, y): two draws of a and two of y, or the reverse, leave none: 2/16.
    right = np.array([[1.0, 0]])
    values = pigeonhole_resamples(right, list("ab"), list("xy"), np.ones(2), resamples=40_000)
    assert np.isnan(values).mean() == pytest.approx(1 / 8, abs=0.01)
    assert np.isfinite(clustered_intervals(right, list("ab"), list("xy"))).all()


def testtwo_way_standard_error_by_hand() -> None:
    images, sentences = np.array([0, 0, 1]), np.array([0, 1, 0])
    error = intervals.two_way_standard_error(np.array([2.0, 1, 1]), images, sentences)
    # pictures 3^2 + 1^2, sentences 3^2 + 1^2, intersections 2^2 + 1 + 1
    assert error**2 == pytest.approx(10 + 10 - 6)


def testtwo_way_standard_error_is_never_below_one_way() -> None:
    images, sentences = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 2])
    error = intervals.two_way_standard_error(np.array([1.0, 2, -1, -2]), images, sentences)
    # pictures 3^2 + 3^2 = 18, sentences 0 + 2^2 + 2^2 = 8, intersections 10: 18 + 8 - 10 < 18
    assert error**2 == pytest.approx(18)


def _some_pairs() -> tuple[Floats, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Two statistics over 300 pairs of 40 pictures and 60 sentences."""
    generator = np.random.default_rng(3)
    right = (generator.random((2, 300)) < 0.8).astype(float)
    return right, generator.integers(0, 40, 300), generator.integers(0, 60, 300)


def test_a_pair_that_is_there_twice_tells_nothing_new() -> None:
    right, images, sentences = _some_pairs()
    twice = clustered_intervals(np.tile(right, 2), np.tile(images, 2), np.tile(sentences, 2))
    assert np.allclose(twice, clustered_intervals(right, images, sentences))


def test_statistics_share_their_resamples() -> None:
    right, images, sentences = _some_pairs()
    together = clustered_intervals(right, images, sentences)
    assert together[1:] == clustered_intervals(right[1:], images, sentences)
    assert together == clustered_intervals(right, images, sentences)
    assert together != clustered_intervals(right, images, sentences, seed=1)


def test_names_of_clusters_do_not_matter() -> None:
    right, images, sentences = _some_pairs()
    renamed = [f"picture {-number}" for number in images]
    assert clustered_intervals(right, images, sentences) == clustered_intervals(
        right, renamed, 1000 - sentences
    )


def test_blocks_do_not_change_the_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = clustered_intervals(*_some_pairs())
    monkeypatch.setattr(intervals, "_BLOCK_VALUES", 777)
    assert clustered_intervals(*_some_pairs()) == whole


def test_a_ratio_of_sums() -> None:
    right, images, sentences = _some_pairs()
    # Three times both sums is the same ratio; a double denominator halves it.
    plain = np.array(clustered_intervals(right, images, sentences))
    same = clustered_intervals(3 * right, images, sentences, np.full(300, 3.0))
    half = clustered_intervals(right, images, sentences, np.full(300, 2.0))
    assert np.allclose(same, plain)
    assert np.allclose(half, plain / 2)


def test_all_right_has_no_width() -> None:
    assert clustered_intervals(np.ones((1, 4)), list("aabb"), list("xyxy")) == [(1.0, 1.0)]


def test_seeds_of_a_pair_stay_together() -> None:
    """Seeds that agree are as good as one; seeds that are right in turn leave no doubt."""
    right, images, sentences = _some_pairs()
    one = clustered_intervals(right[:1], images, sentences)
    agreeing, opposed = right[[0, 0, 0]], np.stack([right[0], 1 - right[0]])
    assert np.allclose(clustered_intervals(agreeing.mean(axis=0)[None], images, sentences), one)
    assert clustered_intervals(opposed.mean(axis=0)[None], images, sentences) == [(0.5, 0.5)]


def test_coverage_where_pairs_share_pictures_and_sentences() -> None:
    coverage = measure_coverage(WORLDS["strong clusters"], repetitions=300)
    assert coverage["wilson"][0] < 0.75
    assert 0.92 <= coverage["clustered"][0] <= 0.98


def test_coverage_where_pairs_are_independent() -> None:
    """Here the plain pigeonhole bootstrap is far too wide; this is why it is narrowed."""
    coverage = measure_coverage(WORLDS["no clusters"], repetitions=300)
    assert 0.92 <= coverage["wilson"][0] <= 0.98
    assert 0.92 <= coverage["clustered"][0] <= 0.98
    assert coverage["pigeonhole"][0] > 0.99
