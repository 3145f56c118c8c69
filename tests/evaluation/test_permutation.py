import numpy as np
import pytest

from clseave_core.evaluation.permutation import permutation_p_value


def test_methods_that_never_differ() -> None:
    assert permutation_p_value(np.zeros(6), list("aabbcc"), range(6)) == 1.0


def test_three_pairs_that_share_nothing() -> None:
    # All three won: of the 8 flips only two, of none and of all, have a sum as far from 0.
    assert permutation_p_value(np.ones(3), list("abc"), list("xyz")) == 2 / 8
    # Two won and one lost, |sum| 1: every flip has 1 or 3.
    assert permutation_p_value(np.array([1.0, 1, -1]), list("abc"), list("xyz")) == 1.0


def test_whole_pictures_are_flipped() -> None:
    # Ten pairs of two pictures, all won, each with its own sentence. Pictures flip to sums of
    # 10, 0, 0, -10: 2 of 4. Sentences flip in 2^10 ways, and only 2 of them are as far: 1/512.
    images = list("aaaaabbbbb")

    assert permutation_p_value(np.ones(10), images, range(10)) == 2 / 4
    assert permutation_p_value(np.ones(10), range(10), images) == 2 / 4


def test_the_sum_is_studentised_in_both_ways_by_hand() -> None:
    # Pairs (a, x): 2, (b, x): 1, (b, y): -1. By picture 2^2 + 0, by sentence 3^2 + 1, by cell
    # 4 + 1 + 1: variance 4 + 10 - 6 < 10, so 10, and the statistic is 2 / 10^.5.
    # Flip a: sum -2, by sentence (-1)^2 + 1 = 2, 4 + 2 - 6 = 0, so 4: 2 / 4^.5. Flip b: sum 2,
    # b's pairs -1 and 1, by sentence 1 + 1: 2 / 4^.5. Both: 2 / 10^.5. None is less extreme: 1.
    values, images, sentences = np.array([2.0, 1, -1]), list("abb"), list("xxy")

    assert permutation_p_value(values, images, sentences) == 1.0
    # With (b, y): 1 in its place: by picture 2^2 + 2^2 = 8, by sentence 9 + 1 = 10, 18 - 6 = 12:
    # 4 / 12^.5. Flips of a, or of b, sum to 0: 2 of 4 are as extreme. Flips of x: sum -3 + 1,
    # by picture 2^2 + 0 = 4, variance 10: 2 / 10^.5, less extreme: 2 of 4.
    assert permutation_p_value(np.array([2.0, 1, 1]), images, sentences) == 2 / 4


def test_pairs_of_one_picture_and_sentence_count_as_one() -> None:
    values, names = np.array([1.0, 1, 2, -1]), list("aabc")

    assert permutation_p_value(values, names, names) == permutation_p_value(
        np.array([2.0, 2, -1]), list("abc"), list("abc")
    )


def test_a_picture_that_wins_as_often_as_it_loses_shows_nothing() -> None:
    assert permutation_p_value(np.array([1.0, -1]), ["a", "a"], ["x", "y"]) == 1.0


def test_drawn_flips_count_the_data_as_one_of_them() -> None:
    # 40 pairs that share nothing, all won: no drawn flip is as extreme.
    assert permutation_p_value(np.ones(40), range(40), range(40), permutations=99) == 1 / 100


def test_drawn_flips_come_near_the_exact_test() -> None:
    # 12 pairs, 10 won and 2 lost: |sum| >= 8 in 2 (1 + 12 + 66) of 4096 flips.
    values = np.array([1.0] * 10 + [-1.0] * 2)
    exact = permutation_p_value(values, range(12), range(12), permutations=4096)

    assert exact == pytest.approx(2 * 79 / 4096)
    drawn = permutation_p_value(values, range(12), range(12), permutations=4095)
    assert drawn == pytest.approx(exact, abs=0.012)  # three standard errors are 0.009


def test_the_seed_decides_the_flips_and_pairs_that_do_not_differ_do_not_matter() -> None:
    generator = np.random.default_rng(2)
    values = generator.choice([-1.0, 0, 1], 200)
    images, sentences = generator.integers(0, 40, 200), generator.integers(0, 50, 200)

    def p_value(seed: int = 0, padded: int = 0) -> float:
        return permutation_p_value(
            np.concatenate([values, np.zeros(padded)]),
            np.concatenate([images, np.full(padded, 77)]),
            np.concatenate([sentences, np.full(padded, 77)]),
            permutations=999,
            seed=seed,
        )

    assert p_value() == p_value() == p_value(padded=50)
    assert p_value(seed=1) != p_value()
