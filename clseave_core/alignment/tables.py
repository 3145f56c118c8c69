"""Alignment tables: a shard, all shards together, and the gold alignments of a generated world."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from clseave_core.alignment.schemas import ALIGNMENTS, Link
from clseave_core.corpus.pocket.writing import TRANSLATIONS as WORLD_TRANSLATIONS
from clseave_core.corpus.schemas import HYPOTHESES, LINK_SIDES
from clseave_core.files import read_table
from clseave_core.translation.schemas import TRANSLATIONS

if TYPE_CHECKING:  # gathering and gold need no torch, whose import is most of so short a job
    from clseave_core.alignment.aligner import WordAligner


def alignment_table(ids: Sequence[int], links: Sequence[Sequence[Link]]) -> pa.Table:
    """ALIGNMENTS of hypotheses `ids` with their links."""
    rows = [[dict(zip(LINK_SIDES, link, strict=True)) for link in of_one] for of_one in links]
    return pa.table([pa.array(ids, pa.int32()), rows], schema=ALIGNMENTS)


def align_shard(
    hypotheses: str | Path, translations: str | Path, language: str, aligner: "WordAligner",
    *, shard: int, shards: int,
) -> pa.Table:  # fmt: skip
    """ALIGNMENTS of one of `shards` parts of the hypotheses, in their order."""
    english = read_table(hypotheses, HYPOTHESES, ["hypothesis_id", "text"])
    translated = read_table(translations, TRANSLATIONS, ["hypothesis_id", "text"])
    if not english["hypothesis_id"].equals(translated["hypothesis_id"]):
        raise ValueError(
            f"{translations} does not hold the hypotheses of {hypotheses} in their order. Delete "
            "it to have it made again."
        )
    rows = np.array_split(np.arange(len(english)), shards)[shard]
    links = aligner.align(
        english["text"].iloc[rows].tolist(), translated["text"].iloc[rows].tolist(), language
    )
    return alignment_table(english["hypothesis_id"].iloc[rows].tolist(), links)


def gather_alignments(shards: Sequence[str | Path], hypotheses: str | Path) -> pa.Table:
    """All shards together, held against the ids of `hypotheses`; ValueError names shard and row."""
    expected = read_table(hypotheses, HYPOTHESES, ["hypothesis_id"])["hypothesis_id"].tolist()
    tables, start = [], 0
    for path in shards:
        part = read_table(path, ALIGNMENTS)
        for row, found in enumerate(part["hypothesis_id"].tolist()):
            wanted = expected[start + row] if start + row < len(expected) else "no more"
            if found != wanted:
                raise ValueError(
                    f"{path} row {row}: hypothesis_id {found}, expected {wanted}. Delete {path} "
                    "to have it made again."
                )
        tables.append(part)
        start += len(part)
    if start != len(expected):
        raise ValueError(
            f"the {len(shards)} shards have {start} rows, {hypotheses} has {len(expected)}. Delete "
            "the shards to have them made again."
        )
    return pa.Table.from_pandas(pd.concat(tables), schema=ALIGNMENTS, preserve_index=False)


def gold_alignments(
    hypotheses: str | Path, translations: str | Path, world_translations: str | Path
) -> pa.Table:
    """The gold alignments of a generated world as ALIGNMENTS.

    Raises ValueError when the world has no such sentence, or `translations` say it in other words.
    """
    english = read_table(hypotheses, HYPOTHESES, ["hypothesis_id", "text"])
    world = read_table(world_translations, WORLD_TRANSLATIONS, list(WORLD_TRANSLATIONS.names))
    of_text = dict(zip(world["source"], world["alignment"], strict=True))
    said = dict(zip(world["source"], world["translation"], strict=True))
    unknown = [text for text in english["text"] if text not in of_text]
    if unknown:
        raise ValueError(
            f"{world_translations} does not say {unknown[0]!r} of {hypotheses}. Generate the world "
            "again."
        )
    translated = read_table(translations, TRANSLATIONS, ["text"])["text"]
    for row, (text, found) in enumerate(zip(english["text"], translated, strict=True)):
        if found != said[text]:
            raise ValueError(
                f"{translations} row {row}: {found!r} is not the world's {said[text]!r}. Gold "
                "alignments go with the world's own translations only."
            )
    links: list[list[Link]] = []
    for text in english["text"]:
        found = [tuple(int(link[side]) for side in LINK_SIDES) for link in of_text[text]]
        links.append(sorted((a, b, c, d) for a, b, c, d in found))
    return alignment_table(english["hypothesis_id"].tolist(), links)
