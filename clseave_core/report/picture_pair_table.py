"""The table of picture pairs: every method, and each student beside its English model."""

from collections.abc import Iterable, Mapping
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from clseave_core.evaluation.intervals import Floats
from clseave_core.evaluation.picture_pairs import CHANCE, PicturePairs, picture_pairs
from clseave_core.evaluation.prediction_tables import read_predictions
from clseave_core.evaluation.references import english_reference
from clseave_core.evaluation.runs import Run, run_of
from clseave_core.report.formats import Table

COLUMNS = (
    "study", "testset", "method", "setting", "language", "seeds", "sentences", "picture_pairs",
    "paired_accuracy", "paired_low", "paired_high", "single_accuracy", "english_paired_accuracy",
    "gap_to_english", "gap_low", "gap_high", "chance",
)  # fmt: skip


def picture_pair_table(
    study: Mapping[str, Any], name: str, predictions: Iterable[str | Path]
) -> Table:
    """One row for each test set, method and language, as text: percent and points.

    `study` has languages, testsets, methods and teachers; `predictions` are paths as `run_of` reads
    them. A test set without picture pairs has no row. Gaps are taken within a seed, then averaged.
    """
    files = {run_of(path): str(path) for path in predictions}
    rows: list[dict[str, str]] = []
    for testset in study["testsets"]:
        pairs, right, single = _read({r: p for r, p in files.items() if r.testset == testset})
        if len(pairs):
            for method in study["methods"]:
                for language in ("en", *study["languages"]):
                    seeds = [run for run in sorted(right) if run[:3] == (testset, method, language)]
                    if seeds:
                        numbers = _numbers(study, pairs, right, single, seeds)
                        rows.append({"study": name} | numbers)
    return Table(
        "picture_pairs",
        "Picture pairs: for one sentence two pictures with different labels, right only if both "
        "are right. Percent, gaps in points behind the English model, 95 % intervals that respect "
        "shared pictures and sentences. Guessing has 11.11, guessing two different labels 16.67, "
        "a model that does not look at the picture 0.",
        pd.DataFrame(rows, columns=list(COLUMNS)),
    )


def _read(files: Mapping[Run, str]) -> tuple[PicturePairs, dict[Run, Floats], dict[Run, float]]:
    """The picture pairs of one test set; for each run how right it is of each, and of one."""
    pairs = picture_pairs(pd.DataFrame(columns=["image_id", "hypothesis_id", "label"]))
    right: dict[Run, Floats] = {}
    single: dict[Run, float] = {}
    first = None
    for run, path in files.items():
        said = read_predictions(path, with_logits=False)
        if first is None:
            first, pairs = said, picture_pairs(said.pairs)
        if said.fingerprint != first.fingerprint:
            raise ValueError(
                f"{first.path} and {path} do not hold the same pairs. Delete them to have them "
                "made again."
            )
        right[run] = pairs.both_right(said)
        single[run] = pairs.mean((said.right[pairs.first] + said.right[pairs.second]) / 2)
    return pairs, right, single


def _numbers(
    study: Mapping[str, Any],
    pairs: PicturePairs,
    right: Mapping[Run, Floats],
    single: Mapping[Run, float],
    seeds: list[Run],
) -> dict[str, str]:
    """The columns of one method and language."""
    testset, method, language, _ = seeds[0]
    values = np.mean([right[run] for run in seeds], axis=0)
    low, high = pairs.reported_interval(values)
    row = {
        "testset": testset,
        "method": method,
        "setting": study["methods"][method]["setting"],
        "language": language,
        "seeds": str(len(seeds)),
        "sentences": str(len(np.unique(pairs.sentences))),
        "picture_pairs": str(len(pairs)),
        "paired_accuracy": _percent(pairs.mean(values)),
        "paired_low": _percent(low if isnan(low) else max(low, 0)),
        "paired_high": _percent(high if isnan(high) else min(high, 1)),
        "single_accuracy": _percent(float(np.mean([single[run] for run in seeds]))),
        "chance": _percent(CHANCE),
    } | dict.fromkeys(COLUMNS[12:16], "")
    if study["methods"][method]["setting"] != "english":
        reference = english_reference(method, study["methods"], study["teachers"])
        english = {run: run._replace(method=str(reference), language="en") for run in seeds}
        both = [run for run in seeds if english[run] in right]
        if both:
            gaps = np.mean([right[english[run]] - right[run] for run in both], axis=0)
            low, high = pairs.reported_interval(gaps)
            theirs = np.mean([right[english[run]] for run in both], axis=0)
            row |= {
                "english_paired_accuracy": _percent(pairs.mean(theirs)),
                "gap_to_english": _percent(pairs.mean(gaps)),
                "gap_low": _percent(low),
                "gap_high": _percent(high),
            }
    return row


def _percent(share: float) -> str:
    """A share in percent; empty where there is none."""
    return "" if isnan(share) else format(100 * share, "z.2f")
