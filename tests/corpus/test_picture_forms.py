"""Pictures as people have them: without ending, twice, behind links, archives in archives."""

import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from clseave_core.corpus import archives
from clseave_core.corpus.pictures import open_pictures

JPEG = b"\xff\xd8\xff\xe0"
FILES = {f"{number}.jpg": JPEG + bytes([number]) * 3000 for number in range(4)}
Files = dict[str, bytes]


def zip_bytes(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tar_bytes(files: Files) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def tar_gz_bytes(files: Files) -> bytes:
    return gzip.compress(tar_bytes(files))


def write_folder(folder: Path, files: Files) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


Packer = Callable[[Files], bytes]
PACKERS: dict[str, Packer] = {"zip": zip_bytes, "tar": tar_bytes, "tar.gz": tar_gz_bytes}
every_source = pytest.mark.parametrize("form", ["folder", *PACKERS])


def write(place: Path, form: str, files: Files) -> Path:
    if form == "folder":
        return write_folder(place / "pictures", files)
    path = place / f"pictures.{form}"
    path.write_bytes(PACKERS[form](files))
    return path


def read(path: Path) -> Files:
    """All pictures, as the workflow reads them: their ids first, their bytes in another job."""
    ids = open_pictures(path).ids()
    found = dict(open_pictures(path).stream(ids))
    assert found.keys() == ids
    return found


EXPECTED = {name.removesuffix(".jpg"): data for name, data in FILES.items()}


@every_source
def test_names_without_a_suffix_are_known_by_their_content(tmp_path: Path, form: str) -> None:
    files = {f"images/{name}": data for name, data in EXPECTED.items()} | {"README": b"words"}
    path = write(tmp_path, form, files)
    assert read(path) == EXPECTED
    source = open_pictures(path)
    source.ids()
    assert (source.ignored, source.notes) == (1, [])


@every_source
def test_one_without_a_suffix_among_others_is_read(tmp_path: Path, form: str) -> None:
    other = b"\x89PNG\r\n\x1a\n" + bytes(99)
    assert read(write(tmp_path, form, FILES | {"77": other})) == EXPECTED | {"77": other}


@every_source
def test_a_picture_with_an_unknown_suffix_is_said(tmp_path: Path, form: str) -> None:
    path = write(tmp_path, form, FILES | {"9.jpg_large": FILES["1.jpg"]})
    source = open_pictures(path)
    assert source.ids() == EXPECTED.keys()
    (note,) = source.notes
    assert note.startswith(f"{path}: Pictures by their content whose endings are unknown")
    assert "'9.jpg_large'" in note


@every_source
def test_every_picture_twice_is_harmless(tmp_path: Path, form: str) -> None:
    twice = FILES | {f"flickr30k/{name}": data for name, data in FILES.items()}
    assert read(write(tmp_path, form, twice)) == EXPECTED


@every_source
@pytest.mark.parametrize("other", [JPEG, JPEG + bytes([9]) * 3000])
def test_two_pictures_of_one_id_are_not(tmp_path: Path, form: str, other: bytes) -> None:
    path = write(tmp_path, form, FILES | {"x/1.jpg": other})
    message = r"'1\.jpg' and 'x/1\.jpg' both have the picture id '1', but not the same bytes"
    with pytest.raises(ValueError, match=message):
        open_pictures(path).ids()
    with pytest.raises(ValueError, match=message):
        dict(open_pictures(path).stream({"0"}))


@pytest.mark.parametrize("inner", PACKERS)
@every_source
def test_an_archive_in_an_archive_is_read(tmp_path: Path, form: str, inner: str) -> None:
    files = {f"data/inner.{inner}": PACKERS[inner](FILES), "readme.txt": b"words"}
    path = write(tmp_path, form, files)
    if (form, inner) == ("tar.gz", "zip"):
        with pytest.raises(ValueError, match=r"data/inner\.zip is a zip in a packed tar.*tar -xzf"):
            open_pictures(path).ids()
        return
    assert read(path) == EXPECTED


def test_a_zip_that_is_stored_in_a_zip_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    path.write_bytes(zip_bytes({"inner.zip": zip_bytes(FILES)}, zipfile.ZIP_STORED))
    assert read(path) == EXPECTED


def test_archives_in_one_another_without_end_are_refused(tmp_path: Path) -> None:
    data = zip_bytes(FILES)
    for _ in range(5):
        data = zip_bytes({"next.zip": data})
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(ValueError, match=r"x\.zip: next\.zip: .* no picture but archives"):
        open_pictures(tmp_path / "x.zip").ids()


@every_source
def test_two_archives_are_to_be_unpacked(tmp_path: Path, form: str) -> None:
    path = write(tmp_path, form, {"a.zip": zip_bytes(FILES), "b.zip": zip_bytes(FILES)})
    message = r"no picture but archives: 'a\.zip', 'b\.zip'\. Unpack them into one folder"
    with pytest.raises(ValueError, match=message):
        open_pictures(path).ids()


@every_source
def test_an_archive_beside_pictures_is_said(tmp_path: Path, form: str) -> None:
    path = write(tmp_path, form, FILES | {"more.zip": zip_bytes(FILES)})
    source = open_pictures(path)
    assert source.ids() == EXPECTED.keys()
    assert source.notes == [f"{path}: archives beside the pictures are not read: 'more.zip'."]


@pytest.mark.parametrize("form", PACKERS)
def test_an_inner_archive_that_is_damaged_is_named(tmp_path: Path, form: str) -> None:
    path = write(tmp_path, form, {"inner.tgz": tar_gz_bytes(FILES)[:-9]})
    with pytest.raises(ValueError, match=rf"pictures\.{form}: inner\.tgz cannot be read to its"):
        open_pictures(path).ids()


def test_an_inner_archive_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    path.write_bytes(zip_bytes({"inner.zip": bytes(archives.MAX_BYTES + 1)}))
    with pytest.raises(ValueError, match=r"pictures\.zip: 'inner\.zip' has 67,108,865 bytes"):
        open_pictures(path).ids()


def test_an_inner_archive_must_keep_the_rules_too(tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    path.write_bytes(zip_bytes({"inner.zip": zip_bytes({"../1.jpg": JPEG})}))
    with pytest.raises(ValueError, match=r"inner\.zip: the name '\.\./1\.jpg' leads out"):
        open_pictures(path).ids()


def test_a_folder_that_holds_only_a_link_to_the_pictures(tmp_path: Path) -> None:
    real = write_folder(tmp_path / "real", FILES)
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "pictures").symlink_to(real)
    assert read(tmp_path / "study") == EXPECTED
    before = open_pictures(tmp_path / "study").fingerprint()
    os.utime(real / "1.jpg", ns=(1, 1))
    assert open_pictures(tmp_path / "study").fingerprint() != before


def test_a_link_to_an_archive_and_a_link_that_is_the_folder(tmp_path: Path) -> None:
    (tmp_path / "real.zip").write_bytes(zip_bytes(FILES))
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "pictures.zip").symlink_to(tmp_path / "real.zip")
    (tmp_path / "link").symlink_to(tmp_path / "study")
    assert read(tmp_path / "link") == EXPECTED


def test_links_that_go_round_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "pictures", {"a/1.jpg": FILES["1.jpg"]})
    (folder / "a" / "up").symlink_to(folder)
    (folder / "itself").symlink_to(folder)
    assert read(folder) == {"1": FILES["1.jpg"]}


def test_a_link_to_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pictures").symlink_to(tmp_path / "nothing")
    with pytest.raises(ValueError, match=r"pictures is no file, or a link to none"):
        open_pictures(tmp_path).ids()


@every_source
def test_a_source_without_pictures_says_what_it_has(tmp_path: Path, form: str) -> None:
    path = write(tmp_path, form, {"a.txt": b"words", "b.csv": b"1,2", "c.csv": b"3,4"})
    with pytest.raises(ValueError, match=r"has no picture; its files: 'a\.txt', 'b\.csv' and 1 m"):
        open_pictures(path).ids()


def test_names_as_windows_writes_them_into_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    path.write_bytes(zip_bytes({f"Images\\{name}": data for name, data in FILES.items()}))
    assert read(path) == EXPECTED


def test_a_tar_gz_does_not_keep_its_pictures_in_memory(tmp_path: Path) -> None:
    path = write(tmp_path, "tar.gz", FILES)
    found = [member for _, member in open_pictures(path)._pictures()]
    assert [member._content for member in found] == [None] * len(FILES)
