"""The numbers behind the figures, worked out by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clseave_core.evaluation.intervals import wilson_interval
from clseave_core.files import write_json
from clseave_core.report.figures.drawing.common import chunks
from clseave_core.report.figures.drawing.distance import side_by_side
from clseave_core.report.figures.numbers.accuracy_rows import AccuracyRow, read_accuracy_rows
from clseave_core.report.figures.numbers.answers import read_answers
from clseave_core.report.figures.numbers.confusion import read_confusions, row_shares
from clseave_core.report.figures.numbers.distances import distance_rows
from clseave_core.report.figures.numbers.groups import (
    grouped_shares,
    label_groups,
    length_groups,
    share_of,
    template_groups,
)
from clseave_core.report.figures.numbers.histories import curve, dimensions, read_histories
from clseave_core.report.figures.numbers.label_counts import LabelCounts, label_counts
from clseave_core.report.figures.pictured import Pictured, pictured_methods
from tests.evaluation.made_predictions import C, E, N, prediction_rows, write_predictions


def _history(folder: Path, seed: int, text: str) -> Path:
    path = folder / f"students/clseave/de/seed{seed}/history.csv"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_the_mean_of_a_curve_ends_where_the_first_seed_stops(tmp_path: Path) -> None:
    files = [
        _history(tmp_path, 10, "epoch,dev_accuracy\n1,0.5\n2,\n3,0.7\n4,0.9\n"),
        _history(tmp_path, 9, "epoch,dev_accuracy\n1,0.3\n2,\n3,0.5\n"),
    ]
    seeds = read_histories(files)["de"]
    found = curve(seeds, "dev_accuracy", 100)
    assert list(seeds) == [9, 10]
    assert found.mean.to_dict() == pytest.approx({1: 40.0, 3: 60.0})
    assert found.seeds[10].to_dict() == pytest.approx({1: 50.0, 3: 70.0, 4: 90.0})
    assert curve(seeds, "dev_loss").is_empty


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epoch,loss\n", r"history.csv has no row or no column 'epoch'. Delete the file"),
        ("step,loss\n1,2\n", r"history.csv has no row or no column 'epoch'"),
        ("epoch,loss\n3,1\n3,2\n", r"history.csv has epoch 3 twice. Delete the file"),
    ],
)
def test_a_broken_history_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_histories([_history(tmp_path, 0, text)])


def test_dimensions_are_the_ratio_of_sum_and_mean() -> None:
    rows = pd.DataFrame({"train_mse_per_dim": [0.0149, 0.5], "train_mse_sum": [7.62, 256.0]})
    assert dimensions({0: rows}) == 512
    with pytest.raises(ValueError, match=r"no train_mse_sum beside train_mse_per_dim. Train it"):
        dimensions({0: rows[["train_mse_sum"]]})


def _answers(folder: Path, run: str, said: list[str], labels: list[str]) -> Path:
    path = folder / f"predictions/{run}/test.parquet"
    path.parent.mkdir(parents=True)
    return write_predictions(path, prediction_rows(labels, said, sentences=[7, 7, 8, 9]))


def test_a_student_agrees_with_the_teacher_of_its_seed(tmp_path: Path) -> None:
    labels = [E, N, C, C]
    answers = read_answers(
        [
            _answers(tmp_path, "clip_ve/en/seed0", [E, E, C, C], labels),
            _answers(tmp_path, "clip_ve/en/seed1", [N, N, N, N], labels),
            _answers(tmp_path, "clseave/de/seed1", [N, N, C, C], labels),
            _answers(tmp_path, "clseave/de/seed0", [E, E, C, E], labels),
        ]
    )
    assert answers.hypotheses.tolist() == [7, 7, 8, 9]
    assert answers.right["de"].tolist() == [[True, False, True, False], [False, True, True, True]]
    # seed 0: three of four as English; seed 1: two of four
    shares = grouped_shares(answers.as_english, label_groups(answers.labels))
    assert shares.names == ["all", E, N, C]
    assert shares.counts == [4, 1, 1, 2]
    assert [share.percent for share in shares.shares["de"]] == [62.5, 100.0, 100.0, 25.0]
    assert shares.shares["de"][0].seeds == (75.0, 50.0)


def test_answers_about_other_pairs_or_seeds_are_refused(tmp_path: Path) -> None:
    english = _answers(tmp_path, "clip_ve/en/seed0", [E, E, C, C], [E, N, C, C])
    other = _answers(tmp_path, "clseave/de/seed0", [E, E, C, C], [E, N, C, E])
    later = _answers(tmp_path, "clseave/nl/seed1", [E, E, C, C], [E, N, C, C])
    with pytest.raises(ValueError, match=r"clip_ve.* and .*clseave/de.* do not hold the same"):
        read_answers([english, other])
    with pytest.raises(ValueError, match=r"nl has predictions of the seeds \[1\], expected \[0\]"):
        read_answers([english, later])
    with pytest.raises(ValueError, match="no prediction to draw"):
        read_answers([])


def test_a_share_counts_a_pair_with_its_share_of_seeds() -> None:
    share = share_of(np.array([[True, True, True, False], [True, False, False, False]]))
    low, high = wilson_interval(2, 4)
    assert share == (50.0, 100 * low, 100 * high, (75.0, 25.0))


def test_lengths_are_joined_until_a_group_is_large_enough() -> None:
    """30 of length 4; 10 + 25 of 5 and 6; 40 of 7; 5 of 9, which join those of 7."""
    words = np.repeat([4, 5, 6, 7, 9], [30, 10, 25, 40, 5])
    groups = length_groups(words)
    assert {name: int(members.sum()) for name, members in groups.items()} == {
        "4": 30, "5–6": 35, "7+": 45,
    }  # fmt: skip
    assert list(length_groups(np.array([4, 4, 6]))) == ["4–6"]


def test_a_group_has_at_least_a_hundredth_of_the_pairs() -> None:
    """Of 10,000 pairs a group needs 100: the 60 of length 3 join those of length 4."""
    groups = length_groups(np.repeat([3, 4, 5], [60, 940, 9000]))
    assert list(groups) == ["3–4", "5"]


def test_templates_are_groups_and_real_corpora_have_none() -> None:
    groups = template_groups(["b", "a", "b"])
    assert {name: members.tolist() for name, members in groups.items()} == {
        "a": [False, True, False],
        "b": [True, False, True],
    }
    missing: Any = [None, float("nan")]
    assert template_groups(missing) == {}


_HEADER = "study,testset,method,setting,language,seed,test_accuracy,ci_low,ci_high"


def _table(folder: Path, *rows: str) -> Path:
    path = folder / "accuracy_table.csv"
    path.write_text("\n".join([f"{_HEADER},published_accuracy", *rows]) + "\n")
    return path


def test_rows_are_means_where_there_are_several_seeds(tmp_path: Path) -> None:
    table = _table(
        tmp_path,
        "s,test,clip_ve,english,en,0,80.00,78.00,82.00,73.17",
        "s,test,clseave,unlabelled,de,0,70.00,68.00,72.00,",
        "s,test,clseave,unlabelled,de,1,72.00,70.00,74.00,",
        "s,test,clseave,unlabelled,de,mean,71.00,69.50,72.50,",
        "s,test,clseave,unlabelled,de,sd,1.41,,,",
    )
    english, german = read_accuracy_rows(table)
    assert english == AccuracyRow("test", "clip_ve", "english", "en", 80, 78, 82, (80,), 73.17)
    assert (german.accuracy, german.low, german.high, german.published) == (71, 69.5, 72.5, None)
    assert german.seeds == (70, 72)


def test_a_broken_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"accuracy_table.csv has no row. Delete it"):
        read_accuracy_rows(_table(tmp_path))
    rows = ["s,test,m,x,de,0,70,68,72,", "s,test,m,x,de,1,70,68,72,"]
    with pytest.raises(ValueError, match="test m x de has 2 seeds and 0 rows 'mean', expected one"):
        read_accuracy_rows(_table(tmp_path, *rows))
    (tmp_path / "short.csv").write_text("study,testset\ns,test\n")
    with pytest.raises(ValueError, match=r"short.csv lacks the columns method, setting, lang"):
        read_accuracy_rows(tmp_path / "short.csv")


def test_confusion_is_the_mean_over_seeds_and_shares_are_of_rows(tmp_path: Path) -> None:
    files = []
    for seed, matrix in enumerate(([[8, 1, 1], [0, 0, 0], [2, 2, 4]],
                                   [[6, 3, 1], [0, 0, 0], [4, 2, 2]])):  # fmt: skip
        files.append(tmp_path / f"scores/clseave/de/seed{seed}/test.json")
        write_json(files[-1], {"labels": [E, N, C], "confusion": matrix})
    counts = read_confusions(files)["de"]
    assert counts.tolist() == [[7, 2, 1], [0, 0, 0], [3, 2, 3]]
    assert row_shares(counts).tolist() == [[70, 20, 10], [0, 0, 0], [37.5, 25, 37.5]]
    write_json(files[0], {"labels": [N, E, C], "confusion": [[1] * 3] * 3})
    with pytest.raises(ValueError, match=r"seed0/test.json: a \(3, 3\) confusion matrix of .*'neu"):
        read_confusions(files)


def test_labels_stand_beside_those_published_of_the_split() -> None:
    split = {"labels": {C: 3, E: 1, N: 2}}
    published = {
        "corpus_facts": {"labels": {"test": {E: 10, N: 20, C: 30}}},
        "corpus_sizes": {"snli": {"test": 90}},
    }
    assert label_counts({"splits": {"test": split, "extra": split}}, published) == [
        LabelCounts("test", [1, 2, 3], [10, 20, 30], 30.0),
        LabelCounts("extra", [1, 2, 3], None, None),
    ]


def test_distances_are_those_of_the_methods_languages() -> None:
    rows = [
        AccuracyRow(testset, method, "x", language, 70, 69, 71, (70,), None)
        for testset, method, language in (
            ("test", "clip_ve", "en"), ("test", "clseave", "de"), ("test", "clseave", "fr"),
            ("extra", "clseave", "nl"),
        )
    ]  # fmt: skip
    found = distance_rows(rows, "clseave", "test", {"genetic": {"nl": 0.6, "de": 0.4}})
    assert found.distances == {"genetic": {"de": 0.4}}
    assert list(found.rows) == ["de", "fr"]
    assert found.without == ["fr"]


def test_languages_at_one_distance_stand_side_by_side() -> None:
    places = side_by_side({"de": 0.4, "ja": 1.0, "zh": 1.0})
    assert places["de"] == 0.4
    assert (places["ja"] + places["zh"]) / 2 == pytest.approx(1.0)
    assert places["zh"] - places["ja"] == pytest.approx(0.035)


def test_many_languages_are_spread_evenly_with_english_in_each_panel() -> None:
    assert chunks(["en", "de", "nl"]) == [["en", "de", "nl"]]
    assert chunks(["en"]) == [["en"]]
    letters = list("abcdefgh")
    assert chunks(["en", *letters]) == [["en", *letters[:4]], ["en", *letters[4:]]]


_TEACHERS = {"clip_ve": {"model": "clip"}, "blind": {"model": "clip", "premise": "constant"}}
_ENGLISH = {"setting": "english", "teacher": "clip_ve"}
_BLIND = {"setting": "english", "teacher": "blind"}
_STUDENT = {"setting": "unlabelled", "teacher": "clip_ve", "student": "mbert"}


def test_the_pictured_student_learns_sentences() -> None:
    methods = {
        "hypothesis_only": _BLIND,
        "read_out": _STUDENT | {"objective": "sentence_mse", "trained_as": "clseave"},
        "tokens": _STUDENT | {"objective": "token_mse"},
        "clseave": _STUDENT | {"objective": "sentence_mse"},
        "clip_ve": _ENGLISH,
    }
    found = pictured_methods(list(methods), methods, _TEACHERS)
    assert found == Pictured("clip_ve", "clip_ve", "clseave")
    assert found.methods == ["clip_ve", "clseave"]
    assert pictured_methods(["tokens"], methods, _TEACHERS) == Pictured("clip_ve", None, "tokens")


def test_a_study_without_students_pictures_english() -> None:
    methods = {"clip_ve": _ENGLISH, "hypothesis_only": _BLIND}
    found = pictured_methods(list(methods), methods, _TEACHERS)
    assert found == Pictured("clip_ve", "clip_ve", None)
