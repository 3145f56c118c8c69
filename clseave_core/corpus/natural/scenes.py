"""Scenes of real things: each has a topic, a noun whose sentences are judged in it."""

import numpy as np
import numpy.typing as npt

from clseave_core.corpus.natural.settings import NaturalSettings
from clseave_core.corpus.pocket.scenes import CELL_COUNT, EMPTY, Scenes, cover_cells

Objects = npt.NDArray[np.int64]
"""Values of objects (1 to the number of nouns)."""


def draw_partners(settings: NaturalSettings, rng: np.random.Generator) -> Objects:
    """The partners of each noun: [nouns, partners]. A noun is a partner of its partners.

    The nouns stand in a random ring, and the nearest on both sides are partners.
    """
    ring = rng.permutation(settings.nouns)
    reach = settings.partners // 2
    partners = np.empty((settings.nouns, settings.partners), dtype=np.int64)
    for column, step in enumerate([*range(-reach, 0), *range(1, reach + 1)]):
        partners[ring, column] = np.roll(ring, -step) + 1
    return partners


def sample_scenes(
    count: int, partners: Objects, settings: NaturalSettings, rng: np.random.Generator
) -> tuple[Scenes, Objects]:
    """Draw `count` scenes: int16 [count, 4], and their topics [count], each noun equally often."""
    rounds = -(-count // settings.nouns)
    topics = np.concatenate([rng.permutation(settings.nouns) + 1 for _ in range(rounds)])[:count]
    topics = rng.permutation(topics)
    shape = (count, CELL_COUNT)
    kind = rng.random(shape)
    anything = rng.integers(1, settings.nouns + 1, shape)
    partner = partners[topics - 1][
        np.arange(count)[:, None], rng.integers(0, settings.partners, shape)
    ]
    scenes = np.where(kind < settings.topic + settings.partner, partner, anything)
    scenes = np.where(kind < settings.topic, topics[:, None], scenes).astype(np.int16)
    scenes[rng.random(shape) < settings.empty] = EMPTY
    cover_cells(scenes, settings.covered_cells, rng)
    return scenes, topics
