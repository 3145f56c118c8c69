"""The stream of prepared pictures: bounded, in order, and honest about damage."""

import io
from collections.abc import Iterator, Set
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clseave_core.corpus.pictures import FolderPictures
from clseave_core.teacher.image_preparation import Pixels, prepare_picture, prepare_pictures


def picture(level: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2), (level, level, level)).save(buffer, "PNG")
    return buffer.getvalue()


def channels_first(image: Image.Image) -> Pixels:
    return np.asarray(image).transpose(2, 0, 1)


class Counted(FolderPictures):
    """A source that gives picture n the grey level n, and counts how many were taken."""

    taken = 0

    def stream(self, wanted: Set[str]) -> Iterator[tuple[str, bytes]]:
        for number in range(20):
            self.taken += 1
            yield str(number), picture(number)


@pytest.mark.parametrize("workers", [1, 3])
def test_order_is_the_archives_and_no_more_than_ahead_are_waiting(workers: int) -> None:
    source = Counted(Path())
    prepared = prepare_pictures(source, frozenset(), channels_first, workers, ahead=4)
    first = next(prepared)
    assert source.taken == 5
    assert first.pixels is not None
    np.testing.assert_array_equal(first.pixels, np.zeros((3, 2, 2)))
    rest = list(prepared)
    assert [item.image_id for item in rest] == [str(number) for number in range(1, 20)]
    assert [int(item.pixels[0, 0, 0]) for item in rest if item.pixels is not None] == [
        *range(1, 20)
    ]


def test_a_consumer_may_leave_early() -> None:
    source = Counted(Path())
    prepared = prepare_pictures(source, frozenset(), channels_first, 2, ahead=4)
    next(prepared)
    prepared.close()
    assert source.taken == 5


def test_damage_is_told_with_the_id() -> None:
    found = prepare_picture("36979", b"<html>", channels_first)
    assert found.pixels is None
    assert found.error.startswith("picture 36979: it cannot be decoded")
