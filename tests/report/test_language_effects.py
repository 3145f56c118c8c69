from pathlib import Path
from typing import Any

import pytest

from clseave_core.report.language_effects import COLUMNS, cohen_h, language_effects
from tests.evaluation.made_predictions import right_and_wrong, write_hypotheses, write_predictions

STUDY: dict[str, Any] = {
    "languages": ["qid", "qsc", "qle"],
    "control_language": "qid",
    "testsets": ["test"],
    "teachers": {"t": {"model": "clip", "training": {}}},
    "methods": {
        "clip_ve": {"setting": "english", "teacher": "t"},
        "clseave": {"setting": "translate_train_unlabelled", "teacher": "t", "student": "m"},
    },
}
RIGHT = {
    ("clip_ve", "en"): ("++++++++", "++++++++"),
    ("clseave", "qid"): ("+++++++-", "++++++++"),
    ("clseave", "qsc"): ("+++++---", "++++++--"),
}


def write_runs(folder: Path) -> list[Path]:
    return [
        write_predictions(
            folder / method / language / f"seed{seed}" / "test.parquet",
            right_and_wrong(pattern, images=[f"i{n % 4}" for n in range(8)]),
        )
        for (method, language), patterns in RIGHT.items()
        for seed, pattern in enumerate(patterns)
    ]


def test_costs_by_hand(tmp_path: Path) -> None:
    hypotheses = write_hypotheses(tmp_path / "hypotheses.parquet", ["none"] * 4 + ["test"] * 4)
    table = language_effects(STUDY, "made", write_runs(tmp_path), hypotheses, resamples=100, seed=0)

    assert list(table.columns) == list(COLUMNS)
    # qle has no run, qid is the control
    assert [(row.language, row.sentences, row.n) for row in table.itertuples()] == [
        ("qsc", "all", "8"), ("qsc", "seen", "4"), ("qsc", "held_out", "4"),
    ]  # fmt: skip
    every, seen, held_out = table.to_dict("records")
    # seeds: English 8 and 8, control 7 and 8, language 5 and 6 of 8
    assert (every["accuracy"], every["english_accuracy"]) == ("68.75", "100.00")
    assert (every["gap_to_english"], every["control_gap"], every["cost"]) == (
        "31.25", "6.25", "25.00",
    )  # fmt: skip
    assert every["cost_seed_sd"] == "0.00"  # 2 of 8 in each seed
    assert every["cohen_h"] == f"{cohen_h(0.9375, 0.6875):.4f}"
    assert (seen["cost"], seen["cost_low"], seen["cost_high"]) == ("0.00", "0.00", "0.00")
    assert (held_out["cost"], held_out["seeds"], held_out["name"]) == (
        "50.00", "2", "English in another script",
    )  # fmt: skip


def test_cohens_h() -> None:
    assert cohen_h(1.0, 0.0) == pytest.approx(3.141593)
    assert cohen_h(0.5, 0.5) == 0
    assert cohen_h(0.65, 0.45) == pytest.approx(0.4048, abs=1e-4)  # asin(sqrt) from a table


def test_runs_on_other_pairs_are_refused(tmp_path: Path) -> None:
    hypotheses = write_hypotheses(tmp_path / "hypotheses.parquet", ["none"] * 8)
    runs = write_runs(tmp_path)
    write_predictions(runs[-1], right_and_wrong("++++"))

    with pytest.raises(ValueError, match=r"qsc/seed1/test.parquet and .* do not hold the same pai"):
        language_effects(STUDY, "made", runs, hypotheses, resamples=100, seed=0)
