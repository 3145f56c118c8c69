"""CLIP-VE: CLIP's text tower and a classifier over its embeddings and those of the frozen images.

A folder of a saved model has the Hugging Face layout of a `CLIPTextModelWithProjection` with its
tokenizer, and beside it `classifier.safetensors` with `classifier.json`.
"""

import shutil
from pathlib import Path
from typing import Any, Self

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from clseave_core.files import read_json, whole_folder, write_json
from clseave_core.models.classifier import EntailmentClassifier
from clseave_core.models.families import CLIP_TEXT, check_clip
from clseave_core.models.last_layer import clip_text_embeddings
from clseave_core.models.loading import SDPA, load_config, load_pretrained
from clseave_core.models.packing import Packed
from clseave_core.models.pooling import pooled_places

TOKENIZER_FILES = (
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.json",
    "merges.txt", "vocab.txt", "added_tokens.json",
)  # fmt: skip


def copy_tokenizer(source: Path, target: Path) -> None:
    """Copy the tokenizer of one model folder into another."""
    for name in TOKENIZER_FILES:
        if (source / name).exists():
            shutil.copyfile(source / name, target / name)


class ClipTextTower(nn.Module):
    """CLIP's text tower with its projection.

    The end-of-text state is taken by position, and not by transformers' own rule, which pools at
    argmax(input_ids) wherever a configuration still has the legacy `eos_token_id` 2.
    """

    def __init__(self, folder: str | Path) -> None:
        from transformers.models.clip.modeling_clip import CLIPTextModelWithProjection

        super().__init__()
        config = load_config(folder)
        check_clip(folder, config, CLIP_TEXT, "a teacher's text tower")
        if config.model_type == "clip":
            config.text_config.projection_dim = config.projection_dim  # as in CLIPModel
            config = config.text_config
        self.clip = load_pretrained(
            CLIPTextModelWithProjection, folder, "CLIP's text tower", config=config, **SDPA
        )
        self.width = self.clip.text_projection.out_features
        self.max_length = int(self.clip.config.max_position_embeddings)

    @property
    def final_norm(self) -> nn.LayerNorm:
        """The LayerNorm between the last layer's token states and the projection."""
        norm: nn.LayerNorm = self.clip.text_model.final_layer_norm
        return norm

    def token_states(self, ids: Tensor) -> Tensor:
        """States [b, t, hidden] of the last layer, before `final_norm`: CLTEAVE's targets."""
        caught: list[Tensor] = []
        hook = self.final_norm.register_forward_pre_hook(lambda _, inputs: caught.append(inputs[0]))
        try:
            self.clip.text_model(input_ids=ids)
        finally:
            hook.remove()
        return caught[0]

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Embeddings [b, d], not normalised, of token ids [b, t] with `lengths` [b]."""
        # Attention is causal and the end token is the last real one: padding is never seen.
        places = pooled_places(lengths, "end")[:, None]
        return clip_text_embeddings(self.clip, ids, places)[:, 0]

    def packed(self, batch: Packed) -> Tensor:
        """Embeddings [n, d], not normalised, of the sentences of a packed batch."""
        embeddings = clip_text_embeddings(
            self.clip, batch.ids, batch.ends, batch.positions, batch.mask
        )
        return embeddings[batch.rows, batch.slots]


class EntailmentModel(nn.Module):
    """A sentence encoder and a classifier that are trained together on labelled pairs.

    `text` is any module that `clseave_core.models.encoder` runs: a text tower or a student.
    """

    def __init__(self, text: Any, classifier: EntailmentClassifier) -> None:
        super().__init__()
        self.text, self.classifier = text, classifier

    @classmethod
    def with_fresh_classifier(cls, text: Any, seed: int) -> Self:
        """`text` with a classifier drawn with `seed`."""
        torch.manual_seed(seed)
        return cls(text, EntailmentClassifier(text.width))


class ClipVE(EntailmentModel):
    """The text tower and the classifier that CLIP-VE trains together."""

    @classmethod
    def start(cls, clip_folder: str | Path, seed: int) -> Self:
        """A model to train: CLIP's pretrained tower and a fresh classifier drawn with `seed`."""
        return cls.with_fresh_classifier(ClipTextTower(clip_folder), seed)

    def save(self, folder: str | Path, clip_folder: str | Path) -> None:
        """Write the model folder, with the tokenizer of the CLIP it started from."""
        with whole_folder(folder) as temporary:
            self.text.clip.save_pretrained(temporary)
            copy_tokenizer(Path(clip_folder), temporary)
            save_classifier(self.classifier, temporary)


def save_classifier(classifier: EntailmentClassifier, folder: Path) -> None:
    """Write a classifier into the folder of its model."""
    save_file(classifier.state_dict(), str(folder / "classifier.safetensors"))
    sizes = {
        "width": classifier.width, "hidden": classifier.hidden, "dropout": classifier.dropout,
    }  # fmt: skip
    write_json(folder / "classifier.json", sizes)


def load_classifier(folder: str | Path) -> EntailmentClassifier:
    """The classifier in a model's folder, in eval mode; what encodes sentences is left on disk."""
    folder = Path(folder)
    classifier = EntailmentClassifier(**read_json(folder / "classifier.json"))
    classifier.load_state_dict(load_file(str(folder / "classifier.safetensors")))
    return classifier.eval()
