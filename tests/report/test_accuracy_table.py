import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clseave_core.evaluation.intervals import clustered_intervals, wilson_interval
from clseave_core.evaluation.scores import score_predictions
from clseave_core.files import read_json, write_csv, write_json
from clseave_core.report.accuracy_table import COLUMNS, StudyFacts, tabulate_accuracy
from tests.evaluation.made_predictions import right_and_wrong, write_hypotheses, write_predictions

STUDENT = {"setting": "translate_train_unlabelled", "teacher": "clip_ve", "student": "mbert"}
STUDY = StudyFacts(
    name="hand",
    methods={
        "clip_ve": {"setting": "english", "teacher": "clip_ve"},
        "hypothesis_only": {"setting": "english", "teacher": "hypothesis_only"},
        "image_shuffled": {"setting": "english", "teacher": "clip_ve", "premise": "shuffled"},
        "clseave": STUDENT,
    },
    teachers={
        "clip_ve": {"model": "clip"},
        "hypothesis_only": {"model": "clip", "premise": "constant"},
    },
    languages=["nl", "de"],
    testsets=["test", "extra"],
    published={"clseave": {"de": {"loss": 0.6761, "accuracy": 73.19}}},
)
HELD_OUT = ["none"] * 6 + ["dev", "test", "test", "test"]
"""Of ten pairs with a sentence each, the last four are held out."""
IMAGES = list("aabbccddee")


class Files:
    """Predictions and scores under a folder, as the workflow lays them out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hypotheses = write_hypotheses(folder / "hypotheses.parquet", HELD_OUT)
        self.predictions: list[Path] = []
        self.scores: list[Path] = []

    def add(self, run: str, *patterns: str) -> None:
        """Add `method/language/seed0/testset` with one pattern of right and wrong for each draw."""
        tables = [
            right_and_wrong(pattern, draw=draw, images=IMAGES[: len(pattern)])
            for draw, pattern in enumerate(patterns)
        ]
        predictions = self.folder / "predictions" / f"{run}.parquet"
        scores = self.folder / "scores" / f"{run}.json"
        write_predictions(predictions, pd.concat(tables))
        write_json(scores, score_predictions(predictions, self.hypotheses))
        self.predictions.append(predictions)
        self.scores.append(scores)

    def table(self, study: StudyFacts = STUDY) -> pd.DataFrame:
        return tabulate_accuracy(study, self.scores, self.predictions)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def _row(table: pd.DataFrame, **keys: str) -> Mapping[str, str]:
    found = table[(table[list(keys)] == pd.Series(keys)).all(axis=1)]
    assert len(found) == 1
    return {str(name): value for name, value in found.iloc[0].items()}


def _one_seed(files: Files) -> None:
    files.add("clseave/de/seed0/test", "+++++++---")
    files.add("clip_ve/en/seed0/test", "+++++-+++-")
    files.add("image_shuffled/en/seed0/test", "++++------", "++--------")
    files.add("hypothesis_only/en/seed0/test", "++----++--")


def _percent(interval: tuple[float, float]) -> list[str]:
    return [f"{100 * bound:.2f}" for bound in interval]


def test_the_student_row_by_hand(files: Files) -> None:
    """German 7 of 10 (seen 6 of 6, held out 1 of 4), English 8 (5, 3), hypothesis only 4."""
    _one_seed(files)
    row = _row(files.table(), method="clseave")
    right = np.array([[1.0] * 7 + [0] * 3])
    clustered = clustered_intervals(right, IMAGES, range(10))[0]
    loss = -0.7 * math.log(0.8) - 0.3 * math.log(0.1)
    assert list(row) == list(COLUMNS)
    assert list(row.values()) == [
        *("hand", "test", "clseave", "translate_train_unlabelled", "de", "0"),
        *("10", f"{loss:.4f}", "70.00", *_percent(clustered), "39.68", "89.22"),
        *("70.00", "", "", "1"),  # all pairs are entailed, so the other classes have no recall
        *("10.00", "0.7500"),  # 80 - 70; (70 - 40) / (80 - 40)
        *("100.00", "-16.67"),  # 6 of 6 against 5 of 6
        *("25.00", "50.00", "4"),
        *("0.6761", "73.19"),
    ]


def test_the_english_row_has_no_gap(files: Files) -> None:
    _one_seed(files)
    row = _row(files.table(), method="clip_ve")
    empty = {name for name, value in row.items() if value == ""}
    assert empty == {
        *("gap_to_english", "grounded_gain_kept", "seen_gap", "held_out_gap"),
        *("published_loss", "published_accuracy"),
        *("recall_neutral", "recall_contradiction"),
    }
    assert (row["test_accuracy"], row["wilson_low"], row["wilson_high"]) == (
        *("80.00", "49.02", "94.33"),
    )


def test_controls_are_measured_against_english(files: Files) -> None:
    """The shuffled control averages two draws, 4 and 2 of 10; none of the last four is right."""
    _one_seed(files)
    row = _row(files.table(), method="image_shuffled")
    assert (row["n"], row["test_accuracy"], row["gap_to_english"]) == ("10", "30.00", "50.00")
    assert (row["held_out_accuracy"], row["held_out_gap"]) == ("0.00", "75.00")
    assert row["grounded_gain_kept"] == ""
    assert _row(files.table(), method="hypothesis_only")["gap_to_english"] == "40.00"


def test_rank_is_among_equal_settings_over_seeds(files: Files) -> None:
    """English 8, shuffled 3, hypothesis only 4 of 10, ranked together; the student alone."""
    _one_seed(files)
    table = files.table()
    ranks = {method: _row(table, method=method)["rank"] for method in STUDY.methods}
    assert ranks == {"clip_ve": "1", "hypothesis_only": "2", "image_shuffled": "3", "clseave": "1"}


def test_rank_over_seeds_stands_at_the_mean_and_ties_share_it(files: Files) -> None:
    other = dict(STUDENT, student="other")
    study = dataclasses.replace(STUDY, methods={**STUDY.methods, "same": other, "worse": other})
    for method, patterns in (
        ("clseave", ("++++------", "++--------")),
        ("same", ("++--------", "++++------")),
        ("worse", ("++++++----", "----------")),
    ):
        for seed, pattern in enumerate(patterns):
            files.add(f"{method}/de/seed{seed}/test", pattern)
    files.add("worse/de/seed2/test", "----------")  # mean 2 of 10, the others 3
    table = files.table(study)
    ranks = [
        _row(table, method=method, seed="mean")["rank"] for method in ("clseave", "same", "worse")
    ]
    assert ranks == ["1", "1", "3"]
    assert set(table.loc[table["seed"] != "mean", "rank"]) == {""}


def test_rows_of_a_leaked_test_set_say_so_and_have_no_rank(files: Files) -> None:
    study = dataclasses.replace(STUDY, leaked=["extra"])
    for testset in ("test", "extra"):
        for method, language in (("clip_ve", "en"), ("hypothesis_only", "en"), ("clseave", "de")):
            files.add(f"{method}/{language}/seed0/{testset}", "+++++-+++-")
    files.add("clseave/de/seed1/extra", "+++++-+++-")

    table = files.table(study)

    leaked = table[table["testset"] == "extra"]
    assert list(table.columns) == [*COLUMNS, "setting_notes"]
    assert len(leaked) == 6  # the student has two seeds, their mean and their deviation
    assert set(leaked["setting_notes"]) == {"leaked"}
    assert set(leaked["rank"]) == {""}
    sound = table[table["testset"] == "test"]
    assert set(sound["setting_notes"]) == {""}
    assert set(sound["rank"]) == {"1"}
    assert set(sound["published_accuracy"]) == {"", "73.19"}


def test_a_leaked_test_split_stands_beside_no_published_value(files: Files) -> None:
    _one_seed(files)
    row = _row(files.table(dataclasses.replace(STUDY, leaked=["test"])), method="clseave")
    assert (row["published_accuracy"], row["published_loss"], row["rank"]) == ("", "", "")


def test_rows_stand_in_the_studys_order(files: Files) -> None:
    for run in (
        *("clseave/de/seed10/test", "clseave/de/seed9/test", "clseave/nl/seed0/test"),
        *("hypothesis_only/en/seed0/test", "clip_ve/en/seed0/extra", "clip_ve/en/seed0/test"),
    ):
        files.add(run, "+++++-+++-")
    rows = files.table()[["testset", "method", "language", "seed"]].agg("/".join, axis=1)
    assert rows.tolist() == [
        *("test/clip_ve/en/0", "test/hypothesis_only/en/0", "test/clseave/nl/0"),
        *("test/clseave/de/9", "test/clseave/de/10", "test/clseave/de/mean", "test/clseave/de/sd"),
        "extra/clip_ve/en/0",
    ]


def _three_seeds(files: Files) -> list[str]:
    english = ["+++++++++-", "++++++++--", "+++++++++-"]
    german = ["++++++++--", "++++++----", "+++++++---"]
    for seed, patterns in enumerate(zip(english, german, strict=True)):
        files.add(f"clip_ve/en/seed{seed}/test", patterns[0])
        files.add(f"clseave/de/seed{seed}/test", patterns[1])
        files.add(f"hypothesis_only/en/seed{seed}/test", "++++------")
    return german


def test_mean_and_deviation_over_seeds(files: Files) -> None:
    """Accuracies 80, 60, 70: mean 70, deviation 10. Gaps 10, 20, 20: mean 16.67, deviation 5.77."""
    patterns = _three_seeds(files)
    table = files.table()
    mean = _row(table, method="clseave", seed="mean")
    deviation = _row(table, method="clseave", seed="sd")
    assert (mean["test_accuracy"], deviation["test_accuracy"]) == ("70.00", "10.00")
    assert (mean["gap_to_english"], deviation["gap_to_english"]) == ("16.67", "5.77")
    # kept: 40 / 50, 20 / 40, 30 / 50
    assert (mean["grounded_gain_kept"], deviation["grounded_gain_kept"]) == ("0.6333", "0.1528")
    assert (mean["n"], mean["held_out_n"], mean["published_accuracy"]) == ("10", "4", "73.19")
    assert (mean["wilson_low"], mean["wilson_high"]) == (*_percent(wilson_interval(7, 10)),)
    shares = np.mean([[sign == "+" for sign in pattern] for pattern in patterns], axis=0)
    clustered = clustered_intervals(shares[None], IMAGES, range(10))[0]
    assert [mean["ci_low"], mean["ci_high"]] == _percent(clustered)
    for name in ("n", "ci_low", "ci_high", "wilson_low", "wilson_high", "held_out_n"):
        assert deviation[name] == ""
    assert deviation["published_accuracy"] == ""


def test_a_seed_is_measured_against_english_of_the_same_seed(files: Files) -> None:
    files.add("clip_ve/en/seed0/test", "++++++++++")
    files.add("clseave/de/seed0/test", "+++++-----")
    files.add("clseave/de/seed1/test", "+++++-----")
    table = files.table()
    assert _row(table, method="clseave", seed="0")["gap_to_english"] == "50.00"
    assert _row(table, method="clseave", seed="1")["gap_to_english"] == ""
    assert _row(table, method="clseave", seed="mean")["gap_to_english"] == ""


def test_a_gap_just_below_nought_is_not_minus_nought(files: Files) -> None:
    _one_seed(files)
    write_json(files.scores[0], read_json(files.scores[0]) | {"accuracy": 0.80001})
    assert _row(files.table(), method="clseave")["gap_to_english"] == "0.00"


def test_published_numbers_are_of_the_test_split_only(files: Files) -> None:
    files.add("clseave/de/seed0/extra", "+++++-----")
    assert _row(files.table(), testset="extra")["published_accuracy"] == ""


def test_the_csv_is_the_same_bytes_for_any_order_of_files(files: Files, tmp_path: Path) -> None:
    _three_seeds(files)
    write_csv(tmp_path / "a.csv", files.table())
    files.scores.reverse()
    files.predictions.sort()
    write_csv(tmp_path / "b.csv", files.table())
    text = (tmp_path / "a.csv").read_bytes()
    assert text == (tmp_path / "b.csv").read_bytes()
    assert text.split(b"\n")[0] == (
        b"study,testset,method,setting,language,seed,n,test_loss,test_accuracy,ci_low,ci_high,"
        b"wilson_low,wilson_high,recall_entailment,recall_neutral,recall_contradiction,rank,"
        b"gap_to_english,grounded_gain_kept,seen_accuracy,seen_gap,"
        b"held_out_accuracy,held_out_gap,held_out_n,published_loss,published_accuracy"
    )


def test_one_seed_needs_no_predictions(files: Files) -> None:
    _one_seed(files)
    whole = files.table()
    files.predictions.clear()
    assert files.table().equals(whole)


def test_a_mean_needs_the_predictions_of_every_seed(files: Files) -> None:
    _three_seeds(files)
    files.predictions.remove(files.folder / "predictions/clseave/de/seed2/test.parquet")
    with pytest.raises(ValueError, match="seed 2 of clseave in de on test has scores but no pred"):
        files.table()


def test_predictions_made_after_their_scores_are_refused(files: Files) -> None:
    _three_seeds(files)
    path = files.folder / "predictions/clseave/de/seed1/test.parquet"
    write_predictions(path, right_and_wrong("+++++-----", images=list("aabbccddef")))
    with pytest.raises(ValueError, match=f"{path} does not hold the pairs that its scores are"):
        files.table()


def test_files_of_other_pairs_are_named(files: Files) -> None:
    files.add("clip_ve/en/seed0/test", "++++++++++")
    files.add("clseave/de/seed0/test", "+++++----")
    message = (
        r"clip_ve/en/seed0/test.json \(10 pairs\) and .*clseave/de/.*json \(9 pairs\) were not"
    )
    with pytest.raises(ValueError, match=message):
        files.table()


def test_a_file_twice_is_an_error(files: Files) -> None:
    _one_seed(files)
    files.scores.append(files.scores[0])
    with pytest.raises(ValueError, match=r"seed0/test[.]json are about the same run"):
        files.table()


@pytest.mark.parametrize(
    ("run", "message"),
    [
        ("clteave/de/seed0/test", "hand has no method 'clteave', only clip_ve, hypothesis_only"),
        ("clseave/ja/seed0/test", "hand has no language 'ja', only en, nl, de"),
        ("clseave/de/seed0/dev", "hand has no test set 'dev', only test, extra"),
    ],
)
def test_a_file_of_another_study_is_an_error(files: Files, run: str, message: str) -> None:
    files.add(run, "+++++-----")
    with pytest.raises(ValueError, match=message):
        files.table()


def test_the_bootstraps_settings_reach_the_mean(files: Files) -> None:
    patterns = _three_seeds(files)
    table = tabulate_accuracy(STUDY, files.scores, files.predictions, resamples=300, seed=4)
    mean = _row(table, method="clseave", seed="mean")
    shares = np.mean([[sign == "+" for sign in pattern] for pattern in patterns], axis=0)
    clustered = clustered_intervals(shares[None], IMAGES, range(10), resamples=300, seed=4)[0]
    assert [mean["ci_low"], mean["ci_high"]] == _percent(clustered)


def test_a_study_may_publish_nothing(files: Files) -> None:
    _one_seed(files)
    table = files.table(dataclasses.replace(STUDY, published={}))
    assert set(table["published_accuracy"]) == {""}
