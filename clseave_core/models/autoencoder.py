"""The multilingual autoencoder between the student's token states and the teacher's.

Encoder and decoder are single-layer perceptrons (thesis section 3.2.2). A saved one is a folder
with `autoencoder.safetensors` and `autoencoder.json`.
"""

from pathlib import Path
from typing import Literal, Self

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from clseave_core.files import read_json, whole_folder, write_json

Activation = Literal["relu", "linear"]


class Perceptron(nn.Sequential):
    """Linear [.., inputs] -> [.., outputs], then ReLU (`relu`) or nothing (`linear`)."""

    def __init__(self, inputs: int, outputs: int, activation: Activation) -> None:
        linear = nn.Linear(inputs, outputs)
        super().__init__(*([linear, nn.ReLU()] if activation == "relu" else [linear]))


class Autoencoder(nn.Module):
    """`width` dimensions (mBERT's) to `inner` (CLIP's token states) and back."""

    def __init__(self, width: int, inner: int, activation: Activation) -> None:
        super().__init__()
        self.width, self.inner, self.activation = width, inner, activation
        self.encoder = Perceptron(width, inner, activation)
        self.decoder = Perceptron(inner, width, activation)

    @classmethod
    def start(cls, width: int, inner: int, activation: Activation, seed: int) -> Self:
        """One to train, drawn with `seed`."""
        torch.manual_seed(seed)
        return cls(width, inner, activation)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """A saved one, in eval mode."""
        autoencoder = cls(**read_json(Path(folder) / "autoencoder.json"))
        autoencoder.load_state_dict(load_file(str(Path(folder) / "autoencoder.safetensors")))
        return autoencoder.eval()

    def save(self, folder: str | Path) -> None:
        """Write the folder."""
        with whole_folder(folder) as temporary:
            save_file(self.state_dict(), str(temporary / "autoencoder.safetensors"))
            sizes = {"width": self.width, "inner": self.inner, "activation": self.activation}
            write_json(temporary / "autoencoder.json", sizes)

    def forward(self, states: Tensor) -> Tensor:
        """Reconstructions [n, width] of states [n, width]."""
        reconstructed: Tensor = self.decoder(self.encoder(states))
        return reconstructed
