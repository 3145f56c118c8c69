"""Broken pictures."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from clseave_core.corpus.picture_decoding import decode_picture
from tests.bad_input.case import Case, file


def encode(width: int, height: int, kind: str = "JPEG") -> bytes:
    """A grey picture."""
    buffer = io.BytesIO()
    Image.new("L", (width, height)).save(buffer, kind)
    return buffer.getvalue()


def noise(width: int, height: int) -> bytes:
    """A picture whose bytes are all needed."""
    levels = np.random.default_rng(0).integers(0, 256, (height, width), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(levels).save(buffer, "JPEG")
    return buffer.getvalue()


def decode(path: Path) -> object:
    """What the workflow does with the bytes of an archive."""
    return decode_picture(path.read_bytes(), path.name)


# Encrypted or not, an EPS file is a program that Ghostscript runs.
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\nquit\n%%EOF\n"
BROKEN: dict[str, tuple[bytes, str]] = {
    "cut short": (noise(64, 64)[:-90], "truncated"),
    "without a byte": (b"", "cannot identify"),
    "a single pixel": (encode(1, 1), "it is a single pixel"),
    "20,000 x 20,000 pixels": (b"P5 20000 20000 255\n", "decompression bomb|20000 x 20000"),
    "12,000 x 12,000 pixels": (b"P5 12000 12000 255\n", "it has 12000 x 12000 pixels, more than"),
    "a page with the name of a picture": (b"<html>removed</html>", "cannot identify"),
    "a program with the name of a picture": (EPS, "cannot identify"),
    "numbers that are no colours": (encode(4, 4, "TIFF").replace(b"\x08\0\0\0", b"\x07\0\0\0"), ""),
}
CASES = {
    name: Case(file("1.jpg", content), decode, rf"^1\.jpg cannot be decoded: .*({message})")
    for name, (content, message) in BROKEN.items()
}
