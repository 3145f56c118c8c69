"""The docs' picture, drawn with a Latin font only."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageFont

from clseave_core.corpus.pocket.overview import MARGIN, SIDE, WIDTH, draw_overview
from tests.small_world import SETTINGS


def test_shows_scenes_beside_text(tmp_path: Path) -> None:
    default = ImageFont.load_default(17)
    assert isinstance(default, ImageFont.FreeTypeFont)
    font = tmp_path / "font.ttf"
    font.write_bytes(default.font_bytes)
    target = tmp_path / "overview.png"
    draw_overview(replace(SETTINGS, languages=("de", "nl")), target, font, scenes=3)
    with Image.open(target) as picture:
        assert picture.size == (WIDTH, MARGIN + 3 * (SIDE + MARGIN))
        beside = np.asarray(picture.convert("L"))[:, SIDE + 2 * MARGIN :]
    assert beside.max() == 255
    assert beside.min() < 60
