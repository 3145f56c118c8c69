"""Pictures from an archive to the bytes that an image tower takes, by several workers."""

from collections.abc import Callable, Generator, Set
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from clseave_core.corpus.picture_decoding import decode_picture
from clseave_core.corpus.pictures import PictureSource
from clseave_core.workers import in_order

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Prepared:
    """A picture that is ready (`pixels` [3, height, width]), or what is wrong with it (`error`)."""

    image_id: str
    pixels: Pixels | None
    animated: bool = False
    error: str = ""


def prepare_picture(
    image_id: str, data: bytes, preprocess: Callable[[Image.Image], Pixels]
) -> Prepared:
    """Decode and preprocess one picture; damage is told, not raised, so that all of it is found."""
    try:
        picture, animated = decode_picture(data, "it")
        return Prepared(image_id, preprocess(picture), animated)
    except ValueError as error:
        return Prepared(image_id, None, error=f"picture {image_id}: {error}")


def prepare_pictures(
    pictures: PictureSource,
    wanted: Set[str],
    preprocess: Callable[[Image.Image], Pixels],
    workers: int,
    ahead: int,
) -> Generator[Prepared, None, None]:
    """The `wanted` pictures in the order of the archive, at most `ahead` of them waiting.

    Workers are threads: Pillow lets go of Python's lock while it decodes and resizes, and a
    process start would cost more than a small corpus takes.
    """
    return in_order(
        lambda item: prepare_picture(*item, preprocess), pictures.stream(wanted), workers, ahead
    )
