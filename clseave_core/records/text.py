"""The text of a file, plain or with gzip, in UTF-8 or in what its byte order mark says."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, cast

from clseave_core.records.forms import GZIP, START

LONGEST_LINE = 1 << 20
"""Bytes; the longest line of SNLI-VE has a thousand. A bomb is refused before it fills memory."""
UTF8 = "utf-8-sig"
"""UTF-8 with a mark or without."""
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked where it is gzip (seen by its content, not by its name).

    Raises ValueError where what is packed is cut or damaged.
    """
    with path.open("rb") as file:
        packed = file.read(2) == GZIP
        file.seek(0)
        if not packed:
            yield file
            return
        try:
            with gzip.GzipFile(fileobj=file) as content:
                yield cast(IO[bytes], content)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(
                f"{path} is truncated or damaged: {error}. Delete it and download it again."
            ) from error


def start_of(path: Path) -> bytes:
    """The first `START` bytes, unpacked."""
    with unpacked(path) as file:
        return file.read(START)


def encoding_of(start: bytes) -> str:
    """The encoding that a byte order mark says; without one, UTF-8."""
    return next((name for mark, name in _MARKS.items() if start.startswith(mark)), UTF8)


def check_encoding(path: Path, start: bytes) -> None:
    """Raise ValueError where text looks like UTF-16 or UTF-32 that has lost its mark."""
    if encoding_of(start) == UTF8 and 3 * start.count(0) > len(start):
        raise ValueError(
            f"{path} line 1: every second byte is null: it seems to be UTF-16 without its mark. "
            "Save it as UTF-8."
        )


@contextmanager
def opened_text(path: Path) -> Iterator[io.TextIOWrapper]:
    """The file's text, with its own line ends. Raises ValueError where it is none, with its line.

    A file with a mark of UTF-16 or UTF-32 is decoded as such.
    """
    encoding = encoding_of(start_of(path))
    try:
        with unpacked(path) as file, io.TextIOWrapper(file, encoding, newline="") as text:
            yield text
    except UnicodeError as error:
        if encoding != UTF8:
            raise ValueError(
                f"{path} is not {encoding.upper()}, which its first bytes say ({error}). "
                "Save it as UTF-8."
            ) from error
        raise _not_utf8(path, error) from error


def _not_utf8(path: Path, found: UnicodeError) -> ValueError:
    """What to say, with the number of the line, which a decoder of blocks does not know."""
    place = f"{path}"
    with unpacked(path) as file:
        for number, line in enumerate(iter(partial(file.readline, LONGEST_LINE), b""), start=1):
            try:
                line.decode()
            except UnicodeDecodeError as error:
                found, place = error, f"{path} line {number}:"
                break
    return ValueError(f"{place} is not UTF-8 text ({found}). Save it as UTF-8.")


def text_lines(path: Path) -> Iterator[str]:
    """The lines with their ends: LF, CRLF or CR alone.

    Raises ValueError as `opened_text` does, and for a line of more than `LONGEST_LINE` characters.
    """
    with opened_text(path) as text:
        lines = iter(partial(text.readline, LONGEST_LINE + 1), "")
        for number, line in enumerate(lines, start=1):
            if len(line) > LONGEST_LINE:
                raise ValueError(
                    f"{path} line {number}: the line has more than {LONGEST_LINE:,} characters: "
                    f"{line[:40]!r}. Mend the line."
                )
            yield line


def byte_lines(path: Path) -> Iterator[bytes]:
    """The lines in UTF-8, each of them up to one byte beyond `LONGEST_LINE`."""
    if encoding_of(start_of(path)) != UTF8:
        yield from (line.encode("utf-8", "surrogatepass") for line in text_lines(path))
        return
    with unpacked(path) as file:
        yield from iter(partial(file.readline, LONGEST_LINE + 1), b"")


def shown(value: object) -> str:
    """A value for a message: its beginning."""
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
