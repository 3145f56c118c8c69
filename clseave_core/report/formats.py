"""One table in three forms: CSV for programs, Markdown and LaTeX for a paper."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from clseave_core.files import whole_file, write_csv

_NUMBER = re.compile(r"[-+]?\d[\d.]*(e[-+]?\d+)?%?")
_MARKDOWN = re.compile(r"[\\|`*<]|(?<=\])\(|&(?=#?\w+;)")
_LATEX = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@dataclass(frozen=True)
class Table:
    """A finished table: every cell is text, rounded by whoever made it, and empty where unknown.

    `name` is that of its files and, after `tab:`, its label in LaTeX; `caption` is plain text.
    A heading in Markdown and LaTeX is a column's name with spaces for underscores; a column without
    any content is there in the CSV only.
    """

    name: str
    caption: str
    rows: pd.DataFrame


def write_formats(folder: str | Path, table: Table) -> None:
    """Write `table` as `<folder>/<name>.csv`, `.md` and `.tex`.

    Raises ValueError naming table, column and row for a cell that is no text or has a line break.
    """
    _check(table)
    write_csv(Path(folder) / f"{table.name}.csv", table.rows)
    for ending, text in (("md", as_markdown(table)), ("tex", as_latex(table))):
        with whole_file(Path(folder) / f"{table.name}.{ending}") as temporary:
            temporary.write_text(text, encoding="utf-8")


def as_markdown(table: Table) -> str:
    """The caption and the table in GitHub's Markdown, columns of numbers on the right."""
    rows = _known(table.rows).map(escape_markdown)
    shown = rows.to_markdown(
        index=False,
        headers=_headings(rows),
        tablefmt="pipe",
        colalign=["right" if right else "left" for right in _numeric(rows)],
        disable_numparse=True,
    )
    return f"{escape_markdown(table.caption)}\n\n{shown}\n"


def as_latex(table: Table) -> str:
    """A `table` environment with booktabs' rules, a caption and a label.

    The document needs `\\usepackage{booktabs}`. Special characters are escaped; columns of numbers
    stand on the right, so that equal decimals stand below each other.
    """
    known = _known(table.rows)
    rows = known.set_axis(_headings(known), axis="columns")
    body: str = rows.to_latex(
        index=False,
        escape=True,
        column_format="".join("r" if right else "l" for right in _numeric(known)),
        caption=escape_latex(table.caption),
        label=f"tab:{table.name}",
        position="htbp",
    )
    return body.replace("\\begin{table}[htbp]\n", "\\begin{table}[htbp]\n\\centering\n")


def escape_markdown(text: str) -> str:
    """`text` with what Markdown would take for HTML, a link, code, emphasis or a new cell escaped.

    An underscore inside a word and a lone bracket mean nothing there and stay, as in `clip_ve`.
    """
    return _MARKDOWN.sub(lambda found: f"\\{found[0]}", text)


def escape_latex(text: str) -> str:
    """`text` with LaTeX's special characters escaped."""
    return "".join(_LATEX.get(sign, sign) for sign in text)


def _known(rows: pd.DataFrame) -> pd.DataFrame:
    """The columns that say something; whoever needs the others reads the CSV."""
    return rows.loc[:, (rows != "").any() | (len(rows) == 0)]


def is_numeric(cell: str) -> bool:
    """Whether a cell holds a number, or nothing, which is a number that is not known."""
    return cell == "" or _NUMBER.fullmatch(cell) is not None


def _headings(rows: pd.DataFrame) -> list[str]:
    return [str(name).replace("_", " ") for name in rows.columns]


def _numeric(rows: pd.DataFrame) -> Sequence[bool]:
    """Which columns hold numbers only, apart from cells that are empty."""
    return [all(map(is_numeric, rows[name])) for name in rows.columns]


def _check(table: Table) -> None:
    for column in table.rows.columns:
        for number, cell in enumerate(table.rows[column], 1):
            if not isinstance(cell, str) or len(cell.splitlines()) > 1:
                raise ValueError(
                    f"table {table.name}, column {column}, row {number}: {cell!r} is not a line of "
                    "text. Format the number, or write '' for one that does not exist."
                )
