"""From the states of a sentence's tokens to one state for the sentence."""

from typing import Literal

import torch
from torch import Tensor

Pooling = Literal["end", "first", "mean"]


def pool(states: Tensor, lengths: Tensor, pooling: Pooling) -> Tensor:
    """Pool token states [b, t, d], padded right, of sentences with `lengths` [b] into [b, d].

    `end` takes the last real token ([SEP] in BERT, end-of-text in CLIP; thesis section 3.3.1),
    `first` the first ([CLS]), `mean` the mean over the real tokens.
    """
    if pooling == "end":
        return states[torch.arange(len(states), device=states.device), lengths - 1]
    if pooling == "first":
        return states[:, 0]
    real = torch.arange(states.shape[1], device=states.device) < lengths[:, None]
    return (states * real[..., None]).sum(dim=1) / lengths[:, None]
