"""An image tower for pictures of a grid of cells: frozen ImageNet features of each cell, projected.

It takes the place of CLIP's vision transformer in a model folder whose vision configuration says
`image_tower: cells`. Only the projections are trained (clseave_core/corpus/natural/clip.py).
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from transformers.modeling_utils import PreTrainedModel
from transformers.models.clip.configuration_clip import CLIPVisionConfig

from clseave_core.models.efficientnet_lite import FEATURES, EfficientNetLite0

CELLS_AT_ONCE = 32
"""More are slower: their states no longer fit a core's cache."""


@dataclass(frozen=True)
class TowerOutput:
    """`image_embeds` [b, d], as transformers' towers name it."""

    image_embeds: Tensor


class CellTower(PreTrainedModel):  # type: ignore[misc,no-any-unimported]
    """Pictures of `grid` x `grid` cells to embeddings of `projection_dim` dimensions.

    The vision configuration says `grid` and `projection_dim`. An embedding is that of its cells
    side by side, each projected alike, so that a classifier can look at one cell (docs/natural.md).
    """

    config_class = CLIPVisionConfig
    main_input_name = "pixel_values"

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.grid = int(config.grid)
        self.backbone = EfficientNetLite0()
        self.cell_projection = nn.Linear(FEATURES, config.projection_dim // self.grid**2)
        self._pool: ThreadPoolExecutor | None = None
        self.post_init()  # type: ignore[no-untyped-call]

    def _init_weights(self, module: nn.Module) -> None:
        """Draw convolutions by He's rule; PyTorch's own lets a deep tower's signal vanish."""
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)

    def cell_features(self, pixel_values: Tensor) -> Tensor:
        """Frozen features [n, 1280] of normalised cells [n, 3, side, side]."""
        cells = pixel_values.contiguous(memory_format=torch.channels_last)
        return torch.cat(self._by_threads(cells.split(CELLS_AT_ONCE)))

    def _by_threads(self, parts: Sequence[Tensor]) -> list[Tensor]:
        """The backbone's features of each part; on a CPU each thread takes whole parts.

        Layers of so few numbers are not worth sharing: threads would wait for each other at each.
        """
        autocast = torch.is_autocast_enabled("cpu")

        def features(part: Tensor) -> Tensor:
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=autocast):
                result: Tensor = self.backbone(part)
                return result

        threads = torch.get_num_threads()
        if threads == 1 or parts[0].device.type != "cpu":
            return [features(part) for part in parts]
        if self._pool is None:
            self._pool = ThreadPoolExecutor(threads, initializer=partial(torch.set_num_threads, 1))
        return list(self._pool.map(features, parts))

    def embed_cells(self, features: Tensor) -> Tensor:
        """Embeddings [b, d] of cells' features [b, cells, 1280] in reading order."""
        embeddings: Tensor = self.cell_projection(features).flatten(1)
        return embeddings

    def forward(self, pixel_values: Tensor) -> TowerOutput:
        """Embeddings of normalised pictures [b, 3, height, width]."""
        count, channels, height, width = pixel_values.shape
        tall, wide = height // self.grid, width // self.grid
        cells = pixel_values.reshape(count, channels, self.grid, tall, self.grid, wide)
        cells = cells.permute(0, 2, 4, 1, 3, 5).reshape(-1, channels, tall, wide)
        features = self.cell_features(cells).reshape(count, self.grid**2, FEATURES)
        return TowerOutput(self.embed_cells(features))
