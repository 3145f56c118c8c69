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
from clseave_core.models.classifier import EntailmentClassifier
from clseave_core.models.clip_ve import copy_tokenizer, save_classifier
from clseave_core.models.dropout import draw_cheaply
from clseave_core.models.families import check_encoder
from clseave_core.models.head import SentenceHead
from clseave_core.models.last_layer import BERT_KINDS, bert_states_at, has_bert_layers
from clseave_core.models.loading import SDPA, load_config, load_pretrained
from clseave_core.models.pooling import Pooling, pool, pooled_places


def load_encoder(folder: str | Path) -> Any:
    """The encoder of a model folder, without a pooler, in eval mode."""
    from transformers import AutoModel

    config = load_config(folder)
    check_encoder(folder, config)
    options = {"add_pooling_layer": False, **SDPA} if config.model_type in BERT_KINDS else {}
    return load_pretrained(AutoModel, folder, "the encoder", config=config, **options)


def layer_norm_eps(folder: str | Path, encoder: Any) -> float:
    """The epsilon of the encoder's LayerNorms; ValueError where its configuration has none."""
    eps = getattr(encoder.config, "layer_norm_eps", None)
    if eps is None:
        raise ValueError(
            f"{folder}/config.json: a {encoder.config.model_type} has no layer_norm_eps, which the "
            "student's LayerNorm would take over. Write layer_norm: false for this student."
        )
    return float(eps)


class Student(nn.Module):
    """Sentence encoder of one language: token ids [b, t], lengths [b] -> embeddings [b, width]."""

    def __init__(self, encoder: Any, head: SentenceHead, pooling: Pooling) -> None:
        super().__init__()
        draw_cheaply(encoder)
        self.encoder, self.head, self.pooling = encoder, head, pooling
        self.width = head.width
        self.max_length: int = encoder.config.max_position_embeddings

    @classmethod
    def start(
        cls, folder: str | Path, width: int, pooling: Pooling, layer_norm: bool, seed: int
    ) -> Self:
        """A student to train: the pretrained encoder and a fresh head drawn with `seed`."""
        encoder = load_encoder(folder)
        torch.manual_seed(seed)
        eps = layer_norm_eps(folder, encoder) if layer_norm else None
        return cls(encoder, SentenceHead.plain(encoder.config.hidden_size, width, eps), pooling)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """A saved student, in eval mode."""
        folder = Path(folder)
        settings = read_json(folder / "student.json")
        pooling = settings.pop("pooling")
        student = cls(load_encoder(folder), SentenceHead(**settings), pooling)
        student.head.load_state_dict(load_file(str(folder / "head.safetensors")))
        return student.eval()

    def save(
        self, folder: str | Path, encoder_folder: str | Path,
        classifier: EntailmentClassifier | None = None,
    ) -> None:  # fmt: skip
        """Write the model folder, with the tokenizer of the encoder it started from.

        With `classifier` it also holds the classifier that was trained with the student.
        """
        with whole_folder(folder) as temporary:
            self.encoder.save_pretrained(temporary)
            copy_tokenizer(Path(encoder_folder), temporary)
            save_file(self.head.state_dict(), str(temporary / "head.safetensors"))
            write_json(temporary / "student.json", {"pooling": self.pooling, **self.head.sizes})
            if classifier is not None:
                save_classifier(classifier, temporary)

    def token_states(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """States [b, t, inner] of all tokens behind the bridge; those of padding mean nothing."""
        mask = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
        states = self.encoder(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        bridged: Tensor = self.head.bridge(states)
        return bridged

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Embeddings [b, width] in the space of the teacher's, not normalised."""
        if self.pooling == "mean" or not has_bert_layers(self.encoder):
            states = self.head.norm(self.token_states(ids, lengths))
            pooled = pool(states, lengths, self.pooling, ids)
        else:
            places = pooled_places(lengths, self.pooling, ids)
            states = bert_states_at(self.encoder, ids, lengths, places)
            pooled = self.head.norm(self.head.bridge(states))
        embeddings: Tensor = self.head.projection(pooled)
        return embeddings
