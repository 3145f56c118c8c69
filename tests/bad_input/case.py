"""One broken input: how it is written, who reads it, what must be said."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """`write` puts the input into an empty folder and returns its path, which `read` is given.

    `message` is a pattern that the error (or, where `is_warning`, the warning) must hold: with
    file, row and value as far as the input has them.
    """

    write: Callable[[Path], Path]
    read: Callable[[Path], object]
    message: str
    error: type[Exception] = ValueError
    is_warning: bool = False


def file(name: str, content: bytes) -> Callable[[Path], Path]:
    """Write one file."""

    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return write
