"""How often 95 % intervals of an accuracy hold the truth, in simulated test sets.

    python -m benchmarks.interval_coverage

prints the table of docs/evaluation.md (about three minutes).
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from clseave_core.evaluation.intervals import (
    Interval,
    clustered_intervals,
    pigeonhole_resamples,
    wilson_interval,
)

KINDS = ("wilson", "pigeonhole", "clustered")


@dataclass(frozen=True)
class World:
    """A test set of `pictures` x `pairs_each` pairs, its sentences drawn from `sentences`.

    A pair is right when a standard normal number is below 0.8. Pairs with the same picture have
    the share `by_picture` of its variance in common, pairs with the same sentence `by_sentence`.
    """

    pictures: int
    pairs_each: int
    sentences: int
    by_picture: float
    by_sentence: float


WORLDS = {
    "no clusters": World(60, 10, 60, 0, 0),
    "like the pocket world": World(1000, 3, 580, 0.02, 0.15),
    "like SNLI-VE": World(1000, 18, 400_000, 0.1, 0.1),
    "strong clusters": World(60, 10, 60, 0.3, 0.3),
    "few clusters": World(15, 10, 15, 0.3, 0.3),
}


def measure_coverage(
    world: World, repetitions: int, resamples: int = 400, seed: int = 5
) -> dict[str, tuple[float, float]]:
    """For each kind of interval: share that hold the truth, mean half width (in points)."""
    generator = np.random.default_rng(seed)
    truth = NormalDist().cdf(0.8)
    n = world.pictures * world.pairs_each
    held, width = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0.0)
    for _ in range(repetitions):
        images = np.repeat(np.arange(world.pictures), world.pairs_each)
        sentences = generator.integers(0, world.sentences, n)
        own = 1 - world.by_picture - world.by_sentence
        level = (
            world.by_picture**0.5 * generator.standard_normal(world.pictures)[images]
            + world.by_sentence**0.5 * generator.standard_normal(world.sentences)[sentences]
            + own**0.5 * generator.standard_normal(n)
        )
        right = (level < 0.8).astype(float)[None]
        resampled = pigeonhole_resamples(right, images, sentences, np.ones(n), resamples=resamples)
        found = (
            wilson_interval(float(right.sum()), n),
            Interval(*np.quantile(resampled, [0.025, 0.975])),
            clustered_intervals(right, images, sentences, resamples=resamples)[0],
        )
        for kind, (low, high) in zip(KINDS, found, strict=True):
            held[kind] += int(low <= truth <= high)
            width[kind] += 50 * (high - low)
    return {kind: (held[kind] / repetitions, width[kind] / repetitions) for kind in KINDS}


if __name__ == "__main__":
    print(f"| test set | {' | '.join(KINDS)} |")
    print("|---" * (len(KINDS) + 1) + "|")
    for name, world in WORLDS.items():
        cells = measure_coverage(world, repetitions=400).values()
        print(f"| {name} | " + " | ".join(f"{100 * c:.0f} % (± {w:.2f})" for c, w in cells) + " |")
