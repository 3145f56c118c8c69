"""The pictures of a corpus: a folder, a zip or a tar archive, read as a stream, never unpacked.

31,783 small files are a burden on a cluster's file system, so an archive stays one file. A
picture's id is its file name without folder and extension (`flickr30k_images/36979.jpg` is
36979). Archives are recognised by their content, not by their name.

An archive may come from anywhere. Nothing of it is written to the disk, and all the same what would
do harm there is refused, as a sign that it is not the file that was meant: names that lead out of
the archive, links, devices, and pictures or headers of a size that would fill the memory.
"""

import gzip
import lzma
import os
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tarfile import (  # type: ignore[attr-defined]  # typeshed lacks EOFHeaderError
    EOFHeaderError,
    HeaderError,
    InvalidHeaderError,
    ReadError,
    TarFile,
    TarInfo,
)
from typing import Self

EXTENSIONS = frozenset(
    {".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".avif"}
)

MAX_BYTES = 64 * 2**20
"""A larger picture file is refused; the largest of Flickr30k has less than one megabyte."""
MAX_HEADER_BYTES = 2**20
"""A larger extended header of a tar is refused: tarfile holds it in memory as a whole."""

GZIP = b"\x1f\x8b"
_DAMAGED = (
    tarfile.TarError,
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    UnicodeError,  # a name that is not in the encoding that the archive says
    NotImplementedError,  # a zip compression that Python does not know
    IndexError, OverflowError, OSError,  # sizes and offsets that make no sense
)  # fmt: skip


def picture_id(name: str) -> str | None:
    """The id of the file `name` of an archive, or None where it is no picture.

    No pictures: other extensions (tables, texts), hidden files, what macOS adds (`__MACOSX/`).
    """
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts if part != ".")
    return None if hidden or path.suffix.lower() not in EXTENSIONS else path.stem


class PictureSource(ABC):
    """Pictures at `path`; `ids` lists them, `stream` gives their bytes.

    `ignored` counts the files that are no pictures; it is known after `ids` or a full `stream`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ignored = 0
        self._ids: frozenset[str] | None = None

    @abstractmethod
    def _files(self, wanted: Set[str] | None) -> Iterator[tuple[str, bytes]]:
        """Names of all files in the source's own order, with the bytes of pictures in `wanted`.

        The bytes of every other file are empty; with None nothing is read.
        """

    @abstractmethod
    def fingerprint(self) -> str:
        """What changes when the pictures change: sizes and times, so that it costs no reading."""

    def ids(self) -> frozenset[str]:
        """The ids of all pictures.

        Raises ValueError when two files have one id, or the archive is damaged. A folder, a zip
        and a plain tar only list their names; a compressed tar has no list, so that this costs a
        pass over all of it (4 GB: about a minute). The answer is kept.
        """
        if self._ids is None:
            self._ids = frozenset(identity for identity, _ in self._pictures(None))
        return self._ids

    def stream(self, wanted: Set[str]) -> Iterator[tuple[str, bytes]]:
        """Yield (id, file content) of the pictures in `wanted`, in the source's own order.

        The order is the archive's, and by name in a folder. An id that the source does not have is
        left out: compare with `ids`. Raises ValueError as `ids` does.
        """
        for identity, data in self._pictures(wanted):
            if identity in wanted:
                yield identity, data

    def _pictures(self, wanted: Set[str] | None) -> Iterator[tuple[str, bytes]]:
        names: dict[str, str] = {}
        self.ignored = 0
        for name, data in self._files(wanted):
            identity = picture_id(name)
            if identity is None:
                self.ignored += 1
                continue
            first = names.setdefault(identity, name)
            if first != name:
                raise ValueError(
                    f"{self.path}: {first!r} and {name!r} both have the picture id {identity!r}. "
                    "Remove one of them."
                )
            yield identity, data


def _check_member(path: Path, name: str, size: int, *, is_file: bool) -> None:
    """Refuse what no archive of pictures has, by the list of its members alone."""
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or re.match("[A-Za-z]:", name):
        raise ValueError(
            f"{path}: the name {name!r} leads out of the archive. Such an archive is not to be "
            "trusted: get it from another place."
        )
    if not is_file:
        raise ValueError(
            f"{path}: {name!r} is a link or a device, no file. Pack the archive again with the "
            "pictures themselves (tar --dereference --hard-dereference)."
        )
    if picture_id(name) is not None and size > MAX_BYTES:
        raise ValueError(
            f"{path}: the picture {name!r} has {size:,} bytes unpacked, more than the "
            f"{MAX_BYTES:,} that are allowed. Remove or shrink it."
        )


def _is_wanted(name: str, wanted: Set[str] | None) -> bool:
    return wanted is not None and picture_id(name) in wanted


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Turn what archive modules raise on damage into one error that says what to do."""
    try:
        yield
    except _DAMAGED as error:
        raise ValueError(
            f"{path} cannot be read to its end: {error}. It is truncated, damaged or packed in an "
            "unknown way. Download or copy it again."
        ) from error


class FolderPictures(PictureSource):
    """A folder and all folders below it; files come in the order of their path."""

    def _files(self, wanted: Set[str] | None) -> Iterator[tuple[str, bytes]]:
        for folder, folders, names in os.walk(self.path):
            folders.sort()
            for name in sorted(names):
                file = Path(folder, name)
                inside = file.relative_to(self.path).as_posix()
                if picture_id(inside) is not None and not file.is_file():
                    raise ValueError(f"{file} is no file, or a link to none. Remove it.")
                yield inside, file.read_bytes() if _is_wanted(inside, wanted) else b""

    def fingerprint(self) -> str:
        states = ((name, (self.path / name).stat()) for name, _ in self._files(None))
        lines = (f"{name} {state.st_size} {state.st_mtime_ns}\n" for name, state in states)
        return f"folder {zlib.crc32(''.join(lines).encode()):08x}"


class _ArchivePictures(PictureSource):
    def fingerprint(self) -> str:
        state = self.path.stat()
        return f"archive {state.st_size} {state.st_mtime_ns}"


class ZipPictures(_ArchivePictures):
    """A zip archive; the checksum of every picture that is read is verified.

    zipfile reads no more than the size that was checked, whatever the compressed bytes hold.
    """

    def _files(self, wanted: Set[str] | None) -> Iterator[tuple[str, bytes]]:
        with _whole(self.path), zipfile.ZipFile(self.path) as archive:
            for member in archive.infolist():
                if member.is_dir():
                    continue
                if member.flag_bits & 1:
                    raise ValueError(f"{self.path}: {member.filename} is encrypted. Unpack it.")
                name = member.filename
                kind = stat.S_IFMT(member.external_attr >> 16)
                is_file = kind in (0, stat.S_IFREG)
                _check_member(self.path, name, member.file_size, is_file=is_file)
                yield name, archive.read(member) if _is_wanted(name, wanted) else b""


_EXTENDED = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
)  # fmt: skip


class _StrictHeader(TarInfo):
    """tarfile takes a damaged header, or a missing end mark, for the end; here it is an error.

    So is an extended header (a long name, say) that is too large.
    """

    @classmethod
    def fromtarfile(cls, tarfile: TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile)
        except EOFHeaderError:
            raise  # the end mark
        except HeaderError as error:
            raise ReadError(f"no file begins at byte {tarfile.offset} ({error})") from error

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        member = super().frombuf(buf, encoding, errors)
        if member.type in _EXTENDED and not 0 <= member.size <= MAX_HEADER_BYTES:
            raise InvalidHeaderError(f"a header of {member.size:,} bytes")
        if member.size < 0:
            raise InvalidHeaderError(f"a size of {member.size} bytes")
        return member


class TarPictures(_ArchivePictures):
    """A tar archive, plain or with gzip."""

    def _files(self, wanted: Set[str] | None) -> Iterator[tuple[str, bytes]]:
        with _whole(self.path), self.path.open("rb") as file:
            compressed = file.read(2) == GZIP
            file.seek(0)
            if not compressed:
                with tarfile.open(fileobj=file, mode="r:", tarinfo=_StrictHeader) as archive:
                    yield from self._members(archive, wanted)
                return
            # gzip's own reader and not tarfile's, which takes a truncated file for whole.
            with gzip.GzipFile(fileobj=file) as content:
                with tarfile.open(fileobj=content, mode="r|", tarinfo=_StrictHeader) as archive:
                    yield from self._members(archive, wanted)
                while content.read(1 << 20):  # on to the checksum at the end
                    pass

    def _members(self, archive: TarFile, wanted: Set[str] | None) -> Iterator[tuple[str, bytes]]:
        for member in archive:
            is_file = member.isfile() or member.isdir()
            _check_member(self.path, member.name, member.size, is_file=is_file)
            if member.isfile():
                reader = archive.extractfile(member) if _is_wanted(member.name, wanted) else None
                yield member.name, reader.read() if reader else b""


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
        start = file.read(512)
    if start[:2] == b"PK":
        return ZipPictures(path)
    if start[:2] == GZIP or start[257:262] == b"ustar":
        return TarPictures(path)
    raise ValueError(
        f"{path} is not a folder, a zip, a tar or a tar.gz (it begins with {start[:8]!r}). "
        "Download it again, or unpack it into a folder and give that."
    )
