"""Noun scores and their area under the curve, with numbers made by hand."""

import numpy as np
import pandas as pd
import pytest

from clseave_core.evaluation.nouns import Measured, chosen_pairs, mean_of, weighted_auc

ONES = np.ones((1, 4))


def test_area_is_the_share_of_pairs_in_the_right_order() -> None:
    scores = np.array([0.1, 0.4, 0.35, 0.8])
    shows = np.array([False, False, True, True])
    assert weighted_auc(scores, shows, ONES)[0] == pytest.approx(3 / 4)
    assert weighted_auc(-scores, shows, ONES)[0] == pytest.approx(1 / 4)


def test_equal_scores_count_half() -> None:
    scores = np.array([1.0, 1.0, 1.0, 2.0])
    shows = np.array([False, True, False, True])
    # (tie, tie, win, win) of four pairs
    assert weighted_auc(scores, shows, ONES)[0] == pytest.approx(3 / 4)


def test_a_weight_is_a_repetition_and_a_missing_sort_is_no_number() -> None:
    scores = np.array([0.1, 0.4, 0.35, 0.8])
    shows = np.array([False, False, True, True])
    weights = np.array([[1.0, 2.0, 1.0, 1.0], [1.0, 1.0, 0.0, 0.0]])
    areas = weighted_auc(scores, shows, weights)
    # pairs: .35 > .1, .35 < .4 twice; .8 above all three
    assert areas[0] == pytest.approx(4 / 6)
    assert np.isnan(areas[1])


def test_a_mean_of_runs_is_taken_pair_by_pair_and_draw_by_draw() -> None:
    one = Measured(np.array([1.0, 0.0]), np.array([0.5, 1.0]), 1.0)
    other = Measured(np.array([1.0, 1.0]), np.array([0.75, 0.5]), 0.5)
    mean = mean_of([one, other])
    assert mean.right.tolist() == [1.0, 0.5]
    assert mean.areas is not None and mean.areas.tolist() == [0.625, 0.75]
    assert mean.two_way == 0.75
    assert mean_of([one, Measured(other.right, None, None)]).areas is None


def test_groups_are_parts_of_the_pairs_and_all_with_a_noun() -> None:
    pairs = pd.DataFrame(
        {
            "held_out": ["none", "none", "test", "test"],
            "held_out_noun": [False, False, False, True],
            "nouns": [["dog"], [], [], ["cat"]],
        }
    )
    assert {name: part.tolist() for name, part in chosen_pairs(pairs).items()} == {
        "seen": [True, True, False, False],
        "held_out_sentences": [False, False, True, False],
        "held_out_nouns": [False, False, False, True],
        "with_a_noun": [True, False, False, True],
    }
    assert list(chosen_pairs(pairs.iloc[[1]])) == ["seen"]
