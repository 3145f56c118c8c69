"""From the states of a sentence's tokens to one state for the sentence."""

from typing import Literal

import torch
from torch import Tensor

Pooling = Literal["end", "first", "mean", "argmax"]


def pool(states: Tensor, lengths: Tensor, pooling: Pooling, ids: Tensor | None = None) -> Tensor:
    """Pool token states [b, t, d], padded right, of sentences with `lengths` [b] into [b, d].

    `end` takes the last real token ([SEP] in BERT, end-of-text in CLIP; thesis section 3.3.1),
    `first` the first ([CLS]), `mean` the mean over the real tokens. `argmax` takes the token with
    the highest of `ids` [b, t]: right for CLIP, whose end token has it, and wrong for mBERT; the
    published evaluation did so.
    """
    places = torch.arange(len(states), device=states.device)
    if pooling == "end":
        return states[places, lengths - 1]
    if pooling == "first":
        return states[:, 0]
    real = torch.arange(states.shape[1], device=states.device) < lengths[:, None]
    if pooling == "argmax":
        if ids is None:
            raise ValueError("pooling at the highest token id needs the ids.")
        return states[places, ids.masked_fill(~real, -1).argmax(dim=1)]
    return (states * real[..., None]).sum(dim=1) / lengths[:, None]
