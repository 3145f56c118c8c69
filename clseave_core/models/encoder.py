"""Sentence encoders, and running one over many sentences without padding them all.

An encoder is any module that maps (token ids [b, t], lengths [b]) to embeddings [b, d].
"""

from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from clseave_core.embeddings import write_embeddings
from clseave_core.models.tokens import DeviceTokens, Indices, Tokens
from clseave_core.progress import Progress
from clseave_core.training.device import Compute
from clseave_core.training.planning import PlannedBatch

TOKENS_PER_BATCH = 16_384
NUMBERS_PER_BATCH = 2**21
"""What a CPU computes at once for one layer, tokens times width: it should stay in the cache."""
TOKENS_OF_WIDE_MODELS = 2_048
"""The same for wide models, of whose layers each token has thousands of numbers."""


class SentenceEncoder(Protocol):
    """What CLIP's text tower and a student have in common."""

    width: int

    def __call__(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Embeddings [b, d] of token ids [b, t], padded right, with `lengths` [b]."""
        ...


def encode_batch(
    encoder: SentenceEncoder, tokens: DeviceTokens, batch: PlannedBatch, compute: Compute
) -> Tensor:
    """Embeddings [u, d] of the sentences of a planned batch, without a word from the CPU."""
    return _encode(encoder, tokens, batch.tensors["sentences"], batch.width, compute)


def encode_rows(
    encoder: SentenceEncoder, tokens: Tokens, rows: Indices, compute: Compute, groups: int
) -> Tensor:
    """Embeddings [b, d] of the sentences `rows` [b], encoded in `groups` parts of similar length.

    The composition of a batch is left alone; only its padding shrinks.
    """
    resident = tokens.on(compute.device)
    lengths = tokens.starts[rows + 1] - tokens.starts[rows]
    by_length = np.argsort(lengths, kind="stable")
    parts = [part for part in np.array_split(by_length, groups) if len(part)]
    encoded = torch.cat([
        _encode(
            encoder, resident, compute.move(torch.from_numpy(rows[part])),
            int(lengths[part].max()), compute,
        )
        for part in parts
    ])  # fmt: skip
    return encoded[compute.move(torch.from_numpy(np.argsort(by_length)))]


def _encode(
    encoder: SentenceEncoder, tokens: DeviceTokens, rows: Tensor, width: int, compute: Compute
) -> Tensor:
    ids, lengths = tokens.pad(rows, width)
    with compute.autocast():
        return encoder(ids, lengths).float()


@torch.inference_mode()
def encode_all(
    encoder: SentenceEncoder, tokens: Tokens, compute: Compute, title: str | None = None
) -> Tensor:
    """Embeddings [n, d] (fp32) of all sentences, in their order; the encoder must be in eval mode.

    Sentences of similar length share a batch of at most `TOKENS_PER_BATCH` tokens, and on a CPU
    of at most `NUMBERS_PER_BATCH` numbers, or `TOKENS_OF_WIDE_MODELS` tokens.
    """
    budget = TOKENS_PER_BATCH
    if compute.device.type == "cpu":
        budget = min(budget, NUMBERS_PER_BATCH // encoder.width)
    if compute.wide_on_cpu:
        budget = min(budget, TOKENS_OF_WIDE_MODELS)
    by_length = np.argsort(tokens.lengths, kind="stable")
    sorted_lengths = tokens.lengths[by_length]
    resident = tokens.on(compute.device)
    order = compute.move(torch.from_numpy(by_length))
    result = torch.empty((len(tokens), encoder.width), device=compute.device)
    with Progress(title or "encode", len(tokens), "sentences", quiet=title is None) as bar:
        start = 0
        while start < len(by_length):
            stop = _batch_end(sorted_lengths, start, budget)
            rows = order[start:stop]
            width = int(sorted_lengths[stop - 1])
            result[rows] = _encode(encoder, resident, rows, width, compute)
            bar.advance(len(rows))
            start = stop
    return result


def write_sentences(
    encoder: SentenceEncoder, tokens: Tokens, target: str | Path, compute: Compute
) -> None:
    """Encode all sentences of the hypotheses table and write their embeddings."""
    write_table_of_sentences(encode_all(encoder, tokens, compute, "embed hypotheses"), target)


def write_table_of_sentences(embeddings: Tensor, target: str | Path) -> None:
    """Write embeddings [m, d], the rows of the hypotheses table, by `hypothesis_id`."""
    ids = np.arange(len(embeddings), dtype=np.int32)
    parts = [(ids, embeddings.cpu().numpy())]
    write_embeddings(target, "hypothesis_id", parts, embeddings.shape[1])


def _batch_end(sorted_lengths: Indices, start: int, budget: int) -> int:
    """The end of the longest run from `start` that stays within `budget` tokens, padded."""
    stop = start + 1
    while stop < len(sorted_lengths) and (stop + 1 - start) * int(sorted_lengths[stop]) <= budget:
        stop += 1
    return stop
