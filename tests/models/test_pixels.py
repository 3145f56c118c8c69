"""Pictures through the table of an image processor are what the processor makes of them."""

import numpy as np
import torch
from PIL import Image

from clseave_core.corpus.natural import clip as natural
from clseave_core.corpus.pocket import clip as pocket
from clseave_core.models.pixels import normalised_pictures


def test_pictures_are_as_the_processor_makes_them() -> None:
    rng = np.random.default_rng(0)
    pictures = [
        Image.fromarray(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)) for _ in range(3)
    ]
    for processor in (pocket.image_processor(16), natural.image_processor(16)):
        expected = processor(images=pictures, return_tensors="pt").pixel_values
        assert torch.equal(normalised_pictures(pictures, processor), expected)
