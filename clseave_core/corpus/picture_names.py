"""What a picture's name is: one identity for files, archives and annotations.

`36979`, `36979.jpg`, `flickr30k_images/36979.PNG`, `images\\36979.jpg` and an address that ends in
`/36979.jpg` are one picture.
"""

import re

EXTENSIONS = frozenset(
    {
        ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm",
        ".pgm", ".avif",
    }
)  # fmt: skip
_CAPTION = re.compile(r"#\d+\w*$")
"""Which of a picture's sentences is meant: `36979.jpg#2`, as Flickr30k's own lists have it."""
HEAD = 16
"""Bytes that show whether a file is a picture."""
_BEGINNINGS = (
    b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*",
    b"P5\n", b"P6\n", b"P5 ", b"P6 ",
)  # fmt: skip


def picture_identity(name: str) -> str:
    """The id of a picture by its name: without folder, without the ending of a picture."""
    last = name.strip().replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = last.rpartition(".")
    ending = _CAPTION.sub("", ending) if dot else ""
    return stem if f".{ending}".lower() in EXTENSIONS else last


def picture_id(name: str) -> str | None:
    """The id of the file `name` of an archive, or None where its name is no picture's.

    No pictures: other endings (tables, texts), hidden files, what macOS adds (`__MACOSX/`).
    """
    _, dot, ending = name.rpartition(".")
    if is_hidden(name) or f"{dot}{ending}".lower() not in EXTENSIONS:
        return None
    return picture_identity(name) or None


def is_hidden(name: str) -> bool:
    """Whether a file is hidden, or one that macOS adds."""
    parts = name.replace("\\", "/").split("/")
    return any(part.startswith((".", "__MACOSX")) for part in parts if part not in (".", ".."))


def has_ending(name: str) -> bool:
    """Whether the file's name has any ending, known or not."""
    return "." in name.replace("\\", "/").rpartition("/")[2]


def looks_like_picture(head: bytes) -> bool:
    """Whether a file that begins with `head` (`HEAD` bytes) is a picture, whatever its name."""
    return (
        head.startswith(_BEGINNINGS)
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or head[4:12] in (b"ftypavif", b"ftypavis")
    )
