"""Shares of pairs in groups of pairs: by length, by template, by label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from clseave_core.evaluation.intervals import wilson_interval
from clseave_core.evaluation.prediction_tables import Codes
from clseave_core.labels import LABELS
from clseave_core.report.figures.numbers.answers import Truths

LEAST_PAIRS = 30
"""A group of fewer pairs says too little to be drawn."""
LEAST_SHARE = 0.01
"""Nor is one drawn that has less than this share of all pairs."""

Groups = Mapping[str, Truths]
"""Name -> whether each pair is in the group: [n]. A pair may be in several groups, or none."""


class Share(NamedTuple):
    """Percent of a group's pairs: mean over seeds, its Wilson interval, and each seed's own."""

    percent: float
    low: float
    high: float
    seeds: tuple[float, ...]


@dataclass(frozen=True)
class GroupedShares:
    """`names` of groups, their numbers of pairs, and by language one share a group."""

    names: list[str]
    counts: list[int]
    shares: dict[str, list[Share]]


def share_of(true: Truths) -> Share:
    """The share of true values in [seeds, n], n > 0; a pair counts with its share of seeds.

    The interval takes pairs for independent.
    """
    seeds = 100 * true.mean(axis=1)
    low, high = wilson_interval(float(true.mean(axis=0).sum()), true.shape[1])
    return Share(float(seeds.mean()), 100 * low, 100 * high, tuple(seeds.tolist()))


def grouped_shares(true: Mapping[str, Truths], groups: Groups) -> GroupedShares:
    """Shares of true values by language and group; groups without a pair are left out."""
    filled = {name: members for name, members in groups.items() if members.any()}
    return GroupedShares(
        list(filled),
        [int(members.sum()) for members in filled.values()],
        {
            language: [share_of(values[:, members]) for members in filled.values()]
            for language, values in true.items()
        },
    )


def length_groups(words: Codes) -> Groups:
    """Groups of neighbouring lengths [n] in words, each of at least `LEAST_PAIRS` pairs and 1 %.

    Lengths are joined from the shortest on; what is left of the longest joins the last group.
    Named `4`, `5-6`, or for the last, if several lengths, `17+`.
    """
    least = max(LEAST_PAIRS, LEAST_SHARE * len(words))
    lengths, counts = np.unique(words, return_counts=True)
    ranges: list[tuple[int, int]] = []
    start, pairs = 0, 0
    for place, count in enumerate(counts.tolist()):
        pairs += count
        if pairs >= least:
            ranges.append((start, place))
            start, pairs = place + 1, 0
    if pairs and ranges:
        ranges[-1] = (ranges[-1][0], len(lengths) - 1)
    elif pairs:
        ranges = [(0, len(lengths) - 1)]
    groups = {}
    for low, high in [(int(lengths[a]), int(lengths[b])) for a, b in ranges]:
        last = high == lengths[-1] and len(ranges) > 1
        name = str(low) if low == high else f"{low}+" if last else f"{low}–{high}"
        groups[name] = (words >= low) & (words <= high)
    return groups


def template_groups(templates: Sequence[str | None]) -> Groups:
    """One group a template, in alphabetical order; none for a corpus without templates."""
    names = np.array(["" if pd.isna(name) else name for name in templates], dtype=object)
    return {name: names == name for name in sorted(set(names.tolist()) - {""})}


def label_groups(labels: Codes) -> Groups:
    """All pairs, and those of each gold label."""
    groups = {"all": np.ones(len(labels), dtype=bool)}
    return groups | {name: labels == code for code, name in enumerate(LABELS)}
