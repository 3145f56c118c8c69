"""The tables as the page reads them."""

from pathlib import Path

import pytest

from clseave_core.report.page.numbers import (
    Difference,
    Standing,
    accuracy_lines,
    between,
    differences,
    read_shown,
    standings,
)
from tests.report.page.made_report import ACCURACY, CLTEAVE, comparisons_csv


def test_a_table_is_shown_without_its_empty_columns(tmp_path: Path) -> None:
    (tmp_path / "a_b.csv").write_text("name,value,nothing\nx,1.5,\ny,<0.0001,\n")
    (tmp_path / "a_b.md").write_text("What it is.\n\n|x|\n")

    table = read_shown(tmp_path / "a_b.csv")

    assert (table.name, table.caption) == ("a_b", "What it is.")
    assert table.columns == ["name", "value"]
    assert table.numeric == {"value"}


def test_what_all_rows_share_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("study,n,value\nmade,12,1\nmade,12,2\n")

    table = read_shown(tmp_path / "t.csv")

    assert (table.columns, table.common) == (["value"], {"study": "made", "n": "12"})


def test_an_empty_table_has_no_column(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,value\n")

    assert read_shown(tmp_path / "a.csv").columns == []


def test_several_seeds_are_their_mean_with_its_spread(tmp_path: Path) -> None:
    rows = "".join(
        f"test,m,de,{seed},{accuracy}\n"
        for seed, accuracy in (("0", "80.00"), ("1", "82.00"), ("mean", "81.00"), ("sd", "1.41"))
    )
    (tmp_path / "t.csv").write_text(
        f"testset,method,language,seed,test_accuracy\n{rows}test,m,ja,0,70.00\n"
    )

    several, single = accuracy_lines(tmp_path / "t.csv")

    assert (several["test_accuracy"], several["seeds"], several["seed_sd"]) == (
        "81.00",
        "2",
        "1.41",
    )
    assert (single["test_accuracy"], single["seeds"], single["seed_sd"]) == ("70.00", "1", "")


@pytest.mark.parametrize("content", [CLTEAVE, comparisons_csv()])
def test_differences_are_read_from_both_forms(tmp_path: Path, content: str) -> None:
    (tmp_path / "t.csv").write_text(content)
    wanted = Difference("clteave_direct", "clseave", "de", -38.0, -40.0, -36.0)

    assert differences([tmp_path / "t.csv"], "test") == [wanted]
    assert differences([tmp_path / "t.csv"], "other") == []


def test_tables_without_differences_give_none(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(ACCURACY)

    assert differences([tmp_path / "t.csv"], "test") == []


def test_a_comparison_is_summed_up_by_method(tmp_path: Path) -> None:
    rows = [
        ("a", "-3.00", "-5.00", "-1.00"), ("a", "-0.50", "-1.00", "0.00"),
        ("b", "2.00", "1.00", "3.00"), ("b", "", "", ""),
    ]  # fmt: skip
    (tmp_path / "t.csv").write_text(
        "method,reference,difference,difference_low,difference_high\n"
        + "".join(f"{method},r,{','.join(ends)}\n" for method, *ends in rows)
    )

    assert standings(read_shown(tmp_path / "t.csv")) == [
        Standing("a", "r", 1, 1, 0, -3.0, -0.5),
        Standing("b", "r", 0, 0, 1, 2.0, 2.0),
    ]


def test_a_difference_is_turned_round() -> None:
    found = [Difference("a", "b", "de", -3.0, -5.0, -1.0)]

    assert between(found, "a", "b", "de") == found[0]
    assert between(found, "b", "a", "de") == Difference("b", "a", "de", 3.0, 1.0, 5.0)
    assert between(found, "a", "b", "ja") is None
