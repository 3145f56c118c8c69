"""Decoding against pixels set by hand, transformers' `load_image`, and its image processors."""

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from clseave_core.corpus import picture_decoding
from clseave_core.corpus.picture_decoding import decode_picture

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
ORIENTATION = 0x0112


def encode(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def pixels(data: bytes) -> list[list[tuple[int, ...]]]:
    picture, _ = decode_picture(data, "x.png")
    assert picture.mode == "RGB"
    return [[tuple(pixel) for pixel in line] for line in np.asarray(picture).tolist()]


def photograph(mode: str = "RGB") -> Image.Image:
    noise = np.random.default_rng(0).integers(0, 256, (24, 40, 3), dtype=np.uint8)
    return Image.fromarray(noise).convert(mode)


def test_grey() -> None:
    assert pixels(encode(Image.fromarray(np.array([[0, 77, 255]], np.uint8)))) == [
        [(0, 0, 0), (77, 77, 77), (255, 255, 255)]
    ]


def test_black_and_white() -> None:
    picture = Image.new("1", (2, 1))
    picture.putpixel((1, 0), 1)
    assert pixels(encode(picture)) == [[(0, 0, 0), (255, 255, 255)]]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_keep_their_high_byte(kind: str) -> None:
    levels = np.array([[0, 255, 256, 0x4D12, 65535]], np.uint16)
    found = pixels(encode(Image.fromarray(levels), kind))
    assert found == [[(grey,) * 3 for grey in (0, 0, 1, 0x4D, 255)]]


def test_sixteen_bits_in_mode_i() -> None:
    portable_greymap = b"P5 3 1 65535\n\x00\x00\x4d\x12\xff\xff"
    assert pixels(portable_greymap) == [[(0,) * 3, (0x4D,) * 3, (255,) * 3]]


def test_grey_levels_beyond_sixteen_bits() -> None:
    data = encode(Image.fromarray(np.array([[0, 70000]], np.int32)), "TIFF")
    with pytest.raises(ValueError, match=r"deep\.tif cannot .* from 0 to 70000, expected 0 to 6"):
        decode_picture(data, "deep.tif")


def test_floating_point_pixels() -> None:
    data = encode(Image.new("F", (2, 2), 0.5), "TIFF")
    with pytest.raises(ValueError, match=r"f\.tif cannot be decoded: .*floating-point"):
        decode_picture(data, "f.tif")


def test_palette() -> None:
    picture = Image.new("P", (2, 1))
    picture.putpalette([*BLUE, *RED])
    picture.putpixel((1, 0), 1)
    assert pixels(encode(picture)) == [[BLUE, RED]]


def test_transparency_turns_white() -> None:
    picture = Image.new("RGBA", (3, 1), (*RED, 255))
    picture.putpixel((1, 0), (*GREEN, 0))
    picture.putpixel((2, 0), (0, 0, 0, 51))
    assert pixels(encode(picture)) == [[RED, (255, 255, 255), (204, 204, 204)]]


def test_a_transparent_palette_colour_turns_white() -> None:
    picture = Image.new("P", (2, 1))
    picture.putpalette([*BLUE, *RED])
    picture.putpixel((1, 0), 1)
    assert pixels(encode(picture, transparency=1)) == [[BLUE, (255, 255, 255)]]


def test_cmyk() -> None:
    picture = Image.new("CMYK", (2, 1), (0, 255, 255, 0))
    picture.putpixel((1, 0), (0, 0, 0, 255))
    assert pixels(encode(picture, "TIFF")) == [[RED, (0, 0, 0)]]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_rotation_by_exif(orientation: int) -> None:
    """The pixel at the top left of the upright picture is red, the one right of it green."""
    upright = Image.new("RGB", (3, 2), BLUE)
    upright.putpixel((0, 0), RED)
    upright.putpixel((1, 0), GREEN)
    turns = Image.Transpose
    stored_by = {
        2: turns.FLIP_LEFT_RIGHT,
        3: turns.ROTATE_180,
        4: turns.FLIP_TOP_BOTTOM,
        5: turns.TRANSPOSE,
        6: turns.ROTATE_90,
        7: turns.TRANSVERSE,
        8: turns.ROTATE_270,
    }
    stored = upright.transpose(stored_by[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    data = encode(stored, exif=exif)
    assert pixels(data) == [[RED, GREEN, BLUE], [BLUE] * 3]
    _same_as_load_image(data)


def _same_as_load_image(data: bytes) -> None:
    from transformers.image_utils import load_image

    ours, _ = decode_picture(data, "x")
    np.testing.assert_array_equal(
        np.asarray(ours), np.asarray(load_image(Image.open(io.BytesIO(data))))
    )


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("RGB", "JPEG"), ("L", "JPEG"), ("CMYK", "JPEG"), ("RGB", "PNG"), ("P", "PNG"),
        ("LA", "PNG"), ("1", "PNG"), ("RGBA", "WEBP"), ("P", "GIF"), ("RGB", "BMP"),
    ],
)  # fmt: skip
def test_opaque_pictures_as_load_image_has_them(mode: str, kind: str) -> None:
    _same_as_load_image(encode(photograph(mode), kind))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_pictures_as_the_image_processor_has_them(mode: str) -> None:
    from transformers.image_transforms import convert_to_rgb

    picture = photograph()
    picture.putalpha(photograph("L"))
    options: dict[str, Any] = {"transparency": 3} if mode == "P" else {}
    data = encode(picture.convert(mode), **options)
    ours, _ = decode_picture(data, "x")
    theirs = convert_to_rgb(Image.open(io.BytesIO(data)), return_numpy=True)
    np.testing.assert_array_equal(np.asarray(ours), theirs)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_an_animation_the_first_frame(kind: str) -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in (RED, GREEN)]
    options = {"lossless": True} if kind == "WEBP" else {}
    data = encode(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    picture, animated = decode_picture(data, "x")
    assert animated
    assert picture.getpixel((0, 0)) == RED


def test_one_frame_is_no_animation() -> None:
    assert not decode_picture(encode(photograph("P"), "GIF"), "x")[1]
    assert not decode_picture(encode(photograph(), "JPEG"), "x")[1]


def test_a_preview_behind_a_photograph_is_no_animation() -> None:
    data = encode(photograph(), "MPO", save_all=True, append_images=[photograph()])
    assert not decode_picture(data, "x")[1]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
@pytest.mark.parametrize("keep", [0.0, 0.1, 0.6, 0.9])
def test_a_truncated_picture(kind: str, keep: float) -> None:
    data = encode(photograph(), kind)
    with pytest.raises(ValueError, match=r"^36979\.jpg cannot be decoded: "):
        decode_picture(data[: int(keep * len(data))], "36979.jpg")


def test_what_is_no_picture() -> None:
    with pytest.raises(ValueError, match=r"page\.jpg cannot be decoded: cannot identify"):
        decode_picture(b"<html>404</html>", "page.jpg")


def test_a_picture_of_too_many_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_decoding, "MAX_PIXELS", 24 * 40 - 1)
    with pytest.raises(ValueError, match=r"it has 40 x 24 pixels, more than the 959"):
        decode_picture(encode(photograph()), "x")


def test_a_decompression_bomb() -> None:
    """A file of 100 bytes that says it has 10^10 pixels."""
    header = b"P6 100000 100000 255\n" + bytes(80)
    with pytest.raises(ValueError, match=r"bomb\.ppm cannot be decoded: .*decompression bomb"):
        decode_picture(header, "bomb.ppm")


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(st.binary(max_size=60), st.integers(0, 200), st.sampled_from(["JPEG", "PNG", "GIF", "TIFF"]))
def test_damage_is_either_invisible_or_a_value_error(damage: bytes, start: int, kind: str) -> None:
    data = bytearray(encode(photograph(), kind))
    data[start : start + len(damage)] = damage
    try:
        picture, _ = decode_picture(bytes(data), "x")
    except ValueError as error:
        assert str(error).startswith("x cannot be decoded")
    else:
        assert picture.mode == "RGB"
