"""What a file is by its first bytes, where it is none of the forms that are read."""

START = 512
"""Bytes that are looked at."""
GZIP = b"\x1f\x8b"
ZIP = b"PK"
PARQUET = b"PAR1"

_UNPACK = "Unpack it ({}) and give what was in it"
_FORMS: dict[bytes, tuple[str, str]] = {
    b"PK\x03\x04": (
        "a zip archive or a spreadsheet (.xlsx, .ods)",
        "Save the sheet as CSV in UTF-8, or unpack the archive (unzip)",
    ),
    b"\xd0\xcf\x11\xe0": ("a spreadsheet (.xls)", "Save the sheet as CSV in UTF-8"),
    b"ARROW1": ("an Arrow file", "Write it as Parquet"),
    b"ORC": ("an ORC file", "Write it as Parquet"),
    b"SQLite format 3": ("an SQLite database", "Write its table as CSV in UTF-8"),
    b"\x80\x02": ("a pickle, which is never read", "Write it as CSV or JSON lines"),
    b"\x80\x03": ("a pickle, which is never read", "Write it as CSV or JSON lines"),
    b"\x80\x04": ("a pickle, which is never read", "Write it as CSV or JSON lines"),
    b"\x80\x05": ("a pickle, which is never read", "Write it as CSV or JSON lines"),
    b"%PDF": ("a PDF", "Save its table as CSV in UTF-8"),
    b"BZh": ("packed with bzip2", _UNPACK.format("bunzip2")),
    b"\xfd7zXZ": ("packed with xz", _UNPACK.format("unxz")),
    b"\x28\xb5\x2f\xfd": ("packed with Zstandard", _UNPACK.format("unzstd")),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", _UNPACK.format("7z x")),
    b"Rar!": ("a RAR archive", _UNPACK.format("unrar x")),
    b"\x1f\x9d": ("packed with compress", _UNPACK.format("uncompress")),
}
_PAGES = (b"<!doctype", b"<html", b"<head", b"<?xml")


def is_tar(start: bytes) -> bool:
    """Whether a file that begins with `start` (`START` bytes) is a tar archive, not packed."""
    return start[257:262] == b"ustar"


def foreign_form(start: bytes) -> tuple[str, str] | None:
    """The name of a known form that is not read, and what to do; None where it has none."""
    for begin, said in _FORMS.items():
        if start.startswith(begin):
            return said
    if is_tar(start):
        return "a tar archive", _UNPACK.format("tar -xf")
    if start.lstrip().lower().startswith(_PAGES):
        return "a page of the web or XML, not the data", "Get the file itself"
    return None
