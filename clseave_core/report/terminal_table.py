"""The accuracy table as a terminal shows it: the columns that matter most, aligned."""

import csv
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from clseave_core.evaluation.intervals import LEAST_CLUSTERS
from clseave_core.files import read_json

Row = Mapping[str, str]

_GAP = "  "
NO_INTERVALS = (
    f"No intervals: the test set has fewer than {LEAST_CLUSTERS} pictures or sentences, too few."
)
_WIDTH = 90
"""Of the lines below the tables."""


def show_table(path: str | Path, results: str | Path = "results") -> str:
    """Lay out a table that `tabulate_accuracy` made, one block of lines for each test set.

    Below stands what the job that made it warns of, by its report in the folder `results`.

    Columns that are empty in all of its rows are left out, `seed` where there is but one. Wide
    characters (Chinese, Japanese, Korean) count two places. Raises ValueError on an empty table.
    """
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise ValueError(f"{path} has no row. Delete it to have it made again.")
    blocks = []
    for testset, block in groupby(rows, key=lambda row: row["testset"]):
        blocks.append(_show_testset(testset, list(block)))
    report = Path(results, rows[0]["study"], "logs", "tabulate_accuracy.json")
    warnings = read_json(report).get("warnings", []) if report.exists() else []
    blocks += [textwrap.fill(warning, _WIDTH) for warning in warnings]
    return "\n\n".join(blocks) + "\n"


def _show_testset(testset: str, rows: Sequence[Row]) -> str:
    """The title and the aligned lines of one test set."""
    notes = f" ({rows[0]['setting_notes']})" if rows[0].get("setting_notes") else ""
    title = (
        f"Study {rows[0]['study']}, test set {testset}{notes}: {int(rows[0]['n']):,} pairs, "
        f"{int(rows[0]['held_out_n']):,} with held-out sentences.\n"
        "Accuracies in percent, gaps in points behind English on the same pairs; in brackets\n"
        "95 % intervals that respect shared pictures and sentences."
    )
    if not any(row["ci_low"] for row in rows):
        title += f"\n{NO_INTERVALS}"
    several_seeds = len({row["seed"] for row in rows}) > 1
    columns = {
        "method": [row["method"] for row in rows],
        "lang": [row["language"] for row in rows],
        "seed": [row["seed"] if several_seeds else "" for row in rows],
        "accuracy": [_with_interval(row) for row in rows],
        "gap": [row["gap_to_english"] for row in rows],
        "held out": [row["held_out_accuracy"] for row in rows],
        "its gap": [row["held_out_gap"] for row in rows],
        "published": [row["published_accuracy"] for row in rows],
    }
    shown = {name: cells for name, cells in columns.items() if any(cells)}
    widths = {name: max(map(_width, [name, *cells])) for name, cells in shown.items()}
    rule = ["-" * width for width in widths.values()]
    lines = [list(shown), rule, *zip(*shown.values(), strict=True)]
    return "\n".join([title, "", *(_line(cells, widths) for cells in lines)])


def _with_interval(row: Row) -> str:
    """`83.20 [81.90, 84.55]`; the row of deviations has none."""
    if not row["ci_low"]:
        return f"{row['test_accuracy']}{' ' * len(' [00.00, 00.00]')}"
    return f"{row['test_accuracy']} [{row['ci_low']:>5}, {row['ci_high']:>5}]"


def _line(cells: Sequence[str], widths: Mapping[str, int]) -> str:
    """Text at the left, numbers at the right of their columns."""
    padded = []
    for cell, (name, width) in zip(cells, widths.items(), strict=True):
        space = " " * (width - _width(cell))
        padded.append(cell + space if name in ("method", "lang", "seed") else space + cell)
    return _GAP.join(padded).rstrip()


def _width(text: str) -> int:
    """Places that `text` takes on a terminal: wide characters two, combining marks none."""
    return sum(
        0
        if unicodedata.combining(character)
        else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )
