"""What a natural world is made of: every number of it, as the study's YAML says them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from clseave_core.corpus.pocket.lexicon import TEMPLATES
from clseave_core.corpus.pocket.settings import PerSplit, check_keys


@dataclass(frozen=True)
class NaturalSettings:
    """The corpus: scenes, sentences, pairs, pictures.

    `nouns`: how many of the table's nouns the world has, drawn at random.
    `covered_cells`: relative weights of scenes with 0, 1, 2, ... covered cells.
    `empty`: probability that a cell which is not covered is empty.
    `topic`, `partner`: each scene has a topic, one noun; a cell that holds an object shows the
    topic or one of its `partners` with these probabilities, else any noun. Sentences about a noun
    are judged in scenes with that topic: a noun is asked for where it and its partners are seen.
    `scenes`: how many are drawn for each split; those that no pair needs get no picture.
    `noun_sentences`, `kind_sentences`: how many sentences of each template name a noun, or kinds
    only.
    `triples`: how often a sentence occurs with each label in a split.
    `held_out_nouns_dev`, `held_out_nouns_test`: nouns held out with all their sentences.
    `held_out_dev`, `held_out_test`: shares of each template's other sentences.
    `tiles`: renderings of each noun for the image tower's training.
    `pixels`: of a picture's side. `glyph`: least and largest part of a cell's side that a glyph
    takes. `turn`: degrees at most, to either side. `noise`: standard deviation, of 255.
    """

    world_seed: int
    nouns: int
    covered_cells: tuple[float, ...]
    empty: float
    topic: float
    partner: float
    partners: int
    scenes: PerSplit
    noun_sentences: Mapping[str, int]
    kind_sentences: Mapping[str, int]
    triples: PerSplit
    held_out_nouns_dev: int
    held_out_nouns_test: int
    held_out_dev: float
    held_out_test: float
    languages: tuple[str, ...]
    tiles: int
    pixels: int
    glyph: tuple[float, float]
    turn: float
    noise: float
    jpeg_quality: int

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any], languages: tuple[str, ...]) -> Self:
        """Build from the study's `corpus.world` and the languages to say the sentences in.

        Raises ValueError naming keys that are missing or unknown, and values that cannot be.
        """
        values = {key: value for key, value in mapping.items() if key != "vocabulary"}
        check_keys(values, {field.name for field in fields(cls)} - {"languages"}, "corpus.world")
        for key in ("scenes", "triples"):
            values[key] = PerSplit(**values[key])
        values["covered_cells"] = tuple(values["covered_cells"])
        values["glyph"] = tuple(values["glyph"])
        return cls(**values, languages=tuple(languages))

    def __post_init__(self) -> None:
        for key in ("noun_sentences", "kind_sentences"):
            unknown = [name for name in getattr(self, key) if name not in TEMPLATES]
            if unknown:
                raise ValueError(
                    f"corpus.world.{key}: {unknown} is not known. Known: {', '.join(TEMPLATES)}."
                )
        held_out = self.held_out_nouns_dev + self.held_out_nouns_test
        if held_out >= self.nouns:
            raise ValueError(
                f"corpus.world: {held_out} nouns are held out of {self.nouns}; some must be left."
            )
        if self.partners % 2 or not 2 <= self.partners < self.nouns:
            raise ValueError(
                f"corpus.world.partners is {self.partners}: it must be even, at least 2 and less "
                f"than the {self.nouns} nouns."
            )
