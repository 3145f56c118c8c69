"""The files of a zip or a tar, read as a stream and never unpacked.

An archive may come from anywhere. Nothing of it is written to the disk, and all the same what would
do harm there is refused, as a sign that it is not the file that was meant: names that lead out of
the archive, links, devices, and pictures or headers of a size that would fill the memory.
"""

import gzip
import io
import lzma
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from tarfile import (  # type: ignore[attr-defined]  # typeshed lacks EOFHeaderError
    EOFHeaderError,
    HeaderError,
    InvalidHeaderError,
    ReadError,
    TarFile,
    TarInfo,
)
from typing import IO, Any, Self, cast

from clseave_core.corpus.picture_names import HEAD
from clseave_core.records.forms import GZIP, START, ZIP, is_tar

ENDINGS = (".zip", ".tar", ".tgz", ".tar.gz")
"""Of archives that are read."""
MAX_BYTES = 64 * 2**20
"""A larger picture file is refused; the largest of Flickr30k has less than one megabyte."""
MAX_HEADER_BYTES = 2**20
"""A larger extended header of a tar is refused: tarfile holds it in memory as a whole."""
MAX_RATIO = 10
"""A large archive in an archive that packs better is refused: one of pictures cannot be packed."""

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


@contextmanager
def _whole(place: str) -> Iterator[None]:
    """Turn what archive modules raise on damage into one error that says what to do."""
    try:
        yield
    except _DAMAGED as error:
        raise ValueError(
            f"{place} cannot be read to its end: {error}. It is truncated, damaged or packed in an "
            "unknown way. Download or copy it again."
        ) from error


class Member(ABC):
    """A file of a folder or an archive, at `place`; `name` is its path there, `size` in bytes.

    One that is `passing` can be read until the next one is asked for, and no more after it.
    """

    passing = False
    _content: bytes | None = None

    def __init__(self, place: str, name: str, size: int) -> None:
        self.place, self.name, self.size = place, name, size

    @abstractmethod
    def open(self) -> IO[bytes]:
        """The file, to be read from its beginning."""

    def read(self) -> bytes:
        """All bytes. Raises ValueError where the archive is damaged, and for a file too large."""
        self.check_size()
        with _whole(self.place), self.open() as file:
            return file.read()

    def head(self) -> bytes:
        """The first `HEAD` bytes."""
        with _whole(self.place), self.open() as file:
            return file.read(HEAD)

    def checksum(self) -> int:
        """CRC-32 of all bytes."""
        return zlib.crc32(self.read())

    def check_size(self) -> None:
        """Raise ValueError where a picture of this size would fill the memory."""
        if self.size > MAX_BYTES:
            raise ValueError(
                f"{self.place}: the picture {self.name!r} has {self.size:,} bytes unpacked, more "
                f"than the {MAX_BYTES:,} that are allowed. Remove or shrink it."
            )

    def forget(self) -> None:
        """Free the memory of what was read."""
        self._content = None

    def members(self) -> Iterator["Member"]:
        """The files of the archive that this file is."""
        with _whole(self.place), self.open() as file:
            yield from archive_members(file, f"{self.place}: {self.name}", passing=self.passing)


class _ZipMember(Member):
    def __init__(self, place: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        super().__init__(place, info.filename, info.file_size)
        self._archive, self._info = archive, info

    def open(self) -> IO[bytes]:
        return self._archive.open(self._info)

    def head(self) -> bytes:
        try:
            return super().head()
        except ValueError as error:
            if isinstance(error.__cause__, NotImplementedError):
                return b""  # packed in a way that Python does not know
            raise

    def checksum(self) -> int:
        return self._info.CRC  # zipfile holds what it reads against it

    def members(self) -> Iterator[Member]:
        if self.size > MAX_BYTES and self.size > MAX_RATIO * self._info.compress_size:
            raise ValueError(
                f"{self.place}: {self.name!r} has {self.size:,} bytes unpacked, more than "
                f"{MAX_RATIO} times its {self._info.compress_size:,}, which no archive of pictures "
                "has. Get it from another place."
            )
        return super().members()


class _TarMember(Member):
    def __init__(self, place: str, archive: TarFile, info: TarInfo, *, passing: bool) -> None:
        super().__init__(place, info.name, info.size)
        self._archive, self._info, self.passing = archive, info, passing

    def open(self) -> IO[bytes]:
        if self._content is not None:
            return io.BytesIO(self._content)
        return cast(IO[bytes], self._archive.extractfile(self._info))

    def read(self) -> bytes:
        content = super().read()
        if self.passing:
            self._content = content  # it cannot be read again
        return content

    def head(self) -> bytes:
        if self.passing and self.size <= MAX_BYTES:
            return self.read()[:HEAD]
        return super().head()


def archive_members(
    file: IO[bytes], place: str, *, passing: bool = False, inner: bool = True
) -> Iterator[Member]:
    """Yield the files of the zip, tar or tar.gz `file`, in the archive's order.

    `place` names it in messages; `inner` says that it is in another archive, so that to go back in
    it is slow, and `passing` that it cannot go back. Raises ValueError for another kind of file,
    for what would do harm, and for damage.
    """
    with _whole(place):
        start = file.read(START)
        if start.startswith(ZIP) and passing:
            raise ValueError(
                f"{place} is a zip in a packed tar, which can be read unpacked only. Unpack the "
                "outer archive (tar -xzf) and give the zip."
            )
        if passing:
            file = cast(IO[bytes], io.BufferedReader(_Again(start, file)))
        else:
            file.seek(0)
        if start.startswith(ZIP):
            yield from _zip_members(file, place, inner=inner)
        elif start.startswith(GZIP):
            # gzip's own reader and not tarfile's, which takes a truncated file for whole.
            with gzip.GzipFile(fileobj=file) as content:
                yield from _tar_members(cast(IO[bytes], content), place, passing=True)
                while content.read(1 << 20):  # on to the checksum at the end
                    pass
        elif is_tar(start):
            yield from _tar_members(file, place, passing=inner or passing)
        else:
            raise ValueError(
                f"{place} is not a zip, a tar or a tar.gz (it begins with {start[:8]!r}). Unpack "
                "everything into a folder and give that."
            )


class _Again(io.RawIOBase):
    """A stream of which the `start` was read already, from its beginning."""

    def __init__(self, start: bytes, rest: IO[bytes]) -> None:
        self._start, self._rest = start, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data, self._start = self._start[: len(buffer)], self._start[len(buffer) :]
        data = data or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _check_member(place: str, name: str, size: int, *, is_file: bool) -> None:
    """Refuse what no archive of pictures has, by the list of its members alone."""
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or re.match("[A-Za-z]:", name):
        raise ValueError(
            f"{place}: the name {name!r} leads out of the archive. Such an archive is not to be "
            "trusted: get it from another place."
        )
    if not is_file:
        raise ValueError(
            f"{place}: {name!r} is a link or a device, no file. Pack the archive again with the "
            "pictures themselves (tar --dereference --hard-dereference)."
        )


def _zip_members(file: IO[bytes], place: str, *, inner: bool) -> Iterator[Member]:
    """The checksum of every file that is read is verified.

    zipfile reads no more than the size that was checked, whatever the compressed bytes hold.
    """
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        if inner:
            infos = sorted(infos, key=lambda info: info.header_offset)
        for info in infos:
            if info.is_dir():
                continue
            if info.flag_bits & 1:
                raise ValueError(f"{place}: {info.filename} is encrypted. Unpack it.")
            kind = stat.S_IFMT(info.external_attr >> 16)
            is_file = kind in (0, stat.S_IFREG)
            _check_member(place, info.filename, info.file_size, is_file=is_file)
            yield _ZipMember(place, archive, info)


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


def _tar_members(file: IO[bytes], place: str, *, passing: bool) -> Iterator[Member]:
    with (
        tarfile.open(fileobj=file, mode="r|", tarinfo=_StrictHeader)
        if passing
        else tarfile.open(fileobj=file, mode="r:", tarinfo=_StrictHeader)
    ) as archive:
        for info in archive:
            is_file = info.isfile() or info.isdir()
            _check_member(place, info.name, info.size, is_file=is_file)
            if info.isfile():
                yield _TarMember(place, archive, info, passing=passing)
