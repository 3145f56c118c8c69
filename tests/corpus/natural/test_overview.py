"""The docs' picture, drawn with a Latin font only."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageFont

from clseave_core.corpus.natural.overview import draw_overview
from clseave_core.corpus.natural.settings import NaturalSettings
from clseave_core.corpus.pocket.overview import LINE, MARGIN, SIDE, WIDTH
from tests.corpus.natural.test_world import WORLD


def test_shows_scenes_beside_text_and_the_credit(tmp_path: Path) -> None:
    default = ImageFont.load_default(17)
    assert isinstance(default, ImageFont.FreeTypeFont)
    font = tmp_path / "font.ttf"
    font.write_bytes(default.font_bytes)
    target = tmp_path / "overview.png"
    draw_overview(NaturalSettings.from_mapping(WORLD, ("de", "nl")), target, font, scenes=3)
    with Image.open(target) as picture:
        assert picture.size == (WIDTH, MARGIN + 3 * (SIDE + MARGIN) + LINE)
        page = np.asarray(picture.convert("L"))
    assert page[:, SIDE + 2 * MARGIN :].min() < 60
    assert page[-LINE:].min() < 200
