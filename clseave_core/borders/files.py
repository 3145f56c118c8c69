"""Files that cannot be read or written: which one, whose it is, and how to get the right to it."""

import errno
import os
import pwd
import shlex
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clseave_core.borders.causes import in_short, layers, words

ELSEWHERE = "name another place for it"
_RIGHTS = (errno.EACCES, errno.EPERM)
_FULL = (errno.ENOSPC, errno.EDQUOT)
_REMEDIES = {
    errno.ENOSPC: "Make room and give the same command again: it goes on from there.",
    errno.EDQUOT: "Make room, or ask for a larger quota, and give the same command again: it goes "
    "on from there.",
    errno.EMFILE: "Allow more open files (`ulimit -n 4096`) and give the same command again.",
    errno.ENFILE: "End other programs, or ask for more open files, and give the same command "
    "again.",
    errno.ENAMETOOLONG: "Choose a shorter name or a folder nearer to the root.",
    errno.EIO: "See whether the disk or the network file system is sound, and give the same "
    "command again.",
    errno.ESTALE: "See to the network file system, and give the same command again.",
    errno.ENOTDIR: "Move the file away that stands in the place of a folder.",
    errno.EISDIR: "Move the folder away that stands in the place of a file.",
    errno.EEXIST: "Move away what stands there.",
    errno.ELOOP: "Correct the symbolic links on its way: they lead in a circle.",
    errno.ENOENT: "See that its folder is there, and that no link on its way leads nowhere.",
    errno.ENOTEMPTY: "Move away what stands there.",
    errno.EBUSY: "End the program that uses it, and give the same command again.",
    errno.ETXTBSY: "End the program that uses it, and give the same command again.",
    errno.ENOLCK: "Name a place on a file system that knows locks.",
    errno.ENOMEM: "End other programs, and give the same command again.",
}
_OTHERWISE = "See whether the disk is sound and the path right, and give the same command again."
_BY_TEXT = (*_FULL, *_RIGHTS, errno.EROFS, errno.EMFILE, errno.EIO)
"""What libraries tell in words alone."""


class FileError(OSError):
    """A file cannot be reached; the message says which, why, whose it is and what to do.

    `errno` is that of the cause, where it has one.
    """


@contextmanager
def reaching(
    path: str | Path, doing: str = "written", elsewhere: str = ELSEWHERE
) -> Iterator[None]:
    """Turn whatever goes wrong in the block, which does nothing but reach `path`, into a FileError.

    `doing` says what the block does with it ("read", "written"), `elsewhere` where else the user
    may let it lie.
    """
    try:
        yield
    except FileError:
        raise
    except Exception as error:
        raise file_error(error, path, doing, elsewhere) from error


@contextmanager
def writing(path: str | Path) -> Iterator[None]:
    """Turn what goes wrong with files in the block, which makes `path`, into a FileError.

    Other errors of the block are its own and pass. Libraries tell of a full disk in many ways.
    """
    try:
        yield
    except FileError:
        raise
    except Exception as error:
        told = isinstance(error, OSError) and error.errno is not None
        if not told and number_of(error) is None:
            raise
        raise file_error(error, path) from error


def check_readable(path: str | Path) -> None:
    """See that a file can be read; raises FileError, FileNotFoundError where it is not there."""
    try:
        with Path(path).open("rb"):
            pass
    except FileNotFoundError:
        raise
    except Exception as error:
        raise file_error(error, path, "read") from error


def is_about_files(error: BaseException) -> bool:
    """Whether an error is of this machine's files, not of the network or something else."""
    return any(
        isinstance(layer, OSError)
        and (layer.filename is not None or layer.errno in (*_REMEDIES, *_RIGHTS, errno.EROFS))
        for layer in layers(error)
    )


def check_folder_readable(folder: str | Path) -> None:
    """See that the files of a folder, where it is one, can be read; raises FileError."""
    folder = Path(folder)
    with reaching(folder, "read"):
        found = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in found:
        if path.is_file():
            check_readable(path)


def remedy(number: int | None) -> str:
    """What to do about an error of the operating system by its number."""
    return _REMEDIES.get(number or 0, _OTHERWISE)


def file_error(
    error: BaseException, path: str | Path, doing: str = "written", elsewhere: str = ELSEWHERE
) -> FileError:
    """The FileError that tells why `path`, or the file that `error` names, cannot be reached."""
    place, number = _place(error, Path(path)), number_of(error)
    if number in (*_RIGHTS, errno.EROFS):
        said = about_rights(place, doing, elsewhere)
    else:
        cause = os.strerror(number).lower() if number is not None else in_short(error)
        said = f"{cause}. {remedy(number)}"
    told = FileError(f"{place} cannot be {doing}: {said}")
    told.errno = number
    return told


def said_of(error: BaseException) -> str:
    """What an error says; in whole sentences where the system says it of a file that it names."""
    if isinstance(error, OSError) and error.errno is not None and error.filename is not None:
        return str(file_error(error, error.filename, "reached"))
    return str(error)


def number_of(error: BaseException) -> int | None:
    """The number of the operating system's error, of whatever layer or text has one."""
    for layer in reversed(layers(error)):
        if isinstance(layer, MemoryError):
            return errno.ENOMEM
        if isinstance(layer, OSError) and layer.errno in errno.errorcode:
            return layer.errno
    said = words(error)
    return next((number for number in _BY_TEXT if os.strerror(number) in said), None)


def _place(error: BaseException, path: Path) -> Path:
    """The file that an error names; `path` where it names none or a temporary one beside it."""
    named = [getattr(layer, "filename", None) for layer in layers(error)]
    name = next((name for name in named if isinstance(name, str | os.PathLike)), None)
    if name is None or not os.fspath(name):
        return path
    place = Path(os.fsdecode(os.fspath(name)))
    temporary = any(part.endswith(".partial") for part in place.parts)
    return path if temporary else place


def about_rights(path: Path, doing: str, elsewhere: str) -> str:
    """Why this process may not reach `path`, and how it could: cause and remedy."""
    culprit = obstacle(path, os.R_OK if doing == "read" else os.R_OK | os.W_OK)
    if _is_read_only(culprit):
        return (
            f"the file system of {culprit} is read-only. Have it mounted writable, or {elsewhere}."
        )
    try:
        status = culprit.stat()
    except OSError:
        return f"permission denied at {culprit}. Ask its owner for the right, or {elsewhere}."
    me, owner = _name(os.geteuid()), _name(status.st_uid)
    whose = "It" if culprit == path else f"{culprit}"
    rights = "rwx" if culprit.is_dir() else "rw" if doing != "read" else "r"
    quoted = shlex.quote(str(culprit))
    said = f"permission denied. {whose} belongs to {owner} ({stat.filemode(status.st_mode)})"
    if status.st_uid == os.geteuid():
        return f"{said}. Give yourself the right (`chmod u+{rights} {quoted}`), or {elsewhere}."
    return (
        f"{said}, and you are {me}. Ask {owner} for the right (`chmod a+{rights} {quoted}`), take "
        f"it over (`sudo chown {me} {quoted}`), or {elsewhere}."
    )


def obstacle(path: Path, asked: int = os.R_OK | os.W_OK) -> Path:
    """The first folder on the way to `path`, the file, or its folder that refuses this process.

    `asked` are the rights to the file, as `os.access` takes them. Where nothing refuses, it is the
    file itself, or the last folder on the way that is there.
    """
    folders = path.absolute().parents
    for folder in reversed(folders):
        if os.access(folder, os.F_OK) and not os.access(folder, os.X_OK):
            return folder
    if not os.access(path, os.F_OK):
        return next(folder for folder in folders if os.access(folder, os.F_OK))
    in_folder = asked & os.W_OK and os.access(path, asked) and not os.access(folders[0], os.W_OK)
    return folders[0] if in_folder else path


def _is_read_only(path: Path) -> bool:
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def _name(number: int) -> str:
    """The name of a user, or its number where the machine knows no name."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"
