from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clseave_core.evaluation.comparisons import COLUMNS, Settings, compare_methods
from clseave_core.evaluation.intervals import clustered_intervals
from tests.evaluation.made_predictions import (
    prediction_rows,
    right_and_wrong,
    write_hypotheses,
    write_predictions,
)

STUDENT = {"setting": "unlabelled", "teacher": "t", "student": "m"}
STUDY: dict[str, Any] = {
    "languages": ["de", "nl"],
    "testsets": ["test"],
    "teachers": {"t": {"model": "clip"}},
    "students": {"m": {"model": "bert"}},
    "methods": {"clip_ve": {"setting": "english", "teacher": "t"}, "clseave": STUDENT},
}
MAIN = ["clip_ve", "clseave"]
HELD_OUT = ["none"] * 4 + ["test"] * 4
"""Of eight pairs that share nothing, the last four have held-out sentences."""
SETTINGS = Settings(resamples=200, permutations=999, seed=3, margin=1.0)


class Files:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hypotheses = write_hypotheses(folder / "hypotheses.parquet", HELD_OUT)
        self.paths: list[Path] = []

    def add(self, run: str, pattern: str) -> None:
        """Add `method/language/seed0`, each pair right (+) or wrong (-)."""
        path = self.folder / run / "test.parquet"
        self.paths.append(write_predictions(path, right_and_wrong(pattern)))

    def compare(self, settings: Settings = SETTINGS) -> pd.DataFrame:
        return compare_methods(STUDY, "made", MAIN, self.paths, self.hypotheses, settings)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_without_a_sound_test_set_nothing_is_compared(files: Files) -> None:
    """The predictions of a leaked test set are there, but it is none to compare on."""
    files.add("clip_ve/en/seed0", "+++++++-")
    files.add("clseave/de/seed0", "+++-+---")
    study = STUDY | {"testsets": []}

    table = compare_methods(study, "made", MAIN, files.paths, files.hypotheses, SETTINGS)

    assert table.empty and list(table.columns) == list(COLUMNS)


def test_a_row_by_hand(files: Files) -> None:
    """English has 7 of 8, German 4, of them 3 of the 4 seen pairs and 1 of the 4 held out."""
    files.add("clip_ve/en/seed0", "+++++++-")
    files.add("clseave/de/seed0", "+++-+---")
    files.add("clseave/nl/seed0", "+++++++-")

    table = files.compare()

    assert list(table.columns) == list(COLUMNS)
    assert table[["sentences", "to_language", "n", "images", "hypotheses"]].to_numpy().tolist() == [
        ["all", "de", "8", "8", "8"], ["all", "nl", "8", "8", "8"],
        ["seen", "de", "4", "4", "4"], ["seen", "nl", "4", "4", "4"],
        ["held_out", "de", "4", "4", "4"], ["held_out", "nl", "4", "4", "4"],
    ]  # fmt: skip
    row = table.iloc[0].to_dict()
    low, high = clustered_intervals(
        np.array([[0.0, 0, 0, -1, 0, -1, -1, 0]]), range(8), range(8), resamples=200, seed=3,
    )[0]  # fmt: skip
    assert [row["from_accuracy"], row["to_accuracy"], row["difference"]] == [
        "87.50", "50.00", "-37.50",
    ]  # fmt: skip
    assert [row["difference_low"], row["difference_high"]] == [
        f"{100 * low:.2f}",
        f"{100 * high:.2f}",
    ]
    # Three pairs lost, none won: 2 of 2^3 flips are as extreme; McNemar 2 / 2^3; Holm doubles.
    assert [row["p_permutation"], row["p_holm"], row["p_mcnemar"]] == ["0.25", "0.5", "0.25"]
    assert (row["direction"], row["seed_sd"], row["seeds"]) == ("undecided", "", "1")
    assert (row["from_setting"], row["to_setting"]) == ("english", "unlabelled")
    assert (row["family"], row["cluster"]) == ("language_against_english", "image and hypothesis")


def test_arriving_is_asked_on_held_out_sentences_alone(files: Files) -> None:
    files.add("clip_ve/en/seed0", "+++++++-")
    files.add("clseave/de/seed0", "+++-+---")
    files.add("clseave/nl/seed0", "---++++-")

    table = files.compare()
    held_out = table[table["sentences"] == "held_out"]

    assert held_out["arrives"].tolist() == ["no", "yes"]  # Dutch has the same four as English
    assert held_out["margin"].tolist() == ["1", "1"]
    dutch = held_out.iloc[1]
    assert [dutch["equivalence_low"], dutch["equivalence_high"]] == ["0.00", "0.00"]
    others = table[table["sentences"] != "held_out"]
    assert set(others["arrives"]) == set(others["p_equivalence"]) == {""}


def test_a_test_set_of_held_out_sentences_alone_asks_about_arriving(files: Files) -> None:
    files.hypotheses = write_hypotheses(files.folder / "hypotheses.parquet", ["test"] * 8)
    files.add("clip_ve/en/seed0", "+++++++-")
    files.add("clseave/de/seed0", "+++++++-")

    table = files.compare()

    assert table[["sentences", "arrives"]].to_numpy().tolist() == [["all", ""], ["held_out", "yes"]]


def test_a_decided_question_has_a_direction(files: Files) -> None:
    files.hypotheses = write_hypotheses(files.folder / "hypotheses.parquet", ["none"] * 12)
    files.add("clip_ve/en/seed0", "+" * 12)
    files.add("clseave/de/seed0", "-" * 12)
    files.add("clseave/nl/seed0", "-" * 11 + "+")

    table = files.compare()

    assert table["sentences"].tolist() == ["all", "all"]  # nothing is held out
    assert table["direction"].tolist() == ["from_better", "from_better"]
    assert (table["p_holm"].astype(float) < 0.05).all()
    assert table["p_mcnemar"].tolist() == [f"{2 / 2**12:.3g}", f"{2 / 2**11:.3g}"]


def test_seeds_are_paired_and_then_averaged(files: Files) -> None:
    """Gaps of 1/8 and 3/8: mean 25 points behind, deviation 17.68; seed 2 has no English."""
    files.add("clip_ve/en/seed0", "++++++++")
    files.add("clip_ve/en/seed1", "++++++--")
    files.add("clseave/de/seed0", "+++++++-")
    files.add("clseave/de/seed1", "+++-----")
    files.add("clseave/de/seed2", "--------")

    row = files.compare().iloc[0]

    assert (row["seeds"], row["difference"], row["seed_sd"]) == ("2", "-25.00", "17.68")
    assert (row["from_accuracy"], row["to_accuracy"]) == ("87.50", "62.50")
    assert row["p_mcnemar"] == ""


def test_methods_without_a_seed_in_common_are_refused(files: Files) -> None:
    files.add("clip_ve/en/seed0", "++++++++")
    files.add("clseave/de/seed1", "++++++++")

    with pytest.raises(ValueError, match="clip_ve in en has the seeds 0 and clseave in de 1: none"):
        files.compare()


def test_files_about_other_pairs_are_refused(files: Files) -> None:
    files.add("clip_ve/en/seed0", "++++++++")
    path = files.folder / "clseave/de/seed0/test.parquet"
    files.paths.append(write_predictions(path, prediction_rows(["neutral"], ["neutral"])))

    with pytest.raises(ValueError, match="do not hold the same pairs"):
        files.compare()


def test_a_family_that_no_flip_could_decide_is_refused(files: Files) -> None:
    files.add("clip_ve/en/seed0", "++++++++")
    for language in ("de", "nl"):
        files.add(f"clseave/{language}/seed0", "++++----")
    too_few = Settings(resamples=100, permutations=39, seed=0, margin=1.0)

    with pytest.raises(ValueError, match="2 questions, of which 39 flips could decide none"):
        files.compare(too_few)


def test_without_runs_there_is_a_header_alone(files: Files) -> None:
    assert list(files.compare().columns) == list(COLUMNS)
    assert files.compare().empty


def test_the_same_bytes_in_any_order_of_files(files: Files) -> None:
    files.add("clip_ve/en/seed0", "++++++-+")
    files.add("clseave/nl/seed0", "+-++--++")
    files.add("clseave/de/seed0", "++-+++--")
    before = files.compare()
    files.paths.reverse()

    assert files.compare().equals(before)


def test_what_a_student_keeps_of_the_gain_by_the_picture_by_hand(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """English 7 of 8, without pictures 3, German 5: it keeps (5 - 3) / (7 - 3)."""
    blind = {"model": "clip", "premise": "constant"}
    monkeypatch.setitem(STUDY, "teachers", STUDY["teachers"] | {"blind": blind})
    others = {"hypothesis_only": {"setting": "english", "teacher": "blind"}}
    monkeypatch.setitem(STUDY, "methods", STUDY["methods"] | others)
    files.add("clip_ve/en/seed0", "+++++++-")
    files.add("hypothesis_only/en/seed0", "++----+-")
    files.add("clseave/de/seed0", "++++--+-")

    table = files.compare().set_index("sentences")

    # Held out: English 3 of 4, without pictures 1, German 1.
    kept = table["grounded_gain_kept"]
    assert (kept["all"], kept["seen"], kept["held_out"]) == ("0.5000", "1.0000", "0.0000")


def test_without_a_blind_model_nothing_is_said_of_the_picture(files: Files) -> None:
    files.add("clip_ve/en/seed0", "+++++++-")
    files.add("clseave/de/seed0", "++++--+-")

    assert set(files.compare()["grounded_gain_kept"]) == {""}
