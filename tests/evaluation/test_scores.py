import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clseave_core.evaluation.intervals import clustered_intervals
from clseave_core.evaluation.scores import macro_f1, score_predictions
from clseave_core.files import read_json, write_json
from tests.evaluation.made_predictions import (
    C,
    E,
    N,
    prediction_rows,
    right_and_wrong,
    write_hypotheses,
    write_predictions,
)

LABELS = [E, E, E, E, N, N, N, C, C, C]
SAID = [E, E, E, N, N, N, C, C, C, E]
IMAGES = list("aaabbbcccd")
SENTENCES = [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]


@pytest.fixture
def hypotheses(tmp_path: Path) -> Path:
    return write_hypotheses(
        tmp_path / "hypotheses.parquet", ["none", "none", "dev", "test", "none"]
    )


def _predictions(tmp_path: Path) -> Path:
    rows = prediction_rows(LABELS, SAID, images=IMAGES, sentences=SENTENCES)
    return write_predictions(tmp_path / "test.parquet", rows)


def test_scores_by_hand(tmp_path: Path, hypotheses: Path) -> None:
    scores = score_predictions(_predictions(tmp_path), hypotheses)
    assert scores["n"] == 10
    assert (scores["draws"], scores["images"], scores["sentences"]) == (1, 4, 5)
    assert scores["confusion"] == [[3, 1, 0], [0, 2, 1], [1, 0, 2]]
    assert scores["labels"] == [E, N, C]
    assert scores["accuracy"] == pytest.approx(0.7)
    assert scores["recall"] == pytest.approx({E: 3 / 4, N: 2 / 3, C: 2 / 3})
    # F1 = 2 tp / (labels + predictions): 6 / 8, 4 / 6, 4 / 6
    assert scores["macro_f1"] == pytest.approx((6 / 8 + 4 / 6 + 4 / 6) / 3)
    # The label has probability 0.8 where the prediction is right and 0.1 where it is wrong.
    assert scores["loss"] == pytest.approx(-0.7 * math.log(0.8) - 0.3 * math.log(0.1), abs=1e-7)
    assert scores["wilson"] == pytest.approx([0.39678, 0.89221], abs=1e-5)


def test_clustered_interval_is_over_pictures_and_sentences(
    tmp_path: Path, hypotheses: Path
) -> None:
    right = np.array([[1.0, 1, 1, 0, 1, 1, 0, 1, 1, 0]])
    scores = score_predictions(_predictions(tmp_path), hypotheses)
    assert tuple(scores["clustered"]) == clustered_intervals(right, IMAGES, SENTENCES)[0]


def test_seen_and_held_out(tmp_path: Path, hypotheses: Path) -> None:
    """Sentences 2 (held out for dev) and 3 (for test) are of pairs 2, 3, 7, 8; 3 is wrong."""
    scores = score_predictions(_predictions(tmp_path), hypotheses)
    assert (scores["held_out_n"], scores["held_out_accuracy"]) == (4, 0.75)
    assert (scores["seen_n"], scores["seen_accuracy"]) == (6, pytest.approx(4 / 6))


def test_paired_accuracy_by_hand(tmp_path: Path, hypotheses: Path) -> None:
    """Sentences 0 to 4 with pairs 0-5 (E, N), 1-6 (E, N), 2-7 (E, C), 3-8 (E, C), 4-9 (N, C).

    Right are 0-5 and 2-7; 6, 3 and 9 are wrong.
    """
    scores = score_predictions(_predictions(tmp_path), hypotheses)
    assert (scores["picture_pairs"], scores["paired_accuracy"]) == (5, pytest.approx(2 / 5))


def test_without_picture_pairs_there_is_no_paired_accuracy(tmp_path: Path) -> None:
    hypotheses = write_hypotheses(tmp_path / "hypotheses.parquet", ["none"] * 2)
    path = write_predictions(tmp_path / "test.parquet", right_and_wrong("+-"))
    scores = score_predictions(path, hypotheses)
    assert (scores["picture_pairs"], scores["paired_accuracy"]) == (0, None)


def test_without_held_out_sentences_there_is_no_held_out_accuracy(tmp_path: Path) -> None:
    hypotheses = write_hypotheses(tmp_path / "hypotheses.parquet", ["none"] * 5)
    scores = score_predictions(_predictions(tmp_path), hypotheses)
    assert (scores["held_out_n"], scores["held_out_accuracy"]) == (0, None)


def test_draws_are_averaged_and_n_counts_pairs(tmp_path: Path, hypotheses: Path) -> None:
    draws = [right_and_wrong(pattern, draw=draw) for draw, pattern in enumerate(["+++-", "+---"])]
    path = write_predictions(tmp_path / "test.parquet", pd.concat(draws))
    scores = score_predictions(path, hypotheses)
    assert (scores["n"], scores["draws"]) == (4, 2)
    assert scores["accuracy"] == 0.5
    assert scores["confusion"][0] == [4, 4, 0]
    assert scores["recall"] == {E: 0.5, N: None, C: None}
    assert scores["loss"] == pytest.approx(-0.5 * math.log(0.8) - 0.5 * math.log(0.1), abs=1e-7)
    shares = np.array([[1.0, 0.5, 0.5, 0]])
    assert tuple(scores["clustered"]) == clustered_intervals(shares, range(4), range(4))[0]
    assert scores["wilson"] == pytest.approx([0.15004, 0.84996], abs=1e-5)  # 2 of 4


def test_loss_of_huge_logits_is_finite(tmp_path: Path, hypotheses: Path) -> None:
    rows = prediction_rows([E, E], [E, N]).assign(
        logit_entailment=[3000.0, 0.0], logit_neutral=[0.0, 3000.0], logit_contradiction=0.0
    )
    scores = score_predictions(write_predictions(tmp_path / "test.parquet", rows), hypotheses)
    assert scores["loss"] == 1500


def test_macro_f1_counts_a_class_that_never_occurs_as_nought() -> None:
    assert macro_f1(np.array([[5, 0, 0], [5, 0, 0], [0, 0, 0]])) == pytest.approx(2 / 3 / 3)


def test_scores_are_the_same_bytes_again(tmp_path: Path, hypotheses: Path) -> None:
    predictions = _predictions(tmp_path)
    for name in ("a.json", "b.json"):
        write_json(tmp_path / name, score_predictions(predictions, hypotheses))
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert read_json(tmp_path / "a.json") == score_predictions(predictions, hypotheses)


def test_an_unknown_sentence_is_refused(tmp_path: Path) -> None:
    hypotheses = write_hypotheses(tmp_path / "hypotheses.parquet", ["none"] * 4)
    with pytest.raises(ValueError, match=r"test.parquet: hypothesis 4 does not stand in .*hypo"):
        score_predictions(_predictions(tmp_path), hypotheses)


def test_scoring_needs_no_torch() -> None:
    modules = "clseave_core.evaluation.scores, clseave_core.report.accuracy_table"
    code = f"import sys, {modules}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
