"""The pictures of a corpus: a folder, a zip or a tar archive, read as a stream, never unpacked.

31,783 small files are a burden on a cluster's file system, so an archive stays one file. A
picture's id is its file name without folder and ending (`flickr30k_images/36979.jpg` is 36979); a
file without ending is a picture if it begins as one. Archives are recognised by their content, not
by their name. A folder or an archive that holds one archive and no picture stands for that one.
"""

import os
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from clseave_core.corpus.archives import ENDINGS, Member, archive_members
from clseave_core.corpus.picture_names import (
    has_ending,
    is_hidden,
    looks_like_picture,
    picture_id,
    picture_identity,
)
from clseave_core.records.forms import GZIP, START, ZIP, foreign_form, is_tar

DEEPEST = 3
"""Archives in one another that are opened; one that holds itself would have no end."""


@dataclass
class _Found:
    """What one pass over a source has come to."""

    pictures: dict[str, tuple[Member, int | None]] = field(default_factory=dict)
    archives: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


class PictureSource(ABC):
    """Pictures at `path`; `ids` lists them, `stream` gives their bytes.

    `ignored` counts the files that are no pictures, `notes` are sentences about what was not read;
    both are known after `ids` or a full `stream`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ignored = 0
        self.notes: list[str] = []
        self._ids: frozenset[str] | None = None

    @abstractmethod
    def _members(self) -> Iterator[Member]:
        """All files, in the source's own order."""

    @abstractmethod
    def fingerprint(self) -> str:
        """What changes when the pictures change: sizes and times, so that it costs no reading."""

    def ids(self) -> frozenset[str]:
        """The ids of all pictures.

        Raises ValueError when there is none, when two files with other bytes have one id, or the
        archive is damaged. A folder, a zip and a plain tar only list their names; a compressed tar
        has no list, so that this costs a pass over all of it (4 GB: about a minute). The answer is
        kept.
        """
        if self._ids is None:
            self._ids = frozenset(identity for identity, _ in self._pictures())
        return self._ids

    def stream(self, wanted: Set[str]) -> Iterator[tuple[str, bytes]]:
        """Yield (id, file content) of the pictures in `wanted`, in the source's own order.

        The order is the archive's, and by name in a folder. An id that the source does not have is
        left out: compare with `ids`. Raises ValueError as `ids` does.
        """
        for identity, member in self._pictures():
            if identity in wanted:
                yield identity, member.read()

    def _pictures(self) -> Iterator[tuple[str, Member]]:
        inside: list[str] = []
        while True:
            found = _Found()
            yield from self._sorted(self._inside(inside), found)
            self.ignored = len(found.archives) + len(found.strange) + len(found.others)
            if found.pictures or len(found.archives) != 1 or len(inside) == DEEPEST:
                break
            inside.append(found.archives[0])
        if not found.pictures:
            raise ValueError(self._no_picture(found, inside))
        self.notes = list(self._unread(found))

    def _inside(self, names: list[str]) -> Iterator[Member]:
        """The files of the archive that is called so in the one before it, and so on."""
        opened = [self._members()]
        for name in names:
            archive = next((member for member in opened[-1] if member.name == name), None)
            if archive is None:
                raise ValueError(f"{self.path} has changed while it was read. Try again.")
            opened.append(archive.members())
        yield from opened[-1]

    def _sorted(self, members: Iterator[Member], found: _Found) -> Iterator[tuple[str, Member]]:
        """Yield each picture once, and put what is there into `found`."""
        for member in members:
            identity = picture_id(member.name)
            if identity is None and not is_hidden(member.name):
                identity = self._unnamed(member, found)
            elif identity is None:
                found.others.append(member.name)
            if identity is None:
                continue
            member.check_size()
            checksum = member.checksum() if member.passing else None
            if identity in found.pictures:
                self._check_same(identity, found.pictures[identity], (member, checksum))
                continue
            found.pictures[identity] = member, checksum
            yield identity, member
            member.forget()

    def _unnamed(self, member: Member, found: _Found) -> str | None:
        """The id of a file whose name is no picture's, if it is one; else it is put down."""
        if member.name.lower().endswith(ENDINGS):
            found.archives.append(member.name)
        elif not looks_like_picture(member.head()):
            found.others.append(member.name)
        elif has_ending(member.name):
            found.strange.append(member.name)
        else:
            return picture_identity(member.name)
        return None

    def _check_same(
        self, identity: str, first: tuple[Member, int | None], second: tuple[Member, int | None]
    ) -> None:
        """A picture may be there twice; two files of one id must have the same bytes."""
        (one, one_sum), (other, other_sum) = first, second
        if one.size == other.size:
            sums = (
                one.checksum() if one_sum is None else one_sum,
                other.checksum() if other_sum is None else other_sum,
            )
            if sums[0] == sums[1]:
                return
        raise ValueError(
            f"{self.path}: {one.name!r} and {other.name!r} both have the picture id {identity!r}, "
            "but not the same bytes. Remove one of them."
        )

    def _no_picture(self, found: _Found, inside: list[str]) -> str:
        where = ": ".join([str(self.path), *inside])
        if found.archives:
            return (
                f"{where} holds no picture but archives: {_some(found.archives)}. Unpack them into "
                "one folder and give that."
            )
        if found.strange:
            return f"{where} has no picture. {_strange(found.strange)}"
        return (
            f"{where} has no picture; its files: {_some(found.others)}. Give the folder or the "
            "archive (.zip, .tar, .tar.gz) of the pictures."
        )

    def _unread(self, found: _Found) -> Iterator[str]:
        if found.strange:
            yield f"{self.path}: {_strange(found.strange)}"
        if found.archives:
            yield (
                f"{self.path}: archives beside the pictures are not read: {_some(found.archives)}."
            )


def _strange(names: list[str]) -> str:
    return (
        "Pictures by their content whose endings are unknown are not read: "
        f"{_some(names)}. Rename them, to .jpg for example."
    )


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 2:,} more" if len(names) > 2 else ""
    return (", ".join(map(repr, names[:2])) or "none") + more


class _File(Member):
    """A file of a folder of the user's own, of whatever size."""

    def __init__(self, path: Path, name: str, size: int) -> None:
        super().__init__(str(path), name, size)
        self.path = path

    def open(self) -> IO[bytes]:
        return self.path.open("rb")

    def check_size(self) -> None:
        pass

    def members(self) -> Iterator[Member]:
        with self.open() as file:
            yield from archive_members(file, str(self.path), inner=False)


class FolderPictures(PictureSource):
    """A folder and all folders below it; files come in the order of their path.

    Links are followed, each folder once.
    """

    def _members(self) -> Iterator[Member]:
        for path in self._paths():
            name = path.relative_to(self.path).as_posix()
            if path.is_file():
                yield _File(path, name, path.stat().st_size)
            elif picture_id(name) is not None or (path.is_symlink() and not is_hidden(name)):
                raise ValueError(f"{path} is no file, or a link to none. Remove it.")

    def _paths(self) -> Iterator[Path]:
        seen: set[tuple[int, int]] = set()
        for folder, folders, names in os.walk(self.path, onerror=_raise, followlinks=True):
            state = Path(folder).stat()
            if (state.st_dev, state.st_ino) in seen:
                folders.clear()
                continue
            seen.add((state.st_dev, state.st_ino))
            folders.sort()
            yield from (Path(folder, name) for name in sorted(names))

    def fingerprint(self) -> str:
        members = ((member.name, (self.path / member.name).stat()) for member in self._members())
        lines = (f"{name} {state.st_size} {state.st_mtime_ns}\n" for name, state in members)
        return f"folder {zlib.crc32(''.join(lines).encode()):08x}"


def _raise(error: OSError) -> None:
    raise error


class ArchivePictures(PictureSource):
    """A zip archive or a tar archive, plain or with gzip."""

    def _members(self) -> Iterator[Member]:
        with self.path.open("rb") as file:
            yield from archive_members(file, str(self.path), inner=False)

    def fingerprint(self) -> str:
        state = self.path.stat()
        return f"archive {state.st_size} {state.st_mtime_ns}"


def open_pictures(path: str | Path) -> PictureSource:
    """The pictures in a folder, a `.zip`, a `.tar` or a `.tar.gz` (`.tgz`).

    Raises FileNotFoundError when `path` does not exist, ValueError when it is none of these.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(
            f"{path} does not exist. Give the folder or archive (.zip, .tar, .tar.gz) of the "
            "pictures, or let the study download it."
        )
    if path.is_dir():
        return FolderPictures(path)
    with path.open("rb") as file:
        start = file.read(START)
    if start.startswith((ZIP, GZIP)) or is_tar(start):
        return ArchivePictures(path)
    known = foreign_form(start)
    raise ValueError(
        f"{path} is not a folder, a zip, a tar or a tar.gz (it begins with {start[:8]!r}"
        f"{f': it is {known[0]}' if known else ''}). "
        "Download it again, or unpack it into a folder and give that."
    )
