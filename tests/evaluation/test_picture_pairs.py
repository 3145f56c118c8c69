from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clseave_core.evaluation.picture_pairs import CHANCE, picture_pairs
from clseave_core.evaluation.prediction_tables import read_predictions
from clseave_core.labels import LABELS
from tests.evaluation.made_predictions import C, E, N, prediction_rows, write_predictions

LABELS_OF_ROWS = [E, N, E, C, N, E]
SENTENCES = [0, 0, 0, 1, 1, 2]
IMAGES = list("abcabc")
"""Sentence 0: pictures a (E), b (N), c (E), so the pairs ab and bc; sentence 1: a (C), b (N)."""


def test_picture_pairs_by_hand() -> None:
    found = picture_pairs(prediction_rows(LABELS_OF_ROWS, LABELS_OF_ROWS, IMAGES, SENTENCES))

    assert list(zip(found.first, found.second, strict=True)) == [(0, 1), (1, 2), (3, 4)]
    assert found.weights.tolist() == [1 / 4, 1 / 4, 1 / 2]  # sentences count alike
    assert found.sentences.tolist() == [0, 0, 1]


def test_the_same_picture_twice_is_no_picture_pair() -> None:
    assert len(picture_pairs(prediction_rows([E, N], [E, N], ["a", "a"], [0, 0]))) == 0


def test_right_only_if_both_are_right_in_the_same_draw(tmp_path: Path) -> None:
    draws = [
        [E, N, N, C, N, E],  # ab right; bc not; sentence 1 right
        [E, N, E, N, N, E],  # ab and bc right; sentence 1 not
    ]
    rows = [
        prediction_rows(LABELS_OF_ROWS, said, IMAGES, SENTENCES, draw)
        for draw, said in enumerate(draws)
    ]
    said = read_predictions(write_predictions(tmp_path / "test.parquet", pd.concat(rows)))
    found = picture_pairs(said.pairs)

    assert found.both_right(said).tolist() == [1, 0.5, 0.5]
    assert found.mean(found.both_right(said)) == pytest.approx(1 / 4 + 1 / 8 + 1 / 4)


def test_chance_by_counting() -> None:
    """A guess: one of 3 x 3 answers. One that knows that labels differ: one of 3 x 2."""
    labels = [(one, other) for one in LABELS for other in LABELS if one != other]
    guesses = [(one, other) for one in LABELS for other in LABELS]
    assert np.mean([guess == label for guess in guesses for label in labels]) == CHANCE
    knowing = [guess for guess in guesses if guess[0] != guess[1]]
    assert np.mean([guess == label for guess in knowing for label in labels]) == 1 / 6
    blind = [guess for guess in guesses if guess[0] == guess[1]]
    assert not any(guess == label for guess in blind for label in labels)


def test_the_interval_by_hand() -> None:
    # Three sentences of one pair each, no picture twice: values 1, 1, 0, weights 1/3, mean 2/3.
    # Residuals 1/9, 1/9, -2/9, squares 6/81; pictures and cells cancel. t with 2 degrees of
    # freedom: 97.5 % quantile 4.30265, times 6^.5 / 9 = 1.17103.
    labels = [E, N] * 3
    found = picture_pairs(prediction_rows(labels, labels, list("abcdef"), [0, 0, 1, 1, 2, 2]))

    low, high = found.interval(np.array([1.0, 1, 0]))

    assert (high - low) / 2 == pytest.approx(1.17103, abs=1e-5)
    assert (high + low) / 2 == pytest.approx(2 / 3)


def test_a_shared_picture_widens_the_interval() -> None:
    # As above, but the first two sentences show the same picture a: their residuals, 1/9 each, add
    # 2 (1/9)(1/9) = 2/81 to the variance of 6/81.
    labels = [E, N] * 3
    found = picture_pairs(prediction_rows(labels, labels, list("abadef"), [0, 0, 1, 1, 2, 2]))

    low, high = found.interval(np.array([1.0, 1, 0]))

    assert (high - low) / 2 == pytest.approx(4.30265 * 8**0.5 / 9, abs=1e-5)
