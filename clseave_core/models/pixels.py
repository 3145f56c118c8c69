"""The numbers' half of an image processor: bytes of pictures to scaled, normalised floats.

It maps each of the 256 levels of a channel to a float, so it is a table of 3 x 256 floats that the
processor itself has filled, many times as fast as the processor.
"""

from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor


def level_table(processor: Any) -> Tensor:
    """What the image processor makes of each level of each channel: float32 [3, 256]."""
    levels = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(1, 256, 3)
    table = processor(
        Image.fromarray(levels), do_resize=False, do_center_crop=False, do_pad=False
    ).pixel_values[0]
    return torch.from_numpy(np.ascontiguousarray(table[:, 0]))


def normalise(pixels: Tensor, table: Tensor) -> Tensor:
    """Scale and normalise bytes [b, 3, height, width]: float32 of the same shape."""
    channels = [table[channel][pixels[:, channel].int()] for channel in range(3)]
    return torch.stack(channels, dim=1)


def normalised_pictures(pictures: list[Image.Image], processor: Any) -> Tensor:
    """What `processor` makes of RGB pictures of the size that it gives: [b, 3, height, width]."""
    pixels = torch.from_numpy(np.stack([np.asarray(picture) for picture in pictures]))
    return normalise(pixels.permute(0, 3, 1, 2), level_table(processor))
