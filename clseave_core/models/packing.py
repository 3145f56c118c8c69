"""Sentences of a batch laid end to end in a few rows, so that hardly a token is padding.

A batch of random sentences is padded to twice its tokens. Packed, sentences share rows; each token
keeps its position within its sentence and attends to that sentence alone, so no embedding changes.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from clseave_core.models.tokens import Indices, Tokens

ROW = 48
"""Tokens of a row, or as many as the longest sentence has: longer rows waste less of themselves,
but more of what attention computes is masked. Of 32, 48 and 77 the fastest for CLIP's tower."""


@dataclass(frozen=True)
class Packed:
    """Token `ids` [r, w] and their `positions` in their sentences; the causal `mask` [r, 1, w, w],
    true where a token may attend; the columns `ends` [r, m] of the last tokens of a row's sentences
    (0 where it has fewer than m); of each sentence the row and its number there, `rows` and `slots`
    [n]."""

    ids: Tensor
    positions: Tensor
    mask: Tensor
    ends: Tensor
    rows: Tensor
    slots: Tensor


def fill_rows(lengths: Indices, width: int) -> list[list[int]]:
    """Which sentences share a row: the longest first, each into the first row with room for it."""
    rows: list[list[int]] = []
    room: list[int] = []
    for sentence in np.argsort(-lengths, kind="stable").tolist():
        length = int(lengths[sentence])
        place = next((row for row, left in enumerate(room) if left >= length), len(rows))
        if place == len(rows):
            rows.append([])
            room.append(width)
        rows[place].append(sentence)
        room[place] -= length
    return rows


def pack(tokens: Tokens, sentences: Indices, limit: int) -> Packed:
    """Pack the `sentences` [n] of `tokens` into rows of `ROW` tokens, at most a model's `limit`."""
    lengths = tokens.lengths[sentences]
    width = max(min(ROW, limit), int(lengths.max()))
    rows = fill_rows(lengths, width)
    ids: npt.NDArray[np.int64] = np.full((len(rows), width), tokens.pad_id)
    positions, owners = np.zeros_like(ids), np.full_like(ids, -1)
    ends = np.zeros((len(rows), max(map(len, rows))), np.int64)
    row_of, slot_of = np.zeros((2, len(sentences)), np.int64)
    for row, members in enumerate(rows):
        start = 0
        for slot, sentence in enumerate(members):
            first, stop = tokens.starts[sentences[sentence]], start + lengths[sentence]
            ids[row, start:stop] = tokens.flat[first : first + lengths[sentence]]
            positions[row, start:stop] = np.arange(lengths[sentence])
            owners[row, start:stop] = sentence
            ends[row, slot] = stop - 1
            row_of[sentence], slot_of[sentence] = row, slot
            start = stop
    same = torch.from_numpy(owners[:, :, None] == owners[:, None, :])
    return Packed(
        torch.from_numpy(ids), torch.from_numpy(positions), same.tril()[:, None],
        torch.from_numpy(ends), torch.from_numpy(row_of), torch.from_numpy(slot_of),
    )  # fmt: skip
