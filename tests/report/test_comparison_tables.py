from pathlib import Path
from typing import Any

import pytest

from clseave_core.evaluation.schemas import PREDICTIONS
from clseave_core.files import write_table
from clseave_core.report.comparison_tables import QUESTION_COLUMNS, Comparisons, differences
from tests.evaluation.made_predictions import C, E, N, prediction_rows

TOKEN = {"setting": "s", "teacher": "t", "student": "m", "objective": "token_mse"}
STUDY: dict[str, Any] = {
    "languages": ["de"],
    "testsets": ["test"],
    "teachers": {"t": {"model": "clip", "training": {"epochs": 2}}},
    "students": {
        "m": {"model": "bert", "pooling": "end"}, "n": {"model": "bert", "pooling": "mean"},
    },
    "methods": {
        "clip_ve": {"setting": "english", "teacher": "t"},
        "base": {"setting": "s", "teacher": "t", "student": "m", "training": {"epochs": 3}},
        "mean": {"setting": "s", "teacher": "t", "student": "n", "training": {"epochs": 3}},
        "decay": {
            "setting": "s", "teacher": "t", "student": "m",
            "training": {"epochs": 3, "weight_decay": 0.01}, "trained_as": "x",
        },
        "both": {**TOKEN, "autoencoder": "relu", "signal": "both"},
        "words": {**TOKEN, "autoencoder": "relu", "signal": "words"},
        "linear": {**TOKEN, "autoencoder": "linear", "signal": "words"},
    },
    "comparisons": {"a": {"reference": "base", "methods": ["mean"]}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("mean", "student.pooling: end -> mean"),
        ("decay", "training.weight_decay: none -> 0.01"),
        ("base", ""),
    ],
)
def test_what_a_method_differs_in(method: str, said: str) -> None:
    assert differences(STUDY, method, "base") == said


def test_without_runs_there_is_a_header_alone() -> None:
    comparisons = Comparisons(STUDY, "made", [], resamples=100, seed=0)

    assert list(comparisons.questions().columns) == list(QUESTION_COLUMNS)
    assert comparisons.questions().empty
    assert comparisons.table("a").empty


def write_run(folder: Path, method: str, seed: int, predictions: list[str]) -> str:
    path = folder / method / "de" / f"seed{seed}" / "test.parquet"
    write_table(path, prediction_rows([E, N, C, E], predictions), PREDICTIONS)
    return str(path)


def test_accuracies_and_differences_over_seeds_by_hand(tmp_path: Path) -> None:
    files = [
        write_run(tmp_path, "base", 0, [E, N, C, E]),  # all four right
        write_run(tmp_path, "base", 1, [E, N, C, N]),  # three
        write_run(tmp_path, "mean", 0, [E, N, N, N]),  # two
        write_run(tmp_path, "mean", 1, [E, E, N, N]),  # one
        write_run(tmp_path, "words", 0, [E, E, E, N]),  # one
        write_run(tmp_path, "both", 0, [E, N, C, N]),  # three
        write_run(tmp_path, "linear", 0, [E, N, E, N]),  # two
    ]
    comparisons = Comparisons(STUDY, "made", files, resamples=100, seed=0)

    row = comparisons.table("a").iloc[0]
    questions = comparisons.questions()
    question = questions.iloc[1]

    assert (row["seeds"], row["n"], row["reference"]) == ("2", "4", "base")
    assert (row["accuracy"], row["reference_accuracy"], row["difference"]) == (
        "37.50", "87.50", "-50.00",
    )  # fmt: skip
    assert float(row["difference_low"]) <= -50 <= float(row["difference_high"])
    assert tuple(question[["question", "from", "to", "from_accuracy", "to_accuracy"]]) == (
        "signal", "words", "both", "25.00", "75.00",
    )  # fmt: skip
    assert question["difference"] == "50.00"
    # Each pair once: from ReLU to linear as the study has them, from words to both by the question.
    assert questions[["from", "to"]].to_numpy().tolist() == [["relu", "linear"], ["words", "both"]]


def test_seeds_about_other_pairs_are_refused(tmp_path: Path) -> None:
    first = write_run(tmp_path, "base", 0, [E, N, C, E])
    other = tmp_path / "base" / "de" / "seed1" / "test.parquet"
    write_table(other, prediction_rows([E, N], [E, N]), PREDICTIONS)

    with pytest.raises(ValueError, match="do not hold the same pairs"):
        _ = Comparisons(STUDY, "made", [first, str(other)], resamples=100, seed=0).runs
