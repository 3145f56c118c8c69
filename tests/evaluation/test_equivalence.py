import numpy as np
import pytest

from clseave_core.evaluation.equivalence import equivalence


def test_a_small_difference_by_hand() -> None:
    # Five pairs that share nothing: mean 0, squares 2, standard error 2^.5 / 5 = 0.28284.
    # t with 4 degrees of freedom: 95 % quantile 2.13185, so 0 +- 0.60298.
    values = np.array([1.0, -1, 0, 0, 0])

    wide = equivalence(values, range(5), range(5), margin=0.8)
    narrow = equivalence(values, range(5), range(5), margin=0.6)

    assert wide.interval == pytest.approx((-0.60298, 0.60298), abs=1e-5)
    # P(t > 0.8 / 0.28284 = 2.82843) with 4 degrees of freedom = (1 - x - x^3 ...) = 0.02371.
    assert wide.p_value == pytest.approx(0.02371, abs=1e-5)
    assert wide.p_value < 0.05 < narrow.p_value  # as 0.60298 < 0.8, and > 0.6


@pytest.mark.parametrize("margin", [0.1, 0.2, 0.3, 0.4, 0.5])
def test_the_p_value_says_what_the_interval_says(margin: float) -> None:
    generator = np.random.default_rng(1)
    values = generator.choice([-1.0, 0, 0, 1], 60)
    images, sentences = generator.integers(0, 20, 60), generator.integers(0, 15, 60)

    found = equivalence(values, images, sentences, margin)

    inside = -margin < found.interval.low and found.interval.high < margin
    assert inside == (found.p_value < 0.05)


def test_a_large_difference_is_not_small() -> None:
    # Nine of ten pairs won: mean 0.9, far beyond the margin, on either side.
    values = np.array([1.0] * 9 + [0])

    assert equivalence(values, range(10), range(10), margin=0.5).p_value > 0.99
    assert equivalence(-values, range(10), range(10), margin=0.5).p_value > 0.99


def test_methods_that_never_differ_are_equivalent() -> None:
    assert equivalence(np.zeros(4), range(4), range(4), margin=0.01) == ((0, 0), 0)
    assert equivalence(np.ones(4), range(4), range(4), margin=0.01) == ((1, 1), 1)


def test_one_cluster_says_nothing() -> None:
    found = equivalence(np.array([1.0, 0, 0]), [0, 0, 0], [0, 1, 2], margin=0.9)

    assert found.interval == (float("-inf"), float("inf"))
    assert found.p_value == 1.0
