"""Write the tables of README and docs from the results that are there; none is copied by hand.

    python -m commands.fill_pages            # all whose study has results here
    python -m commands.fill_pages --check    # changes nothing; exit code 1 where one would change

A page says before a table what is in it, as YAML in a comment; what stands between that comment and
`<!-- end -->` is written anew:

    <!-- table: {file: pocket_full/comparisons.csv, where: {family: rivals, sentences: all},
    rows: to_method, columns: to_language, cell: "{to_accuracy}"} -->

is a table of one row of the file for each `rows` and `columns`. With `cells: {title: pattern}` in
place of `columns` and `cell` it has a line for each row of the file and these columns.
`<!-- accuracy: pocket/tables/accuracy_table.csv -->` is the accuracy table as a terminal shows it.
A list in `where` allows any of its values.
"""

import argparse
import csv
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from clseave_core.report.terminal_table import show_table

RESULTS = Path("results")
PAGES = [Path("README.md"), *sorted(Path("docs").glob("*.md"))]
OPENING = re.compile(r"<!-- (?:table|accuracy):")
BLOCK = re.compile(
    r"(<!-- (table|accuracy): ((?:(?!<!-- ).)*?) -->\n)((?:(?!<!-- ).)*?)(<!-- end -->)", re.DOTALL
)
Row = Mapping[str, str]


def main(arguments: list[str] | None = None) -> int:
    """Fill the pages; 1 where `--check` finds one that is out of step, 2 for a wrong comment."""
    parser = argparse.ArgumentParser(prog="python -m commands.fill_pages", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="tell what would change, change nothing"
    )
    options = parser.parse_args(arguments)
    stale = False
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        try:
            filled = fill(text, RESULTS)
        except ValueError as error:
            print(f"{page}: {error}", file=sys.stderr)
            return 2
        if filled != text:
            stale = True
            print(f"{page} {'is out of step' if options.check else 'written'}")
            if not options.check:
                page.write_text(filled, encoding="utf-8")
    return int(stale and options.check)


def fill(text: str, results: Path) -> str:
    """A page with every table anew whose file lies in `results`; the others stay as they are.

    Raises ValueError that shows the comment where one cannot be followed or has no end.
    """

    def of_block(match: re.Match[str]) -> str:
        head, kind, said, _, end = match.groups()
        try:
            content = yaml.safe_load(said)
            file = results / (content if kind == "accuracy" else content["file"])
            if not file.exists():
                return match.group()
            accuracy = kind == "accuracy"
            body = (
                f"```text\n{show_table(file, results)}```\n" if accuracy else _table(file, content)
            )
        except KeyError as error:
            raise ValueError(f"no {error} is there, which the comment {said!r} needs.") from error
        except (ValueError, TypeError, yaml.YAMLError) as error:
            raise ValueError(f"the comment {said!r}: {error}") from error
        return f"{head}{body}{end}"

    blocks = list(BLOCK.finditer(text))
    if len(blocks) != len(OPENING.findall(text)):
        whole = {match.start() for match in blocks}
        lost = next(m for m in OPENING.finditer(text) if m.start() not in whole)
        line = text.count("\n", 0, lost.start()) + 1
        raise ValueError(
            f"line {line}: the comment before a table needs a line of its own, and a line "
            "<!-- end --> after the table."
        )
    return BLOCK.sub(of_block, text)


def _table(file: Path, said: Mapping[str, Any]) -> str:
    with file.open(encoding="utf-8", newline="") as opened:
        rows = [row for row in csv.DictReader(opened) if _is_wanted(row, said.get("where", {}))]
    if not rows:
        raise ValueError(f"no row of {file} is as {said.get('where')} says. Mend the comment.")
    if "cells" in said:
        patterns = [_cell(pattern, file) for pattern in said["cells"].values()]
        lines = [[_name(row[said["rows"]]), *(cell(row) for cell in patterns)] for row in rows]
        return _markdown(["", *said["cells"]], lines)
    cell = _cell(said["cell"], file)
    names = list(dict.fromkeys(row[said["rows"]] for row in rows))
    columns = list(dict.fromkeys(row[said["columns"]] for row in rows))
    cells: dict[tuple[str, str], str] = {}
    for row in rows:
        place = row[said["rows"]], row[said["columns"]]
        if place in cells:
            raise ValueError(f"{file} has several rows for {place}. Say more in `where`.")
        cells[place] = cell(row)
    lines = [
        [_name(name), *(cells.get((name, column), "") for column in columns)] for name in names
    ]
    return _markdown(["", *columns], lines)


def _is_wanted(row: Row, where: Mapping[str, Any]) -> bool:
    allowed = {key: value if isinstance(value, list) else [value] for key, value in where.items()}
    return all(row[key] in map(str, values) for key, values in allowed.items())


def _cell(pattern: str, file: Path) -> Callable[[Row], str]:
    def cell(row: Row) -> str:
        try:
            return pattern.format(**row)
        except KeyError as error:
            raise ValueError(f"{file} has no column {error}; it has {', '.join(row)}.") from None

    return cell


def _name(text: str) -> str:
    return f"`{text}`" if re.fullmatch(r"[a-z0-9_]{3,}", text) else text


def _markdown(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in rows)


if __name__ == "__main__":
    sys.exit(main())
