"""A small CLIP, pre-trained on the world's own captioned pictures, as a Hugging Face folder."""

import io
import json
import logging
import math
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from tokenizers import pre_tokenizers
from transformers.models.clip.configuration_clip import CLIPConfig
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.clip.modeling_clip import CLIPModel
from transformers.models.clip.tokenization_clip import CLIPTokenizer

from clseave_core.corpus.pocket.pretraining import ModelSettings, reproducible, train_steps
from clseave_core.corpus.pocket.vocabulary import merge_pairs
from clseave_core.corpus.pocket.writing import PRETRAINING_FOLDER, english_texts
from clseave_core.files import whole_folder
from clseave_core.models.last_layer import (
    clip_image_embeddings,
    clip_text_embeddings,
    first_ends,
)
from clseave_core.models.pixels import normalised_pictures

logger = logging.getLogger(__name__)

START, END = "<|startoftext|>", "<|endoftext|>"
MAX_TOKENS = 32


@dataclass(frozen=True)
class TextTowerSettings(ModelSettings):
    """A small CLIP's text tower: feed-forward layers `feed_forward` times as wide as the others.

    `projection` is the width of the shared embeddings; `embedding_sd` the standard deviation that
    token, patch and place embeddings start with. CLIP's own 0.02 leaves so small a model a bag of
    words that knows no places. `logit_scale` multiplies the cosines and is fixed: learnt, it runs
    away on so easy a task and the towers stop improving.
    """

    feed_forward: int
    projection: int
    embedding_sd: float
    logit_scale: float

    def tower(self) -> dict[str, Any]:
        """What a CLIP's configuration says of the size of a tower."""
        return {
            "hidden_size": self.width,
            "intermediate_size": self.feed_forward * self.width,
            "num_hidden_layers": self.layers,
            "num_attention_heads": self.heads,
            "projection_dim": self.projection,
            "hidden_act": "relu",  # a quarter faster here than CLIP's own quick GELU
        }

    def text_tower(self, vocabulary: int, end: int, start: int, tokens: int) -> dict[str, Any]:
        """The same of its text tower; captions have at most `tokens`.

        `end` must not be 2: transformers then pools at the highest token id instead (a legacy
        rule).
        """
        if end == 2:
            raise ValueError("the end token has id 2, at which transformers pools by another rule.")
        return {
            **self.tower(),
            "vocab_size": vocabulary,
            "max_position_embeddings": tokens,
            "bos_token_id": start,
            "eos_token_id": end,
            "pad_token_id": end,
        }

    @torch.no_grad()
    def draw_embeddings(self, text_model: Any) -> None:
        """Fresh token and place embeddings, from torch's generator."""
        embeddings = text_model.embeddings
        for layer in (embeddings.token_embedding, embeddings.position_embedding):
            layer.weight.normal_(std=self.embedding_sd)


@dataclass(frozen=True)
class ClipSettings(TextTowerSettings):
    """A small CLIP: both towers of one size, pictures in patches of `patch` pixels squared."""

    patch: int


def train_tokenizer(texts: Iterable[str]) -> CLIPTokenizer:
    """CLIP's byte-level tokenizer with every word of `texts` as one token.

    As in OpenAI's vocabulary all bytes come first and the two special tokens last, so that any
    text has tokens and none of them is taken for the end.
    """
    plain = CLIPTokenizer().backend_tokenizer
    counts: Counter[str] = Counter()
    for text in texts:
        normal = plain.normalizer.normalize_str(text)
        counts.update(word for word, _ in plain.pre_tokenizer.pre_tokenize_str(normal))
    words = {(*word[:-1], f"{word[-1]}</w>"): count for word, count in counts.items()}
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = merge_pairs(words, limit=1_000_000, least=1)
    tokens = letters + [f"{letter}</w>" for letter in letters]
    tokens += [left + right for left, right in merges] + [START, END]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    pairs: Any = merges  # transformers takes pairs too, its annotation says only text
    return CLIPTokenizer(vocab=vocabulary, merges=pairs, model_max_length=MAX_TOKENS)


def image_processor(pixels: int) -> CLIPImageProcessorPil:
    """CLIP's image processor for pictures of `pixels` squared."""
    return CLIPImageProcessorPil(
        size={"shortest_edge": pixels}, crop_size={"height": pixels, "width": pixels}
    )


def new_clip(
    settings: ClipSettings, vocabulary: int, end: int, start: int, pixels: int,
    tokens: int = MAX_TOKENS,
) -> CLIPModel:  # fmt: skip
    """A CLIP with fresh weights, drawn from torch's generator; captions have at most `tokens`."""
    text = settings.text_tower(vocabulary, end, start, tokens)
    vision = {**settings.tower(), "image_size": pixels, "patch_size": settings.patch}
    model = CLIPModel(
        CLIPConfig(text_config=text, vision_config=vision, projection_dim=settings.projection)
    )
    settings.draw_embeddings(model.text_model)
    with torch.no_grad():
        embeddings = model.vision_model.embeddings
        embeddings.position_embedding.weight.normal_(std=settings.embedding_sd)
        model.logit_scale.fill_(math.log(settings.logit_scale)).requires_grad_(False)
        patch_weight = embeddings.patch_embedding.weight
        patch_weight.normal_(std=settings.embedding_sd * patch_weight[0].numel() ** -0.5)
    return model


def similarities(model: CLIPModel, tokens: torch.Tensor, pixels: torch.Tensor) -> torch.Tensor:
    """CLIP's logits [n, n] of normalised pictures [n, 3, h, w] and captions [n, t]."""
    text_config: Any = model.config.text_config
    ends = first_ends(tokens, text_config.eos_token_id)
    texts = clip_text_embeddings(model, tokens, ends)[:, 0]
    images = clip_image_embeddings(model, pixels)
    texts, images = (torch.nn.functional.normalize(part, dim=-1) for part in (texts, images))
    logits: torch.Tensor = model.logit_scale.exp() * images @ texts.T
    return logits


def contrastive_loss(logits: torch.Tensor) -> torch.Tensor:
    """CLIP's loss: picture i belongs to caption i of the `logits` [n, n], and to no other."""
    answers = torch.arange(len(logits))
    by_image = torch.nn.functional.cross_entropy(logits, answers)
    return (by_image + torch.nn.functional.cross_entropy(logits.T, answers)) / 2


def captioned_pictures(listing: Path) -> tuple[list[str], list[Image.Image]]:
    """Captions and pictures of a world, as the JSON lines beside `pictures.zip` list them."""
    rows = [json.loads(line) for line in listing.read_text(encoding="utf-8").splitlines()]
    pictures = []
    with zipfile.ZipFile(listing.with_name("pictures.zip")) as archive:
        for row in rows:
            pictures.append(Image.open(io.BytesIO(archive.read(row["image"]))).convert("RGB"))
    return [row["caption"] for row in rows], pictures


def pretrain_clip(
    world: Path, target: Path, settings: ClipSettings, seed: int, threads: int
) -> None:
    """Train a small CLIP on the captioned pictures in `world` and save it as folder `target`.

    The folder loads with CLIPModel, CLIPTokenizer and CLIPImageProcessorPil. Equal settings,
    seed, threads and processor model give equal weights.
    """
    captions, pictures = captioned_pictures(world / PRETRAINING_FOLDER / "captions.jsonl")
    # The words of the hypotheses are in the vocabulary, as they are in OpenAI's; only the words
    # of captions get trained here.
    tokenizer = train_tokenizer([*captions, *english_texts(world)])
    processor = image_processor(pictures[0].width)
    pixels = normalised_pictures(pictures, processor)
    tokens = torch.tensor(tokenizer(captions)["input_ids"])
    rng = np.random.default_rng([seed, settings.steps])
    with reproducible(seed, threads):
        model = new_clip(
            settings, len(tokenizer), tokenizer.eos_token_id, tokenizer.bos_token_id,
            pictures[0].width,
        )  # fmt: skip
        half = len(captions) // 2

        def loss_of_step(_: int) -> torch.Tensor:
            # A scene and its twin, which differs in one cell, stand in one batch: telling them
            # apart takes every cell.
            firsts = rng.choice(half, settings.batch // 2, replace=False)
            rows = torch.from_numpy(np.concatenate([firsts, firsts + half]))
            return contrastive_loss(similarities(model, tokens[rows], pixels[rows]))

        loss = train_steps(model, loss_of_step, settings, "Pre-training CLIP")
    logger.info("CLIP's last loss is %.3f (chance %.2f)", loss, np.log(settings.batch))
    with whole_folder(target) as temporary:
        model.save_pretrained(temporary)
        tokenizer.save_pretrained(temporary)
        processor.save_pretrained(temporary)
