"""Noun scores and their area under the curve, with numbers made by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from clseave_core.corpus.natural.tables import SCENE_CELLS, SENTENCE_NOUNS
from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.evaluation.nouns import GROUPS, tabulate_nouns, weighted_auc
from clseave_core.evaluation.schemas import PREDICTIONS
from clseave_core.files import write_table

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


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Four sentences on two pictures; the last is about a held-out noun."""
    said = [
        ("There is a dog in the top left.", "exists_at", ["dog"], "top left", "none", False),
        ("There is no dog in the top left.", "absent_at", ["dog"], "top left", "none", False),
        ("There is a dog.", "exists", ["dog"], None, "test", False),
        ("There is a cat in the top left.", "exists_at", ["cat"], "top left", "test", True),
    ]
    text, template, nouns, place, held_out, by_noun = map(list, zip(*said, strict=True))
    world = tmp_path / "world"
    hypotheses = tmp_path / "hypotheses.parquet"
    write_table(
        hypotheses, pa.table([range(4), text, held_out, template, [None] * 4], schema=HYPOTHESES),
        HYPOTHESES,
    )  # fmt: skip
    write_table(
        world / "sentence_nouns.parquet",
        pa.table([text, nouns, place, by_noun], schema=SENTENCE_NOUNS), SENTENCE_NOUNS,
    )  # fmt: skip
    cells = [["dog", "empty space", "cat", "cat"], ["empty space", "dog", "dog", "dog"]]
    write_table(
        world / "scenes.parquet", pa.table([["p", "q"], cells], schema=SCENE_CELLS), SCENE_CELLS
    )
    rows = [
        # sentence, picture, label, logits of entailment, neutral, contradiction
        (0, "p", "entailment", 2.0, 0.0, 1.0),
        (0, "q", "contradiction", 0.0, 0.0, 3.0),  # an empty cell: not noun-critical
        (1, "p", "contradiction", 2.0, 0.0, 0.0),  # wrong: says that there is no dog
        (2, "q", "entailment", 1.0, 0.0, 0.0),
        (3, "p", "contradiction", 0.0, 0.0, 1.0),
    ]
    predictions = tmp_path / "predictions" / "clseave" / "de" / "seed0" / "test.parquet"
    labels = ["entailment", "neutral", "contradiction"]
    columns = [
        [0] * 5, [f"pair{number}" for number in range(5)], [row[1] for row in rows],
        [row[0] for row in rows], [row[2] for row in rows],
        [labels[int(np.argmax(row[3:]))] for row in rows],
        *[[row[column] for row in rows] for column in (3, 4, 5)],
    ]  # fmt: skip
    write_table(predictions, pa.table(columns, schema=PREDICTIONS), PREDICTIONS)
    return predictions, hypotheses, world


def test_groups_have_their_own_accuracy(files: tuple[Path, Path, Path]) -> None:
    predictions, hypotheses, world = files
    table = tabulate_nouns([predictions], hypotheses, world, resamples=50, seed=0)
    assert table["group"].tolist() == list(GROUPS)
    assert table[["method", "language", "seed"]].iloc[0].tolist() == ["clseave", "de", 0]
    assert table["n"].tolist() == [3, 1, 1, 5]
    assert table["accuracy"].tolist() == pytest.approx([200 / 3, 100, 100, 80])
    assert table["nouns"].tolist() == [1, 1, 1, 2]


def test_only_a_seen_thing_in_the_named_cell_is_noun_critical(
    files: tuple[Path, Path, Path],
) -> None:
    """Of the seen pairs two: one says dog (score 1), the denied one says no dog (score -2)."""
    predictions, hypotheses, world = files
    table = tabulate_nouns([predictions], hypotheses, world, resamples=50, seed=0)
    # Both show the dog, so that there is nothing to tell apart
    assert table["noun_auc"].iloc[:-1].isna().all()
    rows = pd.read_parquet(predictions)
    rows.loc[2, "image_id"] = "q"
    cells = [["dog", "empty space", "cat", "cat"], ["cat", "dog", "dog", "dog"]]
    write_table(
        world / "scenes.parquet", pa.table([["p", "q"], cells], schema=SCENE_CELLS), SCENE_CELLS
    )
    rows.loc[2, "label"] = "entailment"
    write_table(predictions, pa.Table.from_pandas(rows, schema=PREDICTIONS), PREDICTIONS)
    seen = tabulate_nouns([predictions], hypotheses, world, resamples=50, seed=0).iloc[0]
    # Scores: 1 (shows), -3 (does not), -2 (does not): all in order, all signs right
    assert seen["noun_critical_n"] == 3
    assert seen["noun_auc"] == 100
    assert seen["two_way_accuracy"] == 100
    assert seen["auc_low"] == seen["auc_high"] == 100
