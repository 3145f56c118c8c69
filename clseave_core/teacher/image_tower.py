"""The frozen image tower of a model folder, with the preprocessing that the model was made for.

Preprocessing is the model's own image processor under its PIL backend, asked for by name: the
torchvision backend gives other numbers. It runs in two halves. The pictures' half (resize, crop)
gives bytes, a quarter of the memory that waits between the workers and the tower; the numbers'
half (scale, normalise) is a table. Both halves together are compared with the processor when a
tower is loaded.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from clseave_core.models.families import check_clip
from clseave_core.models.last_layer import clip_image_embeddings
from clseave_core.models.loading import load_config, load_pretrained
from clseave_core.models.pixels import level_table, normalise
from clseave_core.teacher.image_preparation import Pixels
from clseave_core.training.device import Compute

Weights = Literal["pretrained", "random"]
MAX_ASPECT = 100
"""A narrower picture is refused: resized by its shorter edge it would take gigabytes."""


def _tower_class(folder: Path, config: Any) -> tuple[Any, Callable[[Any, Tensor], Tensor]]:
    """The class of the image tower, and what gives its embeddings, projected, of pictures."""
    check_clip(folder, config, {"clip"}, "a teacher's image tower")
    if getattr(config.vision_config, "image_tower", None) == "cells":
        from clseave_core.models.cell_tower import CellTower

        return CellTower, lambda model, pixels: model(pixels).image_embeds
    from transformers.models.clip.modeling_clip import CLIPVisionModelWithProjection

    return CLIPVisionModelWithProjection, clip_image_embeddings


def _load_model(
    folder: Path, weights: Weights, seed: int
) -> tuple[Any, Callable[[Any, Tensor], Tensor]]:
    config = load_config(folder)
    tower, embed = _tower_class(folder, config)
    vision = config.vision_config
    vision.projection_dim = config.projection_dim  # the folder's, where the two differ
    if weights == "random":
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return tower(vision), embed
    return load_pretrained(tower, folder, "the image tower", config=vision), embed


def _noise(width: int, height: int) -> Image.Image:
    levels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(levels)


def _channels_first(picture: Image.Image) -> Pixels:
    return np.moveaxis(np.array(picture), -1, 0)


class ImageTower:
    """A frozen image tower on its device: pictures to embeddings of `width` dimensions.

    `weights` "random" is the same architecture as freshly initialised by the model's own rule with
    `seed`: the control that shows what pretraining of the image tower is worth. That rule draws
    position embeddings small (standard deviation `initializer_range`, .02 in CLIP), so that an
    untrained CLIP is nearly a bag of patches; a folder whose configuration sets another
    `initializer_range` is drawn with that.

    Raises ValueError when the folder's model is of a kind that is not known or lacks weights.
    """

    def __init__(
        self, folder: str | Path, compute: Compute, weights: Weights = "pretrained", seed: int = 0
    ) -> None:
        from transformers.models.auto.image_processing_auto import AutoImageProcessor

        folder = Path(folder)
        self._compute = compute
        model, self._embed = _load_model(folder, weights, seed)
        self._model = model.eval().to(compute.device)
        compute.multiply_for(self._model.config.hidden_size)
        try:
            self._processor = AutoImageProcessor.from_pretrained(
                folder, backend="pil", local_files_only=True, trust_remote_code=False
            )
        except (OSError, KeyError, TypeError, ValueError, AttributeError, ImportError) as error:
            raise ValueError(
                f"{folder} has no image processor that can be read: {error}. Put the model's own "
                "preprocessor_config.json there."
            ) from error
        self.width = int(self._model.config.projection_dim)
        self._table = level_table(self._processor).to(compute.device)
        self._kept_size: tuple[int, int] | None = None
        picture = _noise(120, 90)
        self._check_preprocessing(folder, picture)
        height, width = self.pixels(picture).shape[1:]
        ready = _noise(width, height)
        if np.array_equal(self.pixels(ready), _channels_first(ready)):
            self._kept_size = ready.size

    def _check_preprocessing(self, folder: Path, picture: Image.Image) -> None:
        ours = self.normalise(torch.from_numpy(self.pixels(picture)[None]))[0].cpu().numpy()
        if not np.array_equal(ours, self._processor(picture).pixel_values[0]):
            raise ValueError(
                f"{folder}/preprocessor_config.json: this image processor does more than resize, "
                "crop, scale and normalise, which clseave_core/teacher/image_tower.py cannot do. "
                "Choose another model."
            )

    def pixels(self, picture: Image.Image) -> Pixels:
        """Resize and crop one RGB picture: bytes [3, height, width]. Safe to call in threads.

        Raises ValueError when the picture is too narrow.
        """
        if picture.size == self._kept_size:  # as the processor would, in a tenth of the time
            return _channels_first(picture)
        if max(picture.size) > MAX_ASPECT * min(picture.size):
            raise ValueError(
                f"it has {picture.width} x {picture.height} pixels, narrower than 1:{MAX_ASPECT}"
            )
        result: Pixels = self._processor(
            picture, do_rescale=False, do_normalize=False
        ).pixel_values[0]
        return result

    def normalise(self, pixels: Tensor) -> Tensor:
        """Scale and normalise bytes [b, 3, height, width]: float32 of the same shape."""
        return normalise(pixels, self._table)

    @torch.inference_mode()
    def embed(self, pixels: Tensor) -> Tensor:
        """Embeddings [b, width], float32 on the CPU, not normalised, of bytes [b, 3, h, w]."""
        with self._compute.autocast():
            values = self.normalise(self._compute.move(pixels))
            return self._embed(self._model, values).float().cpu()
