"""How often tests find what is not there, in simulated test sets.

    python -m benchmarks.false_positives

prints the table of docs/evaluation.md (about two minutes).
"""

from dataclasses import dataclass

import numpy as np

from clseave_core.evaluation.differences import SIGNIFICANCE, mcnemar_p_value
from clseave_core.evaluation.equivalence import equivalence
from clseave_core.evaluation.intervals import Codes, Floats, clustered_intervals
from clseave_core.evaluation.permutation import permutation_p_value

TESTS = ("mcnemar", "bootstrap", "permutation", "equivalence")
"""The first three find a difference of methods that are equally good, the last finds a difference
within a margin that it has just reached."""
_MARGIN = 1.0
"""So wide that only its nearer end matters."""


@dataclass(frozen=True)
class World:
    """Two methods, equally good, on `n` pairs of pictures and sentences drawn at random.

    A pair is right when a normal number is above -1: what both methods share of the pair, and for
    each method alone something of the picture (standard deviation `by_picture`), of the sentence
    (`by_sentence`) and of the pair (1). So some pictures and sentences are bad for one method and
    some for the other, at random, and no method is better.
    """

    n: int
    pictures: int
    sentences: int
    by_picture: float
    by_sentence: float


WORLDS = {
    "no clusters": World(600, 5000, 5000, 0, 0),
    "bad sentences": World(600, 60, 60, 0, 1.2),
    "bad pictures": World(600, 60, 60, 1.2, 0),
    "bad pictures and sentences": World(600, 60, 60, 0.8, 0.8),
    "like held-out sentences of the pocket world": World(800, 500, 130, 0.4, 0.8),
    "few clusters": World(150, 15, 15, 0.8, 0.8),
}


def count_false_positives(
    world: World, repetitions: int, *, flips: int = 199, resamples: int = 199, seed: int = 7
) -> dict[str, int]:
    """In how many of `repetitions` test sets each test finds, at 5 %, what is not there."""
    generator = np.random.default_rng(seed)
    found = dict.fromkeys(TESTS, 0)
    for repetition in range(repetitions):
        right, images, sentences = _draw(world, generator)
        difference = right[0] - right[1]
        low, high = clustered_intervals(
            difference[None], images, sentences, resamples=resamples, seed=repetition
        )[0]
        exact = mcnemar_p_value(right[:1], right[1:])
        flipped = permutation_p_value(
            difference, images, sentences, permutations=flips, seed=repetition
        )
        near = equivalence(difference + _MARGIN, images, sentences, _MARGIN)
        found["mcnemar"] += exact is not None and exact < SIGNIFICANCE
        found["bootstrap"] += not low <= 0 <= high
        found["permutation"] += flipped <= SIGNIFICANCE
        found["equivalence"] += near.p_value < SIGNIFICANCE
    return found


def _draw(world: World, generator: np.random.Generator) -> tuple[Floats, Codes, Codes]:
    """How right two methods are, [2, n], and the picture and sentence of each pair, [n]."""
    images = generator.integers(0, world.pictures, world.n)
    sentences = generator.integers(0, world.sentences, world.n)
    level = (
        generator.standard_normal(world.n)
        + world.by_picture * generator.standard_normal((2, world.pictures))[:, images]
        + world.by_sentence * generator.standard_normal((2, world.sentences))[:, sentences]
        + generator.standard_normal((2, world.n))
    )
    return (level > -1).astype(np.float64), images, sentences


if __name__ == "__main__":
    repetitions = 2000
    print(f"| test set | {' | '.join(TESTS)} |")
    print("|---" * (len(TESTS) + 1) + "|")
    for name, world in WORLDS.items():
        counts = count_false_positives(world, repetitions, flips=999, resamples=400)
        print(f"| {name} | " + " | ".join(f"{n / repetitions:.1%}" for n in counts.values()) + " |")
