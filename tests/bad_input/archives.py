"""Broken and hostile archives of pictures."""

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from clseave_core.corpus.pictures import open_pictures
from tests.bad_input.case import Case, file

Write = Callable[[Path], Path]


def names(path: Path) -> object:
    """What the workflow asks first: the ids of all pictures."""
    return open_pictures(path).ids()


def first_picture(path: Path) -> object:
    """The bytes of picture 1."""
    return dict(open_pictures(path).stream({"1"}))["1"]


def zip_of(*members: tuple[str | zipfile.ZipInfo, bytes], cut: int | None = None) -> Write:
    """A zip of names and contents, or its first `cut` bytes."""

    def write(folder: Path) -> Path:
        path = folder / "pictures.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members:
                archive.writestr(name, content)
        path.write_bytes(path.read_bytes()[:cut])
        return path

    return write


def tar_bytes(*members: tarfile.TarInfo, content: bytes = b"jpeg") -> bytes:
    """A tar of members; regular files among them hold `content`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for member in members:
            if member.isreg():
                member.size = len(content)
            archive.addfile(member, io.BytesIO(content) if member.isreg() else None)
    return buffer.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    """A member of a tar."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def tar_of(*members: tarfile.TarInfo, cut: int | None = None) -> Write:
    """A tar of members, or its first `cut` bytes."""
    return file("pictures.tar", tar_bytes(*members)[:cut])


def _zip_link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("1.jpg")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def _announced(size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    """A header that says `size`, with nothing of it behind."""
    info = member("1.jpg", kind)
    info.size = size
    return info.tobuf(tarfile.GNU_FORMAT)


def _dangling(folder: Path) -> Path:
    (folder / "1.jpg").symlink_to(folder / "nothing")
    return folder


PICTURE = ("1.jpg", b"jpeg" * 1000)
ZEROS = bytes(65 * 2**20)
LEADS_OUT = "leads out of the archive.*get it from another place"
NO_FILE = "is a link or a device, no file.*Pack the archive again"
TWICE = "both have the picture id '1'.*Remove one"
DAMAGED = "cannot be read to its end: .*Download or copy it again"

CASES = {
    "a zip cut short": Case(zip_of(PICTURE, cut=60), names, rf"pictures\.zip {DAMAGED}"),
    "a tar cut short": Case(tar_of(member("1.jpg"), cut=700), names, rf"pictures\.tar {DAMAGED}"),
    "a tar.gz cut short": Case(
        file("pictures.tar.gz", gzip.compress(tar_bytes(member("1.jpg")))[:-5]),
        names,
        rf"pictures\.tar\.gz {DAMAGED}",
    ),
    "a file without a byte": Case(
        file("pictures.tar", b""), names, r"pictures\.tar is not a folder, a zip.*begins with b''"
    ),
    "a page instead of an archive": Case(
        file("pictures.zip", b"<html>404</html>"), names, r"pictures\.zip is not.*b'<html>40'"
    ),
    "another kind of archive": Case(
        file("pictures.tar", b"7z\xbc\xaf\x27\x1c"), names, r"pictures\.tar is not.*b\"7z"
    ),
    "gzip of no tar": Case(
        file("pictures.tar.gz", gzip.compress(b"no tar" * 200)),
        names,
        rf"pictures\.tar\.gz {DAMAGED}",
    ),
    "one picture in two folders": Case(
        zip_of(("a/1.jpg", b"one"), ("a/b/1.png", b"two")),
        names,
        rf"pictures\.zip: 'a/1\.jpg' and 'a/b/1\.png' {TWICE}",
    ),
    "names in two encodings": Case(
        file(
            "pictures.tar",
            # The end mark of the first is left out.
            tar_bytes(member("caf\udce9/1.jpg"))[:1024]
            + tar_bytes(member("café/1.jpg"), content=b"other"),
        ),
        names,
        rf"pictures\.tar: 'caf\\udce9/1\.jpg' and 'café/1\.jpg' {TWICE}",
    ),
    "a name of a parent folder in a zip": Case(
        zip_of(("../../1.jpg", b"")),
        names,
        rf"pictures\.zip: the name '\.\./\.\./1\.jpg' {LEADS_OUT}",
    ),
    "a name of a parent folder in a tar": Case(
        tar_of(member("a/../../1.jpg")), names, rf"pictures\.tar: the name 'a/\.\..*' {LEADS_OUT}"
    ),
    "an absolute name in a zip": Case(
        zip_of(("/etc/1.jpg", b"")), names, rf"pictures\.zip: the name '/etc/1\.jpg' {LEADS_OUT}"
    ),
    "an absolute name in a tar": Case(
        tar_of(member("/etc/1.jpg")), names, rf"pictures\.tar: the name '/etc/1\.jpg' {LEADS_OUT}"
    ),
    "an absolute name as Windows has it": Case(
        zip_of(("C:\\1.jpg", b"")), names, rf"pictures\.zip: the name 'C:.*1\.jpg' {LEADS_OUT}"
    ),
    "a symbolic link in a tar": Case(
        tar_of(member("1.jpg", tarfile.SYMTYPE, "/etc/passwd")),
        names,
        rf"pictures\.tar: '1\.jpg' {NO_FILE}",
    ),
    "a hard link in a tar": Case(
        tar_of(member("a.jpg"), member("1.jpg", tarfile.LNKTYPE, "../a.jpg")),
        names,
        rf"pictures\.tar: '1\.jpg' {NO_FILE}",
    ),
    "a device in a tar": Case(
        tar_of(member("1.jpg", tarfile.CHRTYPE)), names, rf"pictures\.tar: '1\.jpg' {NO_FILE}"
    ),
    "a symbolic link in a zip": Case(
        zip_of((_zip_link(), b"/etc/passwd")), names, rf"pictures\.zip: '1\.jpg' {NO_FILE}"
    ),
    "a zip bomb": Case(
        zip_of(("1.jpg", ZEROS)),
        first_picture,
        r"pictures\.zip: the picture '1\.jpg' has 68,157,440 bytes unpacked, more than",
    ),
    "a tar.gz bomb": Case(
        file("pictures.tar.gz", gzip.compress(_announced(10**12))),
        first_picture,
        r"pictures\.tar\.gz: the picture '1\.jpg' has 1,000,000,000,000 bytes unpacked",
    ),
    "a bomb in a tar's header": Case(
        file("pictures.tar.gz", gzip.compress(_announced(2**33, tarfile.GNUTYPE_LONGNAME))),
        names,
        r"pictures\.tar\.gz cannot be read.*a header of 8,589,934,592 bytes",
    ),
    "a folder with a link to nothing": Case(
        _dangling, names, r"1\.jpg is no file, or a link to none"
    ),
    "no archive": Case(
        lambda folder: folder / "pictures.tar",
        names,
        r"pictures\.tar does not exist",
        FileNotFoundError,
    ),
}
