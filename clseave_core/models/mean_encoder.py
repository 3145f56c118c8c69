"""A frozen sentence encoder in the Hugging Face layout: the mean of its token states."""

from pathlib import Path

import torch
from torch import Tensor, nn

from clseave_core.models.pooling import pool
from clseave_core.models.student import load_encoder


class MeanEncoder(nn.Module):
    """Token ids [b, t], lengths [b] -> the mean of the last layer's states [b, width]."""

    def __init__(self, folder: str | Path) -> None:
        super().__init__()
        self.encoder = load_encoder(folder)
        self.width = int(self.encoder.config.hidden_size)
        self.max_length = int(self.encoder.config.max_position_embeddings)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Embeddings [b, width], not normalised."""
        mask = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
        states = self.encoder(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        return pool(states, lengths, "mean")
