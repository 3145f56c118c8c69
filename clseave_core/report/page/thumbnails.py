"""Small copies of the test set's pictures, of bounded size, to be carried inside the page."""

import io
from collections.abc import Iterable

from PIL import Image

from clseave_core.corpus.picture_decoding import decode_picture

SIDE = 160
"""Pixels of a thumbnail's longer side; a smaller picture keeps its size."""
QUALITY = 72
"""WebP's quality: about five kilobytes for a photograph."""


def thumbnails(pictures: Iterable[tuple[str, bytes]], budget: int) -> dict[str, bytes]:
    """WebP files by picture id, in the order of `pictures`, no more than `budget` bytes together.

    `pictures` gives ids with the content of their files. Once a thumbnail does not fit, it and all
    after it are left out. Raises ValueError that names a picture which cannot be decoded.
    """
    made: dict[str, bytes] = {}
    left = budget
    for identity, data in pictures:
        small = thumbnail(data, identity)
        if len(small) > left:
            break
        left -= len(small)
        made[identity] = small
    return made


def thumbnail(data: bytes, name: str) -> bytes:
    """One picture's file content as a WebP of at most `SIDE` by `SIDE` pixels."""
    picture, _ = decode_picture(data, name)
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=QUALITY, method=4)
    return file.getvalue()
