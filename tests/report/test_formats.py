"""A hand-made table in all three forms."""

from pathlib import Path

import pandas as pd
import pytest

from clseave_core.report.formats import Table, escape_latex, write_formats

ROWS = pd.DataFrame(
    {
        "method_name": ["clseave_1", "R&D | 50%"],
        "test_accuracy": ["73.19", "-0.50"],
        "published": ["", "1e-06"],
        "note": ["{a}", "5 #1 ~ ^ $"],
    }
)
TABLE = Table("table_x", "Ours & theirs: 100 % of a_b.", ROWS)

MARKDOWN = r"""
Ours & theirs: 100 % of a_b.

| method name   |   test accuracy |   published | note       |
|:--------------|----------------:|------------:|:-----------|
| clseave_1     |           73.19 |             | {a}        |
| R&D \| 50%    |           -0.50 |       1e-06 | 5 #1 ~ ^ $ |
"""

LATEX = r"""
\begin{table}[htbp]
\centering
\caption{Ours \& theirs: 100 \% of a\_b.}
\label{tab:table_x}
\begin{tabular}{lrrl}
\toprule
method name & test accuracy & published & note \\
\midrule
clseave\_1 & 73.19 &  & \{a\} \\
R\&D | 50\% & -0.50 & 1e-06 & 5 \#1 \textasciitilde \space \textasciicircum \space \$ \\
\bottomrule
\end{tabular}
\end{table}
"""


def test_the_three_forms_by_hand(tmp_path: Path) -> None:
    write_formats(tmp_path, TABLE)

    assert {path.suffix[1:] for path in tmp_path.iterdir()} == {"csv", "md", "tex"}
    assert (tmp_path / "table_x.csv").read_text() == (
        "method_name,test_accuracy,published,note\n"
        "clseave_1,73.19,,{a}\n"
        "R&D | 50%,-0.50,1e-06,5 #1 ~ ^ $\n"
    )
    assert (tmp_path / "table_x.md").read_text() == MARKDOWN.lstrip()
    assert (tmp_path / "table_x.tex").read_text() == LATEX.lstrip()


def test_a_column_without_content_is_in_the_csv_only(tmp_path: Path) -> None:
    write_formats(tmp_path, Table("table_x", TABLE.caption, ROWS.assign(nothing="")))

    assert (
        (tmp_path / "table_x.csv")
        .read_text()
        .startswith("method_name,test_accuracy,published,note,nothing\n")
    )
    assert (tmp_path / "table_x.md").read_text() == MARKDOWN.lstrip()
    assert (tmp_path / "table_x.tex").read_text() == LATEX.lstrip()


def test_a_table_without_rows_keeps_its_header(tmp_path: Path) -> None:
    write_formats(tmp_path, Table("none", "Nothing.", ROWS.iloc[:0]))

    assert (tmp_path / "none.csv").read_text() == "method_name,test_accuracy,published,note\n"
    assert "method name" in (tmp_path / "none.md").read_text()
    assert "\\toprule\nmethod name &" in (tmp_path / "none.tex").read_text()


@pytest.mark.parametrize("cell", [0.5, None, "two\nlines"])
def test_a_cell_that_is_no_line_of_text_is_refused(tmp_path: Path, cell: object) -> None:
    rows = pd.DataFrame({"a": ["1", cell]}, dtype=object)

    with pytest.raises(ValueError, match=r"table bad, column a, row 2: .* is not a line of text"):
        write_formats(tmp_path, Table("bad", "", rows))
    assert not list(tmp_path.iterdir())


def test_every_special_character_of_latex_is_escaped() -> None:
    assert escape_latex(r"\{a}_%&$#~^") == (
        r"\textbackslash{}\{a\}\_\%\&\$\#\textasciitilde{}\textasciicircum{}"
    )
