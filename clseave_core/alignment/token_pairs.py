"""Aligned words as tokens: from character spans to ranges of sub-words on both sides."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import torch
from torch import Tensor

from clseave_core.alignment.schemas import ALIGNMENTS
from clseave_core.models.tokens import SENTENCES_PER_CALL, Indices

logger = logging.getLogger(__name__)

SubWords = Literal["first", "all"]
Links = list[npt.NDArray[np.int64]]
"""For each sentence its links [k, 4]: start and end of the English word, of its translation."""


def read_links(path: str | Path) -> Links:
    """The links of an alignment file, one entry for each hypothesis in order.

    Raises ValueError when the file has other columns or its ids are not 0, 1, 2, ...
    """
    table = pq.read_table(path)
    known = table.schema.remove_metadata() == ALIGNMENTS
    ids = table.column("hypothesis_id").to_pylist() if known else None
    if ids != list(range(len(table))):
        raise ValueError(
            f"{path} is no alignment of hypotheses 0, 1, 2, ... Delete it to have it made again."
        )
    links = table.column("links").combine_chunks()
    sides = links.flatten().flatten()  # in the order of LINK_SIDES, as the schema has them
    flat = np.stack([side.to_numpy() for side in sides], axis=1).astype(np.int64)
    return np.split(flat, np.cumsum(links.value_lengths().to_numpy())[:-1])


def token_offsets(tokenizer: Any, sentences: Sequence[str], max_length: int) -> Links:
    """Character range [t, 2] of every token of each sentence, as `tokenize` cuts them.

    Special tokens have an empty range. Raises ValueError for a tokenizer that knows no ranges.
    """
    if not tokenizer.is_fast:
        raise ValueError(
            f"the tokenizer of {tokenizer.name_or_path} does not tell where its tokens stand in "
            "the text. Use a folder with a tokenizer.json."
        )
    max_length = min(max_length, tokenizer.model_max_length)
    offsets: Links = []
    for start in range(0, len(sentences), SENTENCES_PER_CALL):
        encoded = tokenizer(
            list(sentences[start : start + SENTENCES_PER_CALL]),
            truncation=True,
            max_length=max_length,
            return_offsets_mapping=True,
        )
        offsets += [np.asarray(of_one, dtype=np.int64) for of_one in encoded["offset_mapping"]]
    return offsets


@dataclass(frozen=True)
class TokenRanges:
    """Token ranges start:stop of one side of p links, and the link's sentence, all int64 [p]."""

    sentences: Indices
    starts: Indices
    stops: Indices

    def of(self, rows: Indices) -> tuple[Indices, Indices]:
        """The links of the sentences `rows` [b] (ascending): their numbers and place in `rows`."""
        places = np.searchsorted(rows, self.sentences)
        inside = np.flatnonzero(rows[np.minimum(places, len(rows) - 1)] == self.sentences)
        return inside, places[inside]

    def means(self, states: Tensor, links: Indices, places: Indices) -> Tensor:
        """Mean state [k, d] of each link's tokens, from the states [b, t, d] of its batch."""
        starts, lengths = self.starts[links], (self.stops - self.starts)[links]
        owner = np.repeat(np.arange(len(links)), lengths)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        device = states.device
        rows, columns = places[owner], starts[owner] + within
        picked = states[torch.from_numpy(rows).to(device), torch.from_numpy(columns).to(device)]
        sums = picked.new_zeros((len(links), states.shape[2]))
        sums = sums.index_add(0, torch.from_numpy(owner).to(device), picked)
        return sums / torch.from_numpy(lengths).to(device)[:, None]


def token_ranges(
    links: Links, source: Links, target: Links, sub_words: SubWords
) -> tuple[TokenRanges, TokenRanges]:
    """Tokens of every link on the English and on the other side.

    `source` and `target` are the token offsets of each sentence. `first` keeps the first sub-word
    of a word. A link without a token on one side (cut off by the length limit) is left out and
    counted in the log.
    """
    found: list[tuple[int, int, int, int, int]] = []
    lost = 0
    for number, (of_sentence, ours, theirs) in enumerate(zip(links, source, target, strict=True)):
        for source_start, source_end, target_start, target_end in of_sentence:
            here = _tokens_within(ours, source_start, source_end)
            there = _tokens_within(theirs, target_start, target_end)
            if here is None or there is None:
                lost += 1
                continue
            found.append((number, *here, *there))
    if lost:
        logger.warning("%d links have no token on one side and are left out", lost)
    table = np.array(found, dtype=np.int64).reshape(-1, 5)
    sides = []
    for start, stop in ((1, 2), (3, 4)):
        stops = table[:, start] + 1 if sub_words == "first" else table[:, stop]
        sides.append(TokenRanges(table[:, 0], table[:, start], stops))
    return sides[0], sides[1]


def _tokens_within(offsets: npt.NDArray[np.int64], start: int, end: int) -> tuple[int, int] | None:
    """The range of tokens that share characters with start:end, None if there is none."""
    starts, ends = offsets[:, 0], offsets[:, 1]
    inside = np.flatnonzero((starts < end) & (ends > start) & (ends > starts))
    return (int(inside[0]), int(inside[-1]) + 1) if len(inside) else None
