"""The docs' picture, drawn with a Latin font only."""

from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageFont

from clseave_core.corpus.pocket.overview import MARGIN, SIDE, WIDTH, draw_overview
from tests.corpus.pocket.test_world import SETTINGS


def test_shows_scenes_beside_text(tmp_path: Path) -> None:
    font = tmp_path / "font.ttf"
    font.write_bytes(ImageFont.load_default(17).font_bytes)
    target = tmp_path / "overview.png"
    draw_overview(replace(SETTINGS, languages=("de", "nl")), target, font, scenes=3)
    with Image.open(target) as picture:
        assert picture.size == (WIDTH, MARGIN + 3 * (SIDE + MARGIN))
        text = picture.crop((SIDE + 2 * MARGIN, 0, *picture.size)).convert("L")
        assert text.getextrema() == (text.getextrema()[0], 255) and text.getextrema()[0] < 60
