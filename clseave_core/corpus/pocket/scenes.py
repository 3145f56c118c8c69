"""Scenes: what stands in the four cells of a picture, as small integers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from clseave_core.corpus.pocket.lexicon import COLOURS, SHAPES
from clseave_core.corpus.pocket.settings import WorldSettings

Scenes = npt.NDArray[np.signedinteger[Any]]
"""Whole numbers [scenes, cells]: `COVERED`, `EMPTY`, or the value of an object (`value_of`)."""

COVERED = -1
EMPTY = 0
CELL_COUNT = 4


@dataclass(frozen=True)
class Thing:
    """A noun phrase: a shape of a colour; None says nothing of colour or shape."""

    colour: str | None
    shape: str | None

    def values(self) -> tuple[int, ...]:
        """The values of the objects that the phrase describes, ascending."""
        colours = COLOURS if self.colour is None else (self.colour,)
        shapes = SHAPES if self.shape is None else (self.shape,)
        return tuple(sorted(value_of(colour, shape) for colour in colours for shape in shapes))


def value_of(colour: str, shape: str) -> int:
    """The integer that stands for one object."""
    return 1 + COLOURS.index(colour) * len(SHAPES) + SHAPES.index(shape)


def object_of(value: int) -> tuple[str, str]:
    """Colour and shape of an object's value."""
    colour, shape = divmod(value - 1, len(SHAPES))
    return COLOURS[colour], SHAPES[shape]


def _like_earlier(
    drawn: npt.NDArray[np.int64], repeats: npt.NDArray[np.bool_], rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Let a cell that `repeats` take the attribute of a random earlier cell of its scene."""
    result = drawn.copy()
    rows = np.arange(len(drawn))
    for cell in range(1, drawn.shape[1]):
        earlier = result[rows, rng.integers(0, cell, len(drawn))]
        result[:, cell] = np.where(repeats[:, cell], earlier, drawn[:, cell])
    return result


def cover_cells(scenes: Scenes, weights: tuple[float, ...], rng: np.random.Generator) -> None:
    """Cover 0, 1, 2, ... random cells of each scene, as often as `weights` say; in place."""
    count = len(scenes)
    shares = np.array(weights) / np.sum(weights)
    covered = rng.choice(len(shares), size=count, p=shares)
    rank = rng.permuted(np.tile(np.arange(CELL_COUNT), (count, 1)), axis=1)
    scenes[rank < covered[:, None]] = COVERED


def sample_scenes(count: int, settings: WorldSettings, rng: np.random.Generator) -> Scenes:
    """Draw `count` scenes: int8 [count, 4]."""
    shape = (count, CELL_COUNT)
    attributes = []
    for known, used in ((COLOURS, settings.colours), (SHAPES, settings.shapes)):
        numbers = np.array([known.index(name) for name in used])
        drawn = numbers[rng.integers(0, len(numbers), shape)]
        attributes.append(_like_earlier(drawn, rng.random(shape) < settings.likeness, rng))
    colours, shapes = attributes
    scenes = 1 + colours * len(SHAPES) + shapes
    scenes[rng.random(shape) < settings.empty] = EMPTY
    cover_cells(scenes, settings.covered_cells, rng)
    return scenes.astype(np.int8)
