"""Under no difference a test must find one in about 5 % of test sets, bad sentences or not."""

import pytest
from scipy.stats import binom

from benchmarks.false_positives import WORLDS, count_false_positives

REPETITIONS = 600
LOW, HIGH = (binom.ppf(tail, REPETITIONS, 0.05) for tail in (0.0005, 0.9995))
"""What a test that is right 95 % of the time stays within, all but once in 1,000 tries."""


@pytest.fixture(scope="module", params=["bad sentences", "bad pictures and sentences"])
def found(request: pytest.FixtureRequest) -> dict[str, int]:
    return count_false_positives(WORLDS[request.param], REPETITIONS)


def test_the_bounds() -> None:
    assert (LOW, HIGH) == (14, 49)


def test_mcnemar_finds_differences_that_are_not_there(found: dict[str, int]) -> None:
    assert found["mcnemar"] > 3 * HIGH


def test_the_permutation_test_holds_its_level(found: dict[str, int]) -> None:
    assert LOW <= found["permutation"] <= HIGH


def test_a_gap_that_has_reached_the_margin_seldom_passes_for_smaller(found: dict[str, int]) -> None:
    assert LOW <= found["equivalence"] <= binom.ppf(0.9995, REPETITIONS, 0.065)


def test_the_bootstrap_interval_nearly_holds_its_level(found: dict[str, int]) -> None:
    assert LOW <= found["bootstrap"] <= binom.ppf(0.9995, REPETITIONS, 0.075)


def test_without_clusters_all_hold_their_level() -> None:
    found = count_false_positives(WORLDS["no clusters"], 200)

    assert max(found.values()) <= binom.ppf(0.9995, 200, 0.05)
