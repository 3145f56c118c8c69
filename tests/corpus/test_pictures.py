"""Sources of pictures: a folder and each kind of archive give the same; damage is an error."""

import io
import random
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from clseave_core.corpus.picture_names import picture_id
from clseave_core.corpus.pictures import PictureSource, open_pictures

# In the order of an archive, which is not that of the names.
FILES = {
    "flickr30k_images/30.jpg": b"thirty",
    "flickr30k_images/7.JPG": b"seven",
    "flickr30k_images/deeper/100.png": b"a hundred",
    "flickr30k_images/results.csv": b"no picture",
    "flickr30k_images/.DS_Store": b"no picture",
    "__MACOSX/flickr30k_images/._30.jpg": b"no picture",
    "readme.txt": b"no picture",
}
Writer = Callable[[Path, dict[str, bytes]], Path]


def write_folder(place: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        file = place / "pictures" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return place / "pictures"


def write_zip(place: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(place / "pictures.zip", "w") as archive:
        archive.mkdir("flickr30k_images")
        for name, data in files.items():
            archive.writestr(name, data)
    return place / "pictures.zip"


def _write_tar(path: Path, files: dict[str, bytes], compression: str) -> Path:
    with tarfile.open(path, f"w:{compression}") as archive:  # type: ignore[call-overload]
        folder = tarfile.TarInfo("flickr30k_images")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def write_tar(place: Path, files: dict[str, bytes]) -> Path:
    return _write_tar(place / "pictures.tar", files, "")


def write_tar_gz(place: Path, files: dict[str, bytes]) -> Path:
    return _write_tar(place / "pictures.tar.gz", files, "gz")


WRITERS = [write_folder, write_zip, write_tar, write_tar_gz]
ARCHIVES = [write_zip, write_tar, write_tar_gz]
every_source = pytest.mark.parametrize("write", WRITERS)


def read(source: PictureSource, *wanted: str) -> dict[str, bytes]:
    return dict(source.stream(set(wanted)))


@every_source
def test_ids_are_the_stems_of_the_pictures(tmp_path: Path, write: Writer) -> None:
    source = open_pictures(write(tmp_path, FILES))
    assert source.ids() == {"30", "7", "100"}
    assert source.ignored == 4


@every_source
def test_only_what_is_wanted_is_given(tmp_path: Path, write: Writer) -> None:
    source = open_pictures(write(tmp_path, FILES))
    assert read(source, "7", "100", "absent") == {"7": b"seven", "100": b"a hundred"}
    assert read(source) == {}


@every_source
def test_a_source_can_be_read_again(tmp_path: Path, write: Writer) -> None:
    source = open_pictures(write(tmp_path, FILES))
    assert read(source, "30") == read(source, "30") == {"30": b"thirty"}


@pytest.mark.parametrize("write", ARCHIVES)
def test_an_archive_is_given_in_its_own_order(tmp_path: Path, write: Writer) -> None:
    source = open_pictures(write(tmp_path, FILES))
    assert list(read(source, "100", "30", "7")) == ["30", "7", "100"]


def test_a_folder_is_given_in_the_order_of_its_names(tmp_path: Path) -> None:
    source = open_pictures(write_folder(tmp_path, FILES))
    assert list(read(source, "100", "7", "30")) == ["30", "7", "100"]


@every_source
def test_two_files_with_one_id(tmp_path: Path, write: Writer) -> None:
    source = open_pictures(write(tmp_path, {"a/30.jpg": b"one", "b/30.png": b"other"}))
    message = r"'a/30\.jpg' and 'b/30\.png' both have the picture id '30'"
    with pytest.raises(ValueError, match=message):
        source.ids()
    with pytest.raises(ValueError, match=message):
        read(source, "30")


@pytest.mark.parametrize("write", [write_zip, write_tar_gz])
def test_an_archive_is_known_by_its_content(tmp_path: Path, write: Writer) -> None:
    path = write(tmp_path, FILES).rename(tmp_path / "download")
    assert open_pictures(path).ids() == {"30", "7", "100"}


NOISE = random.Random(0)
BIG = {f"{number}.jpg": NOISE.randbytes(3000) for number in range(20)}


@pytest.mark.parametrize("write", ARCHIVES)
@pytest.mark.parametrize("keep", [0.2, 0.5, 0.8])
def test_a_truncated_archive(tmp_path: Path, write: Writer, keep: float) -> None:
    path = write(tmp_path, BIG)
    path.write_bytes(path.read_bytes()[: int(keep * path.stat().st_size)])
    with pytest.raises(ValueError, match=rf"{path.name} cannot be read .*Download or copy"):
        read(open_pictures(path), "0")


def test_a_tar_cut_where_a_file_ends(tmp_path: Path) -> None:
    """tarfile alone takes such a file for a whole one."""
    path = write_tar(tmp_path, BIG)
    block = 512 + 3072  # header and content
    path.write_bytes(path.read_bytes()[: 512 + 5 * block])
    with pytest.raises(ValueError, match=r"no file begins at byte 18432"):
        open_pictures(path).ids()


def test_a_compressed_tar_cut_behind_its_last_picture(tmp_path: Path) -> None:
    path = write_tar_gz(tmp_path, BIG)
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(ValueError, match=r"pictures\.tar\.gz cannot be read to its end"):
        read(open_pictures(path), "19")


def test_a_tar_with_a_damaged_header(tmp_path: Path) -> None:
    path = write_tar(tmp_path, BIG)
    content = bytearray(path.read_bytes())
    content[512 + 3584 + 100] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"no file begins at byte 4096 \(bad checksum\)"):
        open_pictures(path).ids()


def test_a_zip_with_a_damaged_picture(tmp_path: Path) -> None:
    path = write_zip(tmp_path, FILES)
    path.write_bytes(path.read_bytes().replace(b"thirty", b"THIRTY"))
    with pytest.raises(ValueError, match=r"pictures\.zip cannot be read .*Bad CRC-32"):
        read(open_pictures(path), "30")


def test_what_is_no_source(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere does not exist"):
        open_pictures(tmp_path / "nowhere")
    (tmp_path / "page.html").write_text("<html>Not found</html>")
    with pytest.raises(ValueError, match=r"page\.html is not a folder, a zip, .*b'<html>No'"):
        open_pictures(tmp_path / "page.html")


@every_source
def test_the_fingerprint_changes_with_the_pictures(tmp_path: Path, write: Writer) -> None:
    path = write(tmp_path, FILES)
    before = open_pictures(path).fingerprint()
    assert open_pictures(path).fingerprint() == before
    write(tmp_path, FILES | {"8.jpg": b"eight"})
    assert open_pictures(path).fingerprint() != before


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("flickr30k_images/1000092795.jpg", "1000092795"),
        ("./1.jpeg", "1"),
        ("a.b.webp", "a.b"),
        ("1.jpg.txt", None),
        ("jpg", None),
        (".hidden/1.jpg", None),
        ("__MACOSX/1.jpg", None),
    ],
)
def test_picture_id(name: str, identity: str | None) -> None:
    assert picture_id(name) == identity
