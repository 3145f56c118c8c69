"""The first screen's numbers."""

from pathlib import Path

import pytest

from clseave_core.report.page.headline import Gap, Headline, Scale, headline
from clseave_core.report.page.numbers import accuracy_lines, read_rows
from tests.report.page.made_report import ACCURACY, STUDY, comparisons_csv


@pytest.fixture
def first(tmp_path: Path) -> Headline:
    (tmp_path / "a.csv").write_text(ACCURACY)
    (tmp_path / "c.csv").write_text(comparisons_csv())
    return headline(STUDY, accuracy_lines(tmp_path / "a.csv"), read_rows(tmp_path / "c.csv"))


def test_gaps_have_the_sign_of_the_accuracy_table(first: Headline) -> None:
    german, japanese = first.students

    assert german.gap == Gap(2.0, 0.5, 3.5)
    assert japanese.gap == Gap(0.25, -1.0, 1.5)
    assert german.held_out_gap == Gap(4.0, 2.0, 6.0, "no", "1.0")


def test_the_farthest_and_those_that_arrive(first: Headline) -> None:
    assert first.english is not None and first.english.accuracy == 80.0
    assert first.farthest is not None and first.farthest.language == "de"
    assert (first.lowest, first.highest) == (78.0, 79.75)
    assert first.arriving == ["Japanese"]


def test_without_comparisons_gaps_have_no_interval(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ACCURACY)

    first = headline(STUDY, accuracy_lines(tmp_path / "a.csv"), [])

    assert first.students[0].gap == Gap(2.0)
    assert first.arriving is None


def test_the_scale_holds_every_interval(first: Headline) -> None:
    scale = Scale.around(first.results)

    # From 76 to 82, and a tenth of that on each side.
    assert (scale.low, scale.high) == pytest.approx((75.4, 82.6))
    assert scale.place(79.0) == "50.00"
