"""Tables 1.1 and 2.1 of the thesis: the languages' distances, and the sizes of the corpora."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from clseave_core.languages import language
from clseave_core.report.formats import Table
from clseave_core.report.published import Published, where

LABELS = ("entailment", "neutral", "contradiction")
COUNTED = {
    "images": "images",
    "sentences": "distinct hypotheses",
    "repeated_sentences": "repeated hypotheses",
    "held_out_sentences": "held-out hypotheses",
    "held_out_rows": "pairs with a held-out hypothesis",
    "dropped_rows": "pairs without a label, dropped",
}
"""Keys of a split in `corpus/report.json`, and what the table calls them."""


def linguistic_distances(languages: Sequence[str], published: Published) -> Table:
    """Table 1.1 for the languages of a study: six distances from English, and the resource class.

    Distances are as printed, not recomputed; a language that the thesis does not have has none.
    """
    distances = published["linguistic_distances"]["distances"]
    classes = published["resource_classes"]["classes"]
    source = where(published["linguistic_distances"]["reference"])
    rows = []
    for code in languages:
        row = {"language": language(code).name, "code": code}
        row |= {name: _text(values.get(code)) for name, values in distances.items()}
        row["resource_class"] = _text(classes.get(code))
        row["source"] = (
            f"thesis, {source}" if any(code in row for row in distances.values()) else ""
        )
        rows.append(row)
    columns = ["language", "code", *distances, "resource_class", "source"]
    return Table(
        "table_1_1_linguistic_distances",
        "Linguistic distances from English (URIEL, through lang2vec) as the thesis prints them, "
        "and the resource class after Joshi et al. 2020 (5 = richest).",
        pd.DataFrame(rows, columns=columns),
    )


def corpus_sizes(report: Mapping[str, Any], published: Published) -> Table:
    """Table 2.1: what `corpus/report.json` counts beside SNLI and SNLI-VE as published.

    A total is that of train, dev and test, without further test sets.
    """
    splits = report["splits"]
    three = [name for name in ("train", "dev", "test") if name in splits]
    sizes = published.get("corpus_sizes", {})
    facts = published.get("corpus_facts", {})
    rows = []

    def add(quantity: str, split: str, ours: int | None, **beside: int | None) -> None:
        rows.append(
            {
                "quantity": quantity,
                "split": split,
                "ours": _text(ours),
                "published_snli": _text(beside.get("snli")),
                "published_snli_ve": _text(beside.get("snli_ve")),
            }
        )

    pairs = {name: split["rows"] for name, split in splits.items()}
    pairs["total"] = sum(pairs[name] for name in three)
    for name, count in pairs.items():
        beside = {corpus: sizes.get(corpus, {}).get(name) for corpus in ("snli", "snli_ve")}
        add("pairs", name, count, **beside)
    for label in LABELS:
        for name, split in splits.items():
            known = facts.get("labels", {}).get(name, {}).get(label)
            add(f"pairs: {label}", name, split["labels"][label], snli_ve=known)
    for key, quantity in COUNTED.items():
        for name, split in splits.items():
            known = facts.get("images", {}).get(name) if key == "images" else None
            add(quantity, name, split[key], snli_ve=known)
    return Table(
        "table_2_1_corpus_sizes",
        "Sizes of this study's corpus beside those published of SNLI and SNLI-VE. SNLI's numbers "
        "count pairs without a gold label, SNLI-VE's and ours do not.",
        pd.DataFrame(rows),
    )


def _text(value: float | int | None) -> str:
    """A number as it was printed; empty where there is none."""
    return "" if value is None else f"{value}"
