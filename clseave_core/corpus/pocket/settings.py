"""What a pocket world is made of: every number of it, as the study's YAML says them."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, fields
from typing import Any, Self

from clseave_core.corpus.pocket.lexicon import COLOURS, SHAPES, TEMPLATES


def check_keys(mapping: Mapping[str, Any], expected: Set[str], where: str) -> None:
    """Raise ValueError naming what a section `where` lacks or has too many: its keys."""
    if mapping.keys() != expected:
        raise ValueError(
            f"{where}: missing keys {sorted(expected - mapping.keys())}, unknown keys "
            f"{sorted(mapping.keys() - expected)}. Correct them in the study."
        )


@dataclass(frozen=True)
class PerSplit:
    """One whole number for each split."""

    train: int
    dev: int
    test: int


@dataclass(frozen=True)
class WorldSettings:
    """The corpus: scenes, sentences, pairs, drawing.

    `covered_cells`: relative weights of scenes with 0, 1, 2, ... covered cells.
    `empty`: probability that a cell which is not covered is empty.
    `likeness`: probability that an object repeats the colour (and, drawn apart, the shape) of an
    earlier one of its scene; it makes counts and repeated things frequent enough.
    `sentences`: how many sentences of each template at most.
    `triples`: how often a sentence occurs with each label in a split.
    `held_out_dev`, `held_out_test`: shares of the sentences of each template.
    """

    world_seed: int
    colours: tuple[str, ...]
    shapes: tuple[str, ...]
    covered_cells: tuple[float, ...]
    empty: float
    likeness: float
    scenes: PerSplit
    pretraining_scenes: int
    sentences: Mapping[str, int]
    triples: PerSplit
    held_out_dev: float
    held_out_test: float
    languages: tuple[str, ...]
    pixels: int
    drawn_larger: int
    jitter_place: float
    jitter_size: float
    jitter_angle: float
    jitter_colour: float
    noise: float
    jpeg_quality: int

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any], languages: tuple[str, ...]) -> Self:
        """Build from the study's `corpus.world` and the languages to say the sentences in.

        Raises ValueError naming keys that are missing or unknown, and values that are neither.
        """
        values = {key: value for key, value in mapping.items() if key != "vocabulary"}
        check_keys(values, {field.name for field in fields(cls)} - {"languages"}, "corpus.world")
        for key in ("scenes", "triples"):
            values[key] = PerSplit(**values[key])
        for key in ("colours", "shapes", "covered_cells"):
            values[key] = tuple(values[key])
        return cls(**values, languages=tuple(languages))

    def __post_init__(self) -> None:
        for key, known in (("colours", COLOURS), ("shapes", SHAPES), ("sentences", TEMPLATES)):
            unknown = [name for name in getattr(self, key) if name not in known]
            if unknown:
                raise ValueError(
                    f"corpus.world.{key}: {unknown} is not known. Known: {', '.join(known)}."
                )
