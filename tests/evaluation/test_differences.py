import numpy as np
import pytest

from clseave_core.evaluation.differences import paired_difference

IMAGES = np.repeat(np.arange(50), 4)
SENTENCES = np.tile(np.arange(4), 50) + 4 * (IMAGES % 10)


def test_methods_that_never_differ_have_no_difference() -> None:
    right = (np.arange(200) % 3 == 0).astype(float)

    found = paired_difference(right, right, IMAGES, SENTENCES, resamples=100)

    assert (found.value, tuple(found.interval), found.p_value) == (0.0, (0.0, 0.0), 1.0)


def test_a_difference_on_independent_pairs_by_hand() -> None:
    # 100 pairs, each with its own picture and sentence: 20 won, 5 lost.
    right, other = np.zeros(100), np.zeros(100)
    right[:20], other[20:25] = 1.0, 1.0

    found = paired_difference(right, other, np.arange(100), np.arange(100), resamples=200)

    # Mean 0.15, squares 20 * .85^2 + 5 * 1.15^2 + 75 * .15^2 = 22.75; z = 15 / 22.75^.5 = 3.145.
    assert found.value == pytest.approx(0.15)
    assert found.p_value == pytest.approx(0.00166, abs=2e-5)
    assert found.interval.low < 0.15 < found.interval.high


def test_pairs_of_one_cluster_count_as_one() -> None:
    right, other = np.zeros(100), np.zeros(100)
    right[:20] = 1.0
    clusters = np.arange(100) // 10

    alone = paired_difference(right, other, np.arange(100), np.arange(100), resamples=100)
    clustered = paired_difference(right, other, clusters, clusters, resamples=100)

    assert clustered.value == alone.value
    assert clustered.p_value > 100 * alone.p_value


def test_other_pairs_are_refused() -> None:
    with pytest.raises(ValueError, match="measured on 3 and 2 pairs"):
        paired_difference(np.zeros(3), np.zeros(2), [0, 1, 2], [0, 1, 2])
