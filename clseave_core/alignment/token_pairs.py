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
            return_attention_mask=False,
            return_token_type_ids=False,
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
    counted in the log. Raises ValueError where tokens do not follow the text.
    """
    flat, sentences = _flat(links, 4)
    sides = [
        _tokens_within(offsets, sentences, flat[:, column], flat[:, column + 1])
        for column, offsets in ((0, source), (2, target))
    ]
    kept = np.logical_and.reduce([starts < stops for starts, stops in sides])
    if not kept.all():
        logger.warning("%d links have no token on one side and are left out", (~kept).sum())
    found = [(starts[kept], stops[kept]) for starts, stops in sides]
    here, there = (
        TokenRanges(sentences[kept], starts, starts + 1 if sub_words == "first" else stops)
        for starts, stops in found
    )
    return here, there


def _flat(rows: Links, width: int) -> tuple[npt.NDArray[np.int64], Indices]:
    """All rows of all sentences [n, width], and the sentence of each [n]."""
    sentences = np.repeat(np.arange(len(rows)), [len(of_one) for of_one in rows])
    return np.concatenate([np.zeros((0, width), dtype=np.int64), *rows]), sentences


def _tokens_within(
    offsets: Links, sentences: Indices, starts: Indices, ends: Indices
) -> tuple[Indices, Indices]:
    """For each range of characters starts:ends of a sentence the range of tokens that share some.

    Where there are none the range is empty. All int64 [k].
    """
    flat, owners = _flat(offsets, 2)
    places = np.arange(len(flat)) - np.searchsorted(owners, owners)
    shown = flat[:, 0] < flat[:, 1]  # special tokens have no characters
    flat, owners, places = flat[shown], owners[shown], places[shown]
    # One axis for all texts, each with more room than it needs, so that two searches find all.
    room = 1 + max(flat.max(initial=0), ends.max(initial=0))
    token_starts, token_ends = (owners * room + side for side in flat.T)
    if (np.diff(token_starts) < 0).any() or (np.diff(token_ends) < 0).any():
        raise ValueError("a tokenizer's tokens do not follow the text. Use another tokenizer.")
    first = np.searchsorted(token_ends, sentences * room + starts, side="right")
    stop = np.searchsorted(token_starts, sentences * room + ends, side="left")
    inside = first < stop
    begin, end = np.zeros_like(first), np.zeros_like(first)
    begin[inside], end[inside] = places[first[inside]], places[stop[inside] - 1] + 1
    return begin, end
