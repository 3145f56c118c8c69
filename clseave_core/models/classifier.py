"""The classifier of CLIP-VE: from an image and a sentence embedding to three logits.

Method: thesis section 3.1.2; `docs/method.md` says which of its variants this is.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from clseave_core.labels import LABELS
from clseave_core.models.dropout import Dropout


def combine(image: Tensor, text: Tensor) -> Tensor:
    """The features [p, h, |p - h|, p * h] of embeddings p, h of shape [b, d]: [b, 4 d]."""
    return torch.cat([image, text, (image - text).abs(), image * text], dim=1)


class EntailmentClassifier(nn.Module):
    """Two hidden layers between two batch normalisations, over the combined unit embeddings.

    dropout(p / |p|), dropout(h / |h|) -> combine -> BatchNorm, dropout -> Linear, ReLU ->
    Linear, ReLU -> BatchNorm, dropout -> Linear -> logits [b, 3], in the order of `LABELS`.
    """

    def __init__(self, width: int, hidden: int = 128, dropout: float = 0.1) -> None:
        super().__init__()
        self.width, self.hidden, self.dropout = width, hidden, dropout
        self.embedding_dropout = Dropout(dropout)
        self.layers = nn.Sequential(
            nn.BatchNorm1d(4 * width),
            Dropout(dropout),
            nn.Linear(4 * width, hidden),
            nn.ReLU(),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.BatchNorm1d(hidden),
            Dropout(dropout),
            nn.Linear(hidden, len(LABELS)),
        )

    def forward(self, image: Tensor, text: Tensor) -> Tensor:
        """Logits [b, 3] of image and text embeddings [b, d], which need not be normalised."""
        image = self.embedding_dropout(functional.normalize(image, dim=1))
        text = self.embedding_dropout(functional.normalize(text, dim=1))
        logits: Tensor = self.layers(combine(image, text))
        return logits
