"""Table 4.1 of the thesis and the systems it compares with, ours beside the published."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

import pandas as pd

from clseave_core.evaluation.references import english_reference
from clseave_core.report.accuracy_table import NOTES
from clseave_core.report.formats import Table
from clseave_core.report.published import Published, accuracies

Row = dict[str, str]
Entries = Mapping[str, Mapping[str, Any]]

CLTEAVE = ("clteave_padded", "clteave_decoder", "clteave_direct")
"""The token variant as section 4.1 evaluates it; a study has it among its comparisons."""
MEAN = "mean"
_COLUMNS = (
    "testset", "method", "language", "seeds", "test_loss", "test_accuracy", "ci_low", "ci_high",
    "gap_to_english", "published_loss", "published_accuracy", "published_protocol", NOTES,
)  # fmt: skip


def accuracy_summary(
    table: pd.DataFrame,
    comparisons: Iterable[pd.DataFrame],
    methods: Entries,
    teachers: Entries,
    published: Published,
) -> Table:
    """Table 4.1: the English model and every student, a row a language and one for their mean.

    `table` is the accuracy table as text; of several seeds the row `mean` is taken. `comparisons`
    are tables of comparisons as text, of which `CLTEAVE` is taken: they have no loss. The row of
    the mean averages the rounded rows above it and has no interval; its published accuracy is there
    only where the languages are the published ones.
    """
    rows = _rows_of_seeds(table)
    english = {english_reference(row["method"], methods, teachers) for row in rows
               if row["language"] != "en"}  # fmt: skip
    kept = [row for row in rows if row["language"] != "en" or row["method"] in english]
    kept += _token_rows(comparisons, rows, methods, teachers)
    shown: list[Row] = []
    for _, group in groupby(kept, key=lambda row: (row["testset"], row["method"])):
        of_method = [_beside(row, published) for row in group]
        shown += of_method
        if len(of_method) > 1:
            shown.append(_mean_row(of_method, published))
    return Table(
        "table_4_1_accuracy",
        "Test loss (nats) and accuracy (percent) with 95 % intervals that respect shared pictures "
        "and sentences, and the gap to English in points, beside the published values. Another "
        "protocol stands behind a published value; its name says which study follows it.",
        pd.DataFrame(shown, columns=[name for name in _COLUMNS if name != NOTES or NOTES in table]),
    )


def published_systems(
    table: pd.DataFrame, study: str, methods: Entries, teachers: Entries, published: Published
) -> Table:
    """Systems on SNLI-VE, and this study's English models on its own corpus.

    The controls that see less than the English model are there, those with other pictures or
    another image tower are not, nor is a leaked test set.
    """
    rows = [
        {
            "system": system["system"],
            "paper": system["paper"],
            "corpus": "SNLI-VE",
            "split": split,
            "inputs": system["inputs"],
            "accuracy": system[f"{split}_accuracy"],
            "source": system["source"],
        }
        for system in published.get("systems", [])
        for split in ("dev", "test")
        if f"{split}_accuracy" in system
    ]
    for row in _rows_of_seeds(table):
        entry = methods[row["method"]]
        teacher = teachers[entry["teacher"]]
        pictures = entry.get("premise", "image"), teacher.get("image_tower", "pretrained")
        if row.get(NOTES):
            continue
        if row["language"] == "en" and pictures == ("image", "pretrained"):
            rows.append(
                {
                    "system": row["method"],
                    "paper": "this study",
                    "corpus": f"that of the study {study}",
                    "split": row["testset"],
                    "inputs": _inputs(teacher),
                    "accuracy": row["test_accuracy"],
                    "source": "tables/accuracy_table.csv",
                }
            )
    columns = ["system", "paper", "corpus", "split", "inputs", "accuracy", "source"]
    return Table(
        "published_systems",
        "Accuracy (percent) of published systems on SNLI-VE and of this study's English models. "
        "Only rows with the same corpus, split and inputs can be compared.",
        pd.DataFrame(rows, columns=columns),
    )


def _rows_of_seeds(table: pd.DataFrame) -> list[Row]:
    """One row a run: the only seed, or the mean of several, with how many there are."""
    result: list[Row] = []
    keys = ("testset", "method", "language")
    for _, group in groupby(_records(table), key=lambda row: [row[key] for key in keys]):
        seeds = list(group)
        numbered = [row for row in seeds if row["seed"].isdecimal()]
        chosen = next((row for row in seeds if row["seed"] == MEAN), numbered[0])
        result.append({**chosen, "seeds": str(len(numbered))})
    return result


def _records(table: pd.DataFrame) -> list[Row]:
    return [{str(key): str(cell) for key, cell in row.items()} for row in table.to_dict("records")]


def _token_rows(
    comparisons: Iterable[pd.DataFrame], rows: Sequence[Row], methods: Entries, teachers: Entries
) -> list[Row]:
    """The rows of `CLTEAVE`, with their gap to the English rows of the accuracy table."""
    english = {(row["testset"], row["method"]): row for row in rows if row["language"] == "en"}
    found: list[Row] = []
    for comparison in comparisons:
        for row in _records(comparison):
            if row["method"] not in CLTEAVE:
                continue
            reference = english_reference(row["method"], methods, teachers)
            source = english.get((row["testset"], str(reference)))
            gap = ""
            if source is not None:
                gap = _two(Decimal(source["test_accuracy"]) - Decimal(row["accuracy"]))
            found.append({**row, "test_accuracy": row["accuracy"], "gap_to_english": gap})
    return found


def _beside(row: Row, published: Published) -> Row:
    """A row of the table; published values are those of the split `test`, unless it is leaked."""
    said: Mapping[str, float] = {}
    if row["testset"] == "test" and not row.get(NOTES):
        said = accuracies(published).get(row["method"], {}).get(row["language"], {})
    return {
        **{column: row.get(column, "") for column in _COLUMNS},
        "published_loss": f"{said['loss']:.4f}" if "loss" in said else "",
        "published_accuracy": f"{said['accuracy']:.2f}" if said else "",
        "published_protocol": published["protocol"] if said else "",
    }


def _mean_row(rows: Sequence[Row], published: Published) -> Row:
    """The mean over the languages of a method."""
    first = rows[0]
    row = dict.fromkeys(_COLUMNS, "")
    row |= {key: first[key] for key in ("testset", "method", "seeds", NOTES)} | {"language": MEAN}
    for column, places in (
        ("test_loss", "0.0001"),
        ("test_accuracy", "0.01"),
        ("gap_to_english", "0.01"),
    ):
        values = [Decimal(other[column]) for other in rows if other[column]]
        if len(values) == len(rows):
            row[column] = f"{(sum(values, Decimal(0)) / len(values)).quantize(Decimal(places)):z}"
    said = published.get("accuracy", {}).get(first["method"], {})
    languages = set(said) - {"reference", MEAN}
    alike = (
        first["testset"] == "test"
        and not first[NOTES]
        and languages == {other["language"] for other in rows}
    )
    if alike and MEAN in said:
        row["published_accuracy"] = f"{said[MEAN]['accuracy']:.2f}"
        row["published_protocol"] = published["protocol"]
    return row


def _inputs(teacher: Mapping[str, Any]) -> str:
    """What a teacher can see, in the words of the published systems."""
    seen = {
        "image": teacher.get("premise", "image") == "image",
        "hypothesis": teacher.get("hypothesis", "text") == "text",
    }
    return " + ".join(name for name, is_seen in seen.items() if is_seen)


def _two(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.01')):z}"
