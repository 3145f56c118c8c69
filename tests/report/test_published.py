"""The published numbers of the thesis study against the thesis itself."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
THESIS = ROOT.parent / "shared" / "thesis.txt"
NAMES = {
    "English": ("clip_ve", "en"),
    "German": ("clseave", "de"),
    "Dutch": ("clseave", "nl"),
    "Japan": ("clseave", "ja"),
    "Chinese": ("clseave", "zh"),
    "Korean": ("clseave", "ko"),
}
"""The rows of Table 4.1, as it spells them."""


def _published() -> dict[tuple[str, str], tuple[float, float]]:
    study = yaml.safe_load((ROOT / "studies" / "thesis.yaml").read_text(encoding="utf-8"))
    return {
        (method, language): (numbers["loss"], numbers["accuracy"])
        for method, languages in study["published"].items()
        for language, numbers in languages.items()
    }


@pytest.mark.skipif(not THESIS.exists(), reason="the text of the thesis is not in this checkout")
def test_published_numbers_are_those_of_table_4_1() -> None:
    text = THESIS.read_text(encoding="utf-8").split("Table 4.1:")[1].split("Chapter 5")[0]
    rows = re.findall(r"^(\w+)\s+(0\.\d{4})\s+(\d\d\.\d\d)%$", text, re.MULTILINE)
    assert len(rows) == len(NAMES)
    published = _published()
    table = {NAMES[name]: (float(loss), float(accuracy)) for name, loss, accuracy in rows}
    assert {key: published.get(key) for key in table} == table


def test_the_five_students_mean_is_the_published_one() -> None:
    students = [
        accuracy for (method, _), (_, accuracy) in _published().items() if method == "clseave"
    ]
    assert len(students) == 5
    assert sum(students) / 5 == pytest.approx(70.81, abs=0.005)
