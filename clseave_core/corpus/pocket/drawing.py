"""Pictures of scenes: drawn with Pillow, jittered, and written as JPEG."""

import io
import math
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageDraw

from clseave_core.corpus.pocket.scenes import COVERED, EMPTY, Scenes, object_of
from clseave_core.corpus.pocket.settings import WorldSettings

RGB = {
    "red": (214, 48, 49),
    "green": (39, 158, 70),
    "blue": (44, 92, 214),
    "yellow": (240, 196, 25),
}
BACKGROUND = 238
TILE = (122, 122, 128)
STRIPE = (92, 92, 98)
NAMELESS = ("covered tile", "empty space")
"""What captions call a cell without a thing."""
RADIUS = 0.38
"""Of a cell's side, before jitter."""
RING = 0.5
"""Thickness of a circle's line, of its radius."""


def _corners(shape: str) -> list[tuple[float, float]]:
    """The corners of a shape on the unit circle, as (angle in radians, radius)."""
    match shape:
        case "square":
            return [(math.pi * (0.25 + 0.5 * k), 1.0) for k in range(4)]
        case "triangle":
            return [(math.pi * (-0.5 + 2 * k / 3), 1.0) for k in range(3)]
        case "star":
            return [(math.pi * (-0.5 + 0.2 * k), 0.38 if k % 2 else 1.0) for k in range(10)]
        case _:
            raise ValueError(f"the shape {shape!r} has no corners.")


def _draw_object(
    draw: ImageDraw.ImageDraw, value: int, centre: tuple[float, float], radius: float,
    angle: float, shade: float,
) -> None:  # fmt: skip
    """Draw one object; `shade` multiplies its colour.

    A circle is a ring: a disc of six pixels is hardly another thing than a square of six pixels.
    """
    colour, shape = object_of(value)
    red, green, blue = (min(255, round(part * shade)) for part in RGB[colour])
    x, y = centre
    if shape == "circle":
        box = (x - radius, y - radius, x + radius, y + radius)
        draw.ellipse(box, outline=(red, green, blue), width=round(radius * RING))
        return
    points = [
        (x + radius * r * math.cos(a + angle), y + radius * r * math.sin(a + angle))
        for a, r in _corners(shape)
    ]
    draw.polygon(points, fill=(red, green, blue))


def draw_tile(draw: ImageDraw.ImageDraw, left: float, top: float, side: float) -> None:
    """Draw the tile that covers a cell: grey with darker stripes."""
    margin = side * 0.06
    box = (left + margin, top + margin, left + side - margin, top + side - margin)
    draw.rectangle(box, fill=TILE)
    stripe = max(1, round(side / 10))
    for step in range(1, 4):
        y = top + side * step / 4
        draw.line((box[0], y, box[2], y), fill=STRIPE, width=stripe)


def draw_scenes(
    scenes: Scenes, settings: WorldSettings, rng: np.random.Generator
) -> Iterator[Image.Image]:
    """Draw each scene as an RGB picture of `settings.pixels` squared."""
    count, cells = scenes.shape
    columns = math.isqrt(cells)
    big = settings.pixels * settings.drawn_larger
    side = big / columns
    place = rng.uniform(-1, 1, (count, cells, 2)) * settings.jitter_place * side
    radius = RADIUS * side * (1 + rng.uniform(-1, 1, (count, cells)) * settings.jitter_size)
    angle = np.deg2rad(rng.uniform(-1, 1, (count, cells)) * settings.jitter_angle)
    shade = 1 + rng.uniform(-1, 1, (count, cells)) * settings.jitter_colour
    background = BACKGROUND * (1 - rng.uniform(0, 1, (count, 1)) * settings.jitter_colour)
    tint = np.clip(background + rng.normal(0, 3, (count, 3)), 0, 255).astype(int)
    shape = (settings.pixels, settings.pixels, 3)
    for number in range(count):
        picture = Image.new("RGB", (big, big), tuple(tint[number].tolist()))
        draw = ImageDraw.Draw(picture)
        for cell in range(cells):
            value = int(scenes[number, cell])
            row, column = divmod(cell, columns)
            if value == COVERED:
                draw_tile(draw, column * side, row * side, side)
            elif value != EMPTY:
                x, y = place[number, cell]
                centre = ((column + 0.5) * side + x, (row + 0.5) * side + y)
                _draw_object(
                    draw, value, centre, radius[number, cell], angle[number, cell],
                    shade[number, cell],
                )  # fmt: skip
        small = picture.reduce(settings.drawn_larger)
        pixels = np.asarray(small) + rng.normal(0, settings.noise, shape).astype(np.float32)
        yield Image.fromarray(np.clip(pixels.round(), 0, 255).astype(np.uint8))


def as_jpeg(picture: Image.Image, quality: int) -> bytes:
    """The bytes of a JPEG file without colour subsampling, which would blur small shapes."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality, subsampling=0)
    return buffer.getvalue()


def caption_of(scene: Scenes) -> str:
    """Name the four cells of one scene [cells] in reading order."""
    names = dict(zip((COVERED, EMPTY), NAMELESS, strict=True))
    said = [names.get(value) or " ".join(object_of(value)) for value in scene.tolist()]
    return ", ".join(said) + "."
