"""The study's tables as the page reads them: rows of text, never rounded again."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from clseave_core.report.formats import is_numeric

Row = dict[str, str]


@dataclass(frozen=True)
class ShownTable:
    """A table with its `name` and `caption`; `numeric` says which columns stand on the right.

    `columns` are those that say something: no column that is empty in every row, and none that is
    the same in all of several rows, which stands in `common` instead.
    """

    name: str
    caption: str
    rows: Sequence[Row]
    columns: Sequence[str]
    common: Mapping[str, str]
    numeric: frozenset[str]

    @classmethod
    def of(cls, name: str, caption: str, rows: Sequence[Row]) -> "ShownTable":
        """Sort the columns of `rows`."""
        filled = [name for name in (rows[0] if rows else {}) if any(row[name] for row in rows)]
        common = {
            name: rows[0][name]
            for name in filled
            if len(rows) > 1 and all(row[name] == rows[0][name] for row in rows)
        }
        columns = [name for name in filled if name not in common]
        numeric = (
            name for name in columns if all(is_numeric(row[name].lstrip("<")) for row in rows)
        )
        return cls(name, caption, rows, columns, common, frozenset(numeric))


@dataclass(frozen=True)
class Difference:
    """Accuracy of `method` minus that of `reference` in points, in one language.

    `low` and `high` bound its 95 % interval.
    """

    method: str
    reference: str
    language: str
    value: float
    low: float
    high: float


def read_rows(path: str | Path) -> list[Row]:
    """The rows of a CSV file as text, by column."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_shown(path: str | Path) -> ShownTable:
    """A whole table, with the caption of the Markdown file beside it where there is one."""
    path = Path(path)
    beside = path.with_suffix(".md")
    caption = beside.read_text(encoding="utf-8").split("\n", 1)[0] if beside.exists() else ""
    return ShownTable.of(path.stem, caption, read_rows(path))


def accuracy_lines(path: str | Path) -> list[Row]:
    """One row for each test set, method and language of an accuracy table, in its order.

    With several seeds it is their row `mean`. Each row has two more columns: `seeds`, how many
    there are, and `seed_sd`, the accuracy of their row `sd`, empty for one seed.
    """
    rows = read_rows(path)
    lines = []
    for _, part in groupby(rows, key=lambda row: (row["testset"], row["method"], row["language"])):
        group = list(part)
        words = {row["seed"]: row for row in group if row["seed"] in ("mean", "sd")}
        single = [row for row in group if row["seed"] not in words]
        line = words.get("mean", single[0])
        spread = words["sd"]["test_accuracy"] if "sd" in words else ""
        lines.append(line | {"seeds": str(len(single)), "seed_sd": spread})
    return lines


def differences(paths: Iterable[str | Path], testset: str) -> list[Difference]:
    """Every difference between two methods in one language on all pairs of `testset`.

    Two forms are read: a question with `from_method` and `to_method`, and a comparison's table,
    whose rows compare `method` with `reference`.
    """
    found = []
    for path in paths:
        for row in read_rows(path):
            if row.get("testset") != testset or not row.get("difference_low"):
                continue
            if row.get("sentences", "all") != "all":
                continue
            if "from_method" in row:
                pair = row["to_method"], row["from_method"]
                if row.get("from_language", "") != row.get("to_language", ""):
                    continue
                language = row.get("to_language") or row["language"]
            elif "reference" in row:
                pair, language = (row["method"], row["reference"]), row["language"]
            else:
                continue
            values = (float(row[f"difference{end}"]) for end in ("", "_low", "_high"))
            found.append(Difference(*pair, language, *values))
    return found


@dataclass(frozen=True)
class Standing:
    """How one method of a comparison stands against its reference: in how many of its rows.

    `behind` and `ahead` count rows whose 95 % interval lies below or above zero, `undecided` the
    others; `lowest` and `highest` are differences in points.
    """

    method: str
    reference: str
    behind: int
    undecided: int
    ahead: int
    lowest: float
    highest: float


def standings(table: ShownTable) -> list[Standing]:
    """A comparison's table summed up by method, in its order; rows without a reference left out."""
    found: dict[str, list[Row]] = {}
    for row in table.rows:
        if row.get("difference_low"):
            found.setdefault(row["method"], []).append(row)
    return [
        Standing(
            method,
            ", ".join(dict.fromkeys(row["reference"] for row in rows)),
            sum(float(row["difference_high"]) < 0 for row in rows),
            sum(float(row["difference_low"]) <= 0 <= float(row["difference_high"]) for row in rows),
            sum(float(row["difference_low"]) > 0 for row in rows),
            min(float(row["difference"]) for row in rows),
            max(float(row["difference"]) for row in rows),
        )
        for method, rows in found.items()
    ]


def between(
    found: Iterable[Difference], method: str, reference: str, language: str
) -> Difference | None:
    """The difference of two methods in a language, whichever way round it was measured."""
    for one in found:
        if one.language != language:
            continue
        if (one.method, one.reference) == (method, reference):
            return one
        if (one.method, one.reference) == (reference, method):
            return Difference(method, reference, language, -one.value, -one.high, -one.low)
    return None
