"""SQLite files: why one cannot be opened, read or written, and what to do."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clseave_core.borders.causes import in_short, words
from clseave_core.borders.files import FileError, about_rights, file_error

_BUSY = ("locked", "busy")
_RIGHTS = ("readonly", "unable to open", "access permission", "authorization", "read-only")
_DAMAGED = ("not a database", "malformed", "encrypted", "unsupported file format", "no such")


@contextmanager
def database(path: Path, what: str, elsewhere: str) -> Iterator[None]:
    """Turn what SQLite or the disk raises in the block, which uses `path`, into a FileError.

    `what` says what the file is, `elsewhere` where else the user may let it lie. Raises ValueError
    where the file is none or is damaged.
    """
    try:
        yield
    except FileError:
        raise
    except Exception as error:
        raise _told(error, path, what, elsewhere) from error


def _told(error: Exception, path: Path, what: str, elsewhere: str) -> Exception:
    said = words(error).lower()
    if not isinstance(error, sqlite3.Error):
        return file_error(error, path, f"used as {what}", elsewhere)
    if any(words in said for words in _DAMAGED) or type(error) is sqlite3.DatabaseError:
        return ValueError(
            f"{path} is not a {what}: {in_short(error)}. Move it away: a new one is made, and what "
            "it held is asked for again."
        )
    if any(words in said for words in _RIGHTS):
        return FileError(
            f"{path} cannot be opened as {what}: {in_short(error)}: "
            f"{about_rights(_journal_or(path), 'opened', elsewhere)}"
        )
    if any(words in said for words in _BUSY):
        return FileError(
            f"{path} is held by another process: {in_short(error)}. Wait for it or end it "
            f"(`fuser {path}` names it); on a file system that several machines share, {elsewhere}."
        )
    if "full" in said:
        full = OSError(errno.ENOSPC, words(error))
        return file_error(full, path, f"used as {what}", elsewhere)
    return FileError(
        f"{path} cannot be used as {what}: {in_short(error)}. See whether its disk is sound and "
        f"its file system knows locks, or {elsewhere}."
    )


def _journal_or(path: Path) -> Path:
    """The journal that a killed process of another user left beside `path`; else `path`."""
    journal = path.with_name(f"{path.name}-journal")
    try:
        with journal.open("rb+"):
            return path
    except FileNotFoundError:
        return path
    except OSError:
        return journal if path.is_file() else path
