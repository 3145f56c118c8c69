"""How large a study's corpus is: counted where it is prepared, else as the study expects it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

from clseave_core.corpus.schemas import SPLITS
from clseave_core.study.loading import Study

DISTINCT_SHARE = 0.85
"""Assumed: of people's freely written hypotheses few repeat. Of the 1,150 labelled rows of XVNLI's
English test set, a subset of SNLI-VE, 1,148 are distinct; in 30 times as many pictures short
sentences must repeat more often. SNLI-VE's papers give no number."""
CELL_COUNT = 4
"""Tiles are single cells, of which a picture has so many."""
HYPOTHESIS_LENGTH = 38.0
"""Mean URL-encoded characters of those 1,148 sentences."""


@dataclass(frozen=True)
class CorpusSize:
    """Pairs by split, pictures in all, distinct English sentences and their mean encoded length.

    `basis` says what the counts rest on, `sentence_basis` what the sentences do. A count that
    nobody knows yet is NaN, and so is all that is computed from it.
    """

    pairs: Mapping[str, float]
    images: float
    sentences: float
    length: float
    basis: str
    sentence_basis: str


def expected_size(study: Study) -> CorpusSize | None:
    """The size that `corpus.expected` gives; None where it does not give all of it."""
    expected = study["corpus"].get("expected", {})
    if not set(SPLITS) <= expected.get("pairs", {}).keys() & expected.get("images", {}).keys():
        return None
    pairs = {name: int(count) for name, count in expected["pairs"].items()}
    return CorpusSize(
        pairs,
        images=sum(map(int, expected["images"].values())),
        sentences=round(DISTINCT_SHARE * sum(pairs.values())),
        length=HYPOTHESIS_LENGTH,
        basis="the study's expected counts",
        sentence_basis=f"assumed: {DISTINCT_SHARE:.0%} of the pairs' sentences are distinct",
    )


def world_size(study: Study) -> CorpusSize:
    """The size that the settings of a generated world ask for; balance may take some pairs away."""
    world = study["corpus"]["world"]
    counts = (world.get(key, {}) for key in ("sentences", "noun_sentences", "kind_sentences"))
    sentences = sum(int(count) for of_kind in counts for count in of_kind.values())
    basis = "the most that the world's settings allow"
    return CorpusSize(
        pairs={split: 3 * int(count) * sentences for split, count in world["triples"].items()},
        images=sum(map(int, world["scenes"].values())),
        sentences=sentences,
        length=HYPOTHESIS_LENGTH,
        basis=basis,
        sentence_basis=basis,
    )


def prepared_size(report: Mapping[str, Any], encoded_lengths: Iterable[int]) -> CorpusSize:
    """The size of a corpus whose `report.json` and sentences are there."""
    splits = report["splits"]
    return counted_size(
        {name: int(split["rows"]) for name, split in splits.items()},
        sum(int(split["images"]) for split in splits.values()),
        list(encoded_lengths),
        "counted: the corpus is prepared",
    )


def counted_size(
    pairs: Mapping[str, int], images: int, encoded_lengths: Sequence[int], basis: str
) -> CorpusSize:
    """The size of a corpus that was counted; `encoded_lengths` are those of its sentences."""
    return CorpusSize(
        pairs=pairs,
        images=images,
        sentences=len(encoded_lengths),
        length=sum(encoded_lengths) / max(len(encoded_lengths), 1),
        basis=basis,
        sentence_basis=basis,
    )


def unknown_size(splits: Iterable[str]) -> CorpusSize:
    """The size of a corpus that is still to come and of which no counts are expected."""
    basis = "not known before the annotations are here (corpus.expected can give it)"
    return CorpusSize(dict.fromkeys(splits, nan), nan, nan, HYPOTHESIS_LENGTH, basis, basis)


def drawn_pictures(world: Mapping[str, Any]) -> tuple[float, float]:
    """A generated world's pictures, as so many of 32 pixels: for pretraining, and the corpus's."""
    tiles = world.get("tiles", 0) * world.get("nouns", 0) / CELL_COUNT
    size = (world["pixels"] / 32) ** 2
    pretraining = (world.get("pretraining_scenes", 0) + tiles) * size
    return float(pretraining), float(sum(world["scenes"].values()) * size)
