"""From the bytes of a picture file to the upright RGB picture that an image processor is given.

Two conventions of transformers are followed, and a test holds this module against both: EXIF
rotation as in `transformers.image_utils.load_image`; transparency laid over white, as its image
processors do (`load_image` alone would uncover the arbitrary colours below transparent pixels).
"""

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

MAX_PIXELS = 89_478_485
"""A larger picture is refused: Pillow's own warning limit against decompression bombs."""

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF")
"""What is decoded, whatever a file's name says. Of the others, EPS would be run as a program."""

_BROKEN = (
    OSError,  # unknown format, truncated, most decoders' complaints
    SyntaxError,  # Pillow's word for a header that makes no sense
    RuntimeError,  # the AVIF decoder
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,  # where the caller made warnings errors
)
"""What Pillow raises, by format, on files that are damaged."""


def _to_eight_bits(picture: Image.Image) -> Image.Image:
    """Scale 16-bit grey to 8 bits by its high byte, as Pillow does for 16-bit colour."""
    levels = np.asarray(picture)
    low, high = int(levels.min()), int(levels.max())
    if low < 0 or high > 65535:
        raise ValueError(f"its grey levels go from {low} to {high}, expected 0 to 65535")
    return Image.fromarray((levels >> 8).astype(np.uint8))


def _to_rgb(picture: Image.Image) -> Image.Image:
    """Grey, palette, CMYK, alpha and 16 bits to RGB of 8 bits; transparent parts turn white."""
    if picture.mode.startswith("I"):
        picture = _to_eight_bits(picture)
    if picture.mode == "F":
        raise ValueError("its pixels are floating-point numbers, whose range is unknown")
    if "A" in picture.getbands() or picture.info.get("transparency") is not None:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        picture = Image.alpha_composite(white, picture)
    return picture.convert("RGB")


def decode_picture(data: bytes, name: str) -> tuple[Image.Image, bool]:
    """The picture in `data` as upright RGB, and whether it is an animation.

    Of an animation (or a file of several pages) the first frame is taken. Raises ValueError that
    starts with `name` when the picture is truncated, damaged, of a format that is not among
    `FORMATS`, a single pixel, or has more than `MAX_PIXELS` pixels.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise ValueError(
                    f"it has {width} x {height} pixels, more than the {MAX_PIXELS} that are allowed"
                )
            if width * height == 1:
                raise ValueError("it is a single pixel, a stand-in for a picture that is not there")
            # MPO is a JPEG with a second view or a preview behind it, not an animation.
            animated = picture.format != "MPO" and getattr(picture, "is_animated", False)
            ImageOps.exif_transpose(picture, in_place=True)
            return _to_rgb(picture), bool(animated)
    except _BROKEN as error:
        raise ValueError(f"{name} cannot be decoded: {error}") from error
