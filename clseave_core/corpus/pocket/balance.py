"""Pairs of scenes and sentences whose labels a sentence alone, or a picture alone, cannot tell.

Each sentence of a split occurs equally often with each label, so a hypothesis-only guess scores
exactly one third. The three pictures of such a triple have equally many covered cells where that
is possible at all (that no red circle exists anywhere can only be seen if no cell is covered);
otherwise "a cell is covered" would mean "neutral".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clseave_core.corpus.pocket.logic import Truth

TRUTHS = 3


@dataclass(frozen=True)
class Pair:
    """One example: a scene, a sentence (both by number) and the truth of one in the other."""

    scene: int
    sentence: int
    truth: int


def _triples(
    truth: Truth, profile: npt.NDArray[np.int64], wanted: int, rng: np.random.Generator
) -> list[tuple[int, int, int]]:
    """Up to `wanted` triples of scenes, one for each truth value, no scene twice."""
    order = rng.permutation(len(truth))
    candidates = [order[truth[order] == value] for value in range(TRUTHS)]
    matched: list[tuple[int, int, int]] = []
    for kind in np.unique(profile):
        alike = [scenes[profile[scenes] == kind].tolist() for scenes in candidates]
        matched += list(zip(*alike, strict=False))
    if not matched:
        unmatched = list(zip(*(scenes.tolist() for scenes in candidates), strict=False))
        return unmatched[:wanted]
    chosen = rng.permutation(len(matched))[:wanted]
    return [matched[number] for number in chosen]


def balanced_pairs(
    truths: npt.NDArray[np.int8],
    profile: npt.NDArray[np.int64],
    wanted: Sequence[int],
    rng: np.random.Generator,
) -> list[Pair]:
    """Choose pairs for one split, ordered by scene.

    `truths` [sentences, scenes]; `profile` [scenes] is what the pictures of a triple share if
    they can; `wanted` [sentences] is the number of triples. A sentence gets fewer, or none, where
    the scenes do not offer more.
    """
    pairs = [
        Pair(scene, sentence, value)
        for sentence, truth in enumerate(truths)
        for triple in _triples(truth, profile, wanted[sentence], rng)
        for value, scene in enumerate(triple)
    ]
    return sorted(pairs, key=lambda pair: (pair.scene, pair.sentence))
