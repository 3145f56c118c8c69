from pathlib import Path

import pandas as pd
import pytest

from clseave_core.files import write_csv, write_json
from clseave_core.report.accuracy_table import COLUMNS
from clseave_core.report.terminal_table import show_table


def _row(**cells: str) -> dict[str, str]:
    """A row of the table, empty but for what every row has."""
    keys = {"study": "pocket", "testset": "test", "n": "3000", "held_out_n": "450"}
    return dict.fromkeys(COLUMNS, "") | keys | cells


ENGLISH = _row(
    method="clip_ve",
    language="en",
    seed="0",
    test_accuracy="84.20",
    ci_low="82.61",
    ci_high="85.77",
    held_out_accuracy="85.30",
)
GERMAN = _row(
    method="clseave",
    language="de",
    seed="0",
    test_accuracy="9.20",
    ci_low="8.05",
    ci_high="10.64",
    gap_to_english="75.00",
    held_out_accuracy="78.60",
    held_out_gap="6.70",
)


def _show(tmp_path: Path, *rows: dict[str, str]) -> list[str]:
    write_csv(tmp_path / "table.csv", pd.DataFrame(rows))
    return show_table(tmp_path / "table.csv", tmp_path).splitlines()


def test_one_seed_without_published_numbers(tmp_path: Path) -> None:
    lines = _show(tmp_path, ENGLISH, GERMAN)
    assert lines[0] == "Study pocket, test set test: 3,000 pairs, 450 with held-out sentences."
    assert lines[4:] == [
        "method   lang              accuracy    gap  held out  its gap",
        "-------  ----  --------------------  -----  --------  -------",
        "clip_ve  en    84.20 [82.61, 85.77]            85.30",
        "clseave  de    9.20 [ 8.05, 10.64]  75.00     78.60     6.70".replace(" 9.20", "  9.20"),
    ]


def test_seeds_and_published_numbers_get_columns(tmp_path: Path) -> None:
    deviation = _row(method="clip_ve", language="en", seed="sd", test_accuracy="1.30")
    deviation |= {"n": "", "held_out_n": ""}
    mean = ENGLISH | {"seed": "mean", "published_accuracy": "73.17"}
    lines = _show(tmp_path, ENGLISH, mean, deviation)
    assert lines[4].split() == ["method", "lang", "seed", "accuracy", "held", "out", "published"]
    assert lines[7] == "clip_ve  en    mean  84.20 [82.61, 85.77]     85.30      73.17"
    assert lines[8] == "clip_ve  en    sd     1.30"


def test_wide_characters_take_two_places(tmp_path: Path) -> None:
    lines = _show(tmp_path, ENGLISH | {"method": "視覚含意"}, GERMAN | {"method": "e\u0301te"})
    assert lines[6].startswith("視覚含意  en  ")
    assert lines[7].startswith("e\u0301te       de  ")


def test_each_test_set_has_its_block(tmp_path: Path) -> None:
    text = "\n".join(_show(tmp_path, ENGLISH, GERMAN | {"testset": "xvnli", "n": "1164"}))
    first, second = text.split("\n\nStudy ")
    assert "clip_ve" in first
    assert second.startswith("pocket, test set xvnli: 1,164 pairs")
    assert "clip_ve" not in second


def test_what_the_job_warns_of_stands_below(tmp_path: Path) -> None:
    warning = "Test set xvnli is leaked: 332 of its 357 pictures stand in train. " + "More. " * 6
    report = tmp_path / "pocket/logs/tabulate_accuracy.json"
    write_json(report, {"warnings": [warning, "No published value."]})
    lines = _show(tmp_path, ENGLISH, GERMAN | {"testset": "xvnli", "setting_notes": "leaked"})
    assert any(line.startswith("Study pocket, test set xvnli (leaked): 3,000") for line in lines)
    below = "\n".join(lines).split("\n\n")[-2:]
    assert below[0].replace("\n", " ") == warning.strip()
    assert below[1] == "No published value."
    assert max(map(len, below[0].splitlines())) <= 90


def test_an_empty_table_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(",".join(COLUMNS) + "\n")
    with pytest.raises(ValueError, match=r"table.csv has no row. Delete it"):
        show_table(tmp_path / "table.csv")
