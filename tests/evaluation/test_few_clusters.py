"""A test set with too few pictures or sentences has no intervals, and says why."""

import csv
import json
import logging
from pathlib import Path

import pytest

from clseave_core.evaluation import intervals
from clseave_core.evaluation.intervals import too_few_clusters
from clseave_core.evaluation.scores import score_predictions
from clseave_core.files import write_csv
from clseave_core.report.accuracy_table import StudyFacts, tabulate_accuracy
from clseave_core.report.terminal_table import show_table
from tests.evaluation.made_predictions import right_and_wrong, write_hypotheses, write_predictions


@pytest.fixture(autouse=True)
def _the_real_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals, "LEAST_CLUSTERS", 20)


def test_twenty_pictures_and_sentences_are_enough() -> None:
    assert too_few_clusters(range(20), range(20)) is None
    assert too_few_clusters([1] * 20, range(20)) == "1 pictures, and an interval needs 20"
    assert too_few_clusters(range(20), [0, 1] * 10) == "2 sentences, and an interval needs 20"


@pytest.mark.parametrize("pairs", [2, 19, 20])
def test_a_table_of_two_test_pairs_has_no_interval_and_says_why(
    tmp_path: Path, pairs: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    rows = right_and_wrong("+-" * (pairs // 2) + "+" * (pairs % 2))
    hypotheses = write_hypotheses(tmp_path / "hypotheses.parquet", ["none"] * pairs)
    scores, predictions = [], []
    for seed in (0, 1):
        folder = tmp_path / "clip_ve" / "en" / f"seed{seed}"
        folder.mkdir(parents=True)
        predictions.append(write_predictions(folder / "test.parquet", rows))
        content = score_predictions(predictions[-1], hypotheses, resamples=100)
        (folder / "test.json").write_text(json.dumps(content))
        scores.append(folder / "test.json")
        assert (content["clustered"] is None) == (content["wilson"] is None) == (pairs < 20)
    study = StudyFacts(
        "s", {"clip_ve": {"setting": "english", "teacher": "clip_ve"}},
        {"clip_ve": {"model": "clip"}}, [], ["test"], {},
    )  # fmt: skip
    table = tabulate_accuracy(study, scores, predictions, resamples=100)
    write_csv(tmp_path / "table.csv", table)
    with (tmp_path / "table.csv").open(newline="") as file:
        found = [row["ci_low"] + row["wilson_high"] for row in csv.DictReader(file)]
    shown = show_table(tmp_path / "table.csv")
    if pairs < 20:
        assert found == [""] * 4
        assert "No intervals: the test set has fewer than 20 pictures or sentences" in shown
        assert f"test has no intervals: {pairs} pictures, and an interval needs 20" in caplog.text
    else:
        assert all(found[:3])
        assert "No intervals" not in shown
