"""A CLSEAVE student: a multilingual encoder whose sentence state is projected into CLIP's space.

Encoder (mBERT) -> LayerNorm -> pooling ([SEP]) -> Linear without bias (thesis section 3.3.1).
A folder of a saved student has the Hugging Face layout of its encoder with its tokenizer, and
beside it `head.safetensors` with `student.json`.
"""

from pathlib import Path
from typing import Any, Self

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from clseave_core.files import read_json, whole_folder, write_json
from clseave_core.models.clip_ve import copy_tokenizer
from clseave_core.models.loading import load_pretrained
from clseave_core.models.pooling import Pooling, pool


def _load_encoder(folder: str | Path) -> Any:
    from transformers import AutoConfig, AutoModel

    folder = str(folder)
    config = AutoConfig.from_pretrained(folder, local_files_only=True)
    options = {"add_pooling_layer": False} if config.model_type in _WITH_POOLER else {}
    return load_pretrained(AutoModel, folder, "the encoder", config=config, **options)


_WITH_POOLER = {"bert", "roberta", "xlm-roberta", "camembert"}


class Student(nn.Module):
    """Sentence encoder of one language: token ids [b, t], lengths [b] -> embeddings [b, width]."""

    def __init__(self, encoder: Any, width: int, pooling: Pooling, layer_norm: bool) -> None:
        super().__init__()
        self.encoder = encoder
        self.width, self.pooling, self.layer_norm = width, pooling, layer_norm
        size = encoder.config.hidden_size
        eps = encoder.config.layer_norm_eps
        self.norm = nn.LayerNorm(size, eps=eps) if layer_norm else nn.Identity()
        self.projection = nn.Linear(size, width, bias=False)
        self.max_length: int = encoder.config.max_position_embeddings

    @classmethod
    def start(
        cls, folder: str | Path, width: int, pooling: Pooling, layer_norm: bool, seed: int
    ) -> Self:
        """A student to train: the pretrained encoder and a fresh head drawn with `seed`."""
        encoder = _load_encoder(folder)
        torch.manual_seed(seed)
        return cls(encoder, width, pooling, layer_norm)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """A saved student, in eval mode."""
        folder = Path(folder)
        head = read_json(folder / "student.json")
        student = cls(_load_encoder(folder), head["width"], head["pooling"], head["layer_norm"])
        weights = load_file(str(folder / "head.safetensors"))
        student.projection.load_state_dict({"weight": weights["projection.weight"]})
        student.norm.load_state_dict(
            {k.removeprefix("norm."): v for k, v in weights.items() if k.startswith("norm.")}
        )
        return student.eval()

    def save(self, folder: str | Path, encoder_folder: str | Path) -> None:
        """Write the model folder, with the tokenizer of the encoder it started from."""
        with whole_folder(folder) as temporary:
            self.encoder.save_pretrained(temporary)
            copy_tokenizer(Path(encoder_folder), temporary)
            head = {f"norm.{k}": v for k, v in self.norm.state_dict().items()}
            head["projection.weight"] = self.projection.weight.detach()
            save_file(head, str(temporary / "head.safetensors"))
            settings = {
                "width": self.width, "pooling": self.pooling, "layer_norm": self.layer_norm,
            }  # fmt: skip
            write_json(temporary / "student.json", settings)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Embeddings [b, width] in the space of the teacher's, not normalised."""
        mask = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
        states = self.encoder(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        embeddings: Tensor = self.projection(pool(self.norm(states), lengths, self.pooling))
        return embeddings
