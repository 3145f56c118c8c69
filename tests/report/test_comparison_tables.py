from pathlib import Path

import pandas as pd

from clseave_core.evaluation.comparisons import COLUMNS as ANSWERS
from clseave_core.files import write_csv
from clseave_core.report.comparison_tables import COLUMNS, comparison_tables
from clseave_core.report.formats import write_formats


def answer(family: str, **cells: str) -> dict[str, str]:
    return dict.fromkeys(ANSWERS, "") | {"family": family, "sentences": "all"} | cells


def test_a_table_holds_the_rows_of_its_family_about_all_pairs(tmp_path: Path) -> None:
    rows = [
        answer("pooling", to_method="first", from_method="clseave", p_holm="0.02"),
        answer("pooling", to_method="first", sentences="held_out"),
        answer("pooling_against_english", to_method="first"),
        answer("pooling", to_method="mean", to_accuracy="81.50", to_low="80.10", question="a -> b"),
    ]
    write_csv(tmp_path / "comparisons.csv", pd.DataFrame(rows))

    pooling, empty = comparison_tables(tmp_path / "comparisons.csv", ["pooling", "clteave"])

    assert (pooling.name, empty.name) == ("pooling", "clteave")
    assert list(pooling.rows.columns) == list(empty.rows.columns) == list(COLUMNS)
    first, second = pooling.rows.to_dict("records")
    assert (first["method"], first["reference"], first["p_holm"]) == ("first", "clseave", "0.02")
    assert (second["method"], second["accuracy"], second["ci_low"]) == ("mean", "81.50", "80.10")
    assert second["differs_in"] == "a -> b"
    assert empty.rows.empty


def test_where_nothing_was_compared_a_table_has_no_row(tmp_path: Path) -> None:
    write_csv(tmp_path / "comparisons.csv", pd.DataFrame(columns=list(ANSWERS)))

    (table,) = comparison_tables(tmp_path / "comparisons.csv", ["rivals"])
    write_formats(tmp_path, table)

    assert table.rows.empty
    assert (tmp_path / "rivals.csv").read_text().strip() == ",".join(COLUMNS)
