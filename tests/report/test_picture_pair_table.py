from pathlib import Path
from typing import Any

import pytest

from clseave_core.report.picture_pair_table import COLUMNS, picture_pair_table
from tests.evaluation.made_predictions import C, E, N, prediction_rows, write_predictions

STUDY: dict[str, Any] = {
    "languages": ["de"],
    "testsets": ["test"],
    "teachers": {"t": {"model": "clip"}},
    "methods": {
        "clip_ve": {"setting": "english", "teacher": "t"},
        "clseave": {"setting": "unlabelled", "teacher": "t", "student": "m"},
    },
}
LABELS = [E, N, C, N, E, C]
IMAGES = list("abcdef")
SENTENCES = [0, 0, 1, 1, 2, 2]
"""Three sentences with one picture pair each."""


def write_run(folder: Path, run: str, said: list[str], sentences: list[int] | None = None) -> Path:
    rows = prediction_rows(LABELS, said, IMAGES, sentences or SENTENCES)
    return write_predictions(folder / run / "test.parquet", rows)


def test_students_stand_beside_english_by_hand(tmp_path: Path) -> None:
    """English has all three; German with seed 0 one (four pictures of six), with seed 1 two."""
    files = [
        write_run(tmp_path, "clip_ve/en/seed0", LABELS),
        write_run(tmp_path, "clip_ve/en/seed1", LABELS),
        write_run(tmp_path, "clseave/de/seed0", [E, N, C, C, E, E]),
        write_run(tmp_path, "clseave/de/seed1", [E, N, C, N, E, E]),
    ]

    rows = picture_pair_table(STUDY, "made", files).rows

    assert list(rows.columns) == list(COLUMNS)
    english, german = rows.to_dict("records")
    assert (english["paired_accuracy"], english["single_accuracy"]) == ("100.00", "100.00")
    assert (english["gap_to_english"], english["seeds"]) == ("", "2")
    assert (german["sentences"], german["picture_pairs"]) == ("3", "3")
    assert (german["paired_accuracy"], german["single_accuracy"]) == ("50.00", "75.00")
    assert (german["english_paired_accuracy"], german["gap_to_english"]) == ("100.00", "50.00")
    # Gaps of the pairs 0, 0.5, 1, mean 0.5: squares 2 / 36, t of 2 degrees 4.30265: +- 101.41.
    assert (german["gap_low"], german["gap_high"]) == ("-51.41", "151.41")
    assert german["chance"] == "11.11"


def test_a_test_set_without_picture_pairs_has_no_row(tmp_path: Path) -> None:
    files = [write_run(tmp_path, "clip_ve/en/seed0", LABELS, sentences=list(range(6)))]

    table = picture_pair_table(STUDY, "made", files)

    assert table.rows.empty
    assert list(table.rows.columns) == list(COLUMNS)


def test_files_about_other_pairs_are_refused(tmp_path: Path) -> None:
    files = [
        write_run(tmp_path, "clip_ve/en/seed0", LABELS),
        write_run(tmp_path, "clseave/de/seed0", LABELS, sentences=[0, 0, 1, 1, 2, 3]),
    ]

    with pytest.raises(ValueError, match="do not hold the same pairs"):
        picture_pair_table(STUDY, "made", files)
