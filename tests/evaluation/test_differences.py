import numpy as np
import pytest

from clseave_core.evaluation.differences import holm, mcnemar_p_value, seed_differences


def test_differences_are_taken_within_a_seed_and_then_averaged() -> None:
    right = np.array([[1.0, 1, 1, 0], [1, 1, 1, 1]])
    other = np.array([[1.0, 0, 0, 0], [1, 1, 0, 1]])

    found = seed_differences(right, other)

    assert found.of_pairs.tolist() == [0, 0.5, 1, 0]
    # Seeds differ by 2/4 and 1/4: standard deviation of 0.5 and 0.25 is 0.25 / 2^.5.
    assert found.seed_sd == pytest.approx(0.25 / 2**0.5)


def test_one_seed_has_no_spread() -> None:
    assert seed_differences(np.ones((1, 3)), np.zeros((1, 3))).seed_sd is None


def test_other_seeds_or_pairs_are_refused() -> None:
    with pytest.raises(ValueError, match="on 2 x 3 and 1 x 3 seeds and pairs"):
        seed_differences(np.zeros((2, 3)), np.zeros((1, 3)))


def test_mcnemar_by_hand() -> None:
    # 6 won, 1 lost: 2 (1 + 7) / 2^7.
    right = np.array([[1.0] * 6 + [0] + [1] * 5])
    other = np.array([[0.0] * 6 + [1] + [1] * 5])

    assert mcnemar_p_value(right, other) == pytest.approx(16 / 128)
    assert mcnemar_p_value(other, right) == pytest.approx(16 / 128)
    assert mcnemar_p_value(right, right) == 1.0


def test_mcnemar_does_not_know_shares() -> None:
    one, share = np.array([[1.0, 0]]), np.array([[0.5, 0]])

    assert mcnemar_p_value(np.tile(one, (2, 1)), np.tile(one, (2, 1))) is None
    assert mcnemar_p_value(one, share) is None


def test_holm_by_hand() -> None:
    # In order .01 x 4, .02 x 3, .03 x 2 -> never less than the one before, .5.
    assert holm([0.03, 0.01, 0.5, 0.02]) == pytest.approx([0.06, 0.04, 0.5, 0.06])
    assert holm([0.4, 0.9]) == pytest.approx([0.8, 0.9])
