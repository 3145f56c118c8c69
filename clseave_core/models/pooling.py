"""From the states of a sentence's tokens to one state for the sentence."""

from typing import Literal

import torch
from torch import Tensor

Pooling = Literal["end", "first", "mean", "argmax"]


def pool(states: Tensor, lengths: Tensor, pooling: Pooling, ids: Tensor | None = None) -> Tensor:
    """Pool token states [b, t, d], padded right, of sentences with `lengths` [b] into [b, d].

    `mean` takes the mean over the real tokens, the others one token (`pooled_places`).
    """
    if pooling == "mean":
        real = torch.arange(states.shape[1], device=states.device) < lengths[:, None]
        return (states * real[..., None]).sum(dim=1) / lengths[:, None]
    rows = torch.arange(len(states), device=states.device)
    return states[rows, pooled_places(lengths, pooling, ids)]


def pooled_places(
    lengths: Tensor, pooling: Literal["end", "first", "argmax"], ids: Tensor | None = None
) -> Tensor:
    """The place [b] of the token whose state stands for a sentence of `lengths` [b].

    `end` is the last real token ([SEP] in BERT, end-of-text in CLIP; thesis section 3.3.1), `first`
    the first ([CLS]). `argmax` is the token with the highest of `ids` [b, t]: right for CLIP, whose
    end token has it, and wrong for mBERT; the published evaluation did so.
    """
    if pooling == "end":
        return lengths - 1
    if pooling == "first":
        return torch.zeros_like(lengths)
    if ids is None:
        raise ValueError("pooling at the highest token id needs the ids.")
    real = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
    return ids.masked_fill(~real, -1).argmax(dim=1)
