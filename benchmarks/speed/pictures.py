"""Synthetic JPEGs that are as large and take as long to decode as Flickr30k's."""

from pathlib import Path

import numpy as np
from PIL import Image


def make_pictures(folder: Path, count: int, size: tuple[int, int]) -> list[str]:
    """Write `count` JPEGs of `size` (width, height); their ids. About 130 kB each at 500 x 375."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    ids = [f"{number:06d}" for number in range(count)]
    for name in ids:
        coarse = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
        smooth = np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC))
        noisy = smooth + rng.normal(0, 14, smooth.shape)
        picture = Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
        picture.save(folder / f"{name}.jpg", quality=90)
    return ids
