"""From one way to a file to the next: what is at hand, addresses, the hub's data set, SNLI."""

import gzip
import io
import json
import shutil
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clseave_core.corpus.downloads import DownloadError
from clseave_core.corpus.fetching import at_hand, fetch_file
from clseave_core.corpus.pictures import open_pictures
from clseave_core.corpus.snli_ve import read_annotations
from clseave_core.study.raw_files import PICTURES, raw_files
from tests.corpus.made_snli import as_generated, lines_of, own_lists, snli_rows, snli_zip
from tests.rehearsal.servers import ArchiveMirror, Drop, ModelHub, Status

TOKEN = "hf_value_of_the_token"
DATA_SET = "owner/photos"
TAR, ZIP = "photos.tar.gz", "photos-images.zip"
TRAIN_VAL, TESTED = own_lists(train=20, tested=5)
ROWS = snli_rows([*TRAIN_VAL[:20], *TRAIN_VAL[-5:], *TESTED])
MADE = as_generated(ROWS, TRAIN_VAL, TESTED)
SNLI = {
    "snli_1.0.zip": snli_zip(ROWS),
    "train_val.lst": "\n".join(TRAIN_VAL).encode(),
    "test.lst": "\n".join(TESTED).encode(),
}


def pictures(count: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(count):
            archive.writestr(f"images/{number}.jpg", b"\xff\xd8\xff" + bytes(range(200)) * 3)
    return content.getvalue()


def annotations(split: str) -> bytes:
    rows = [row | {"Flickr30K_ID": row["pairID"].partition(".")[0]} for row in MADE[split]]
    return gzip.compress(lines_of(rows))


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


@pytest.fixture
def mirror() -> Iterator[ArchiveMirror]:
    with ArchiveMirror({}) as running:
        yield running


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelHub]:
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / ZIP).write_bytes(pictures(6))
    with ModelHub({f"datasets/{DATA_SET}": tmp_path / "hub"}) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url.replace("127.0.0.1", "localhost"))
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.setenv("HF_HUB_OFFLINE_OF_USER", "0")
        yield running


def files(tmp_path: Path, mirror: ArchiveMirror, **changes: Any) -> dict[str, dict[str, Any]]:
    """The entries of a corpus whose every file has the mirror for its address."""

    def at(name: str) -> dict[str, Any]:
        return {"urls": [mirror.address(name)]}

    corpus = {
        "pictures": at(TAR)
        | {
            "hub": {"id": DATA_SET, "file": ZIP},
            "names": ["archive.zip"],
            "by_hand": "Kaggle has it as archive.zip.",
        },
        "annotations": {split: at(f"snli_ve_{split}.jsonl.gz") for split in MADE}
        | {
            "from_snli": {
                "snli": at("snli_1.0.zip"),
                "train_val": at("train_val.lst"),
                "test": at("test.lst"),
            }
        },
        "expected": {
            "pairs": {split: len(rows) for split, rows in MADE.items()},
            "images": {"train": 4, "dev": 1, "test": 1, "xvnli": 3},
        },
    } | changes
    return raw_files(corpus, list(MADE), tmp_path / "downloads")


def test_the_bucket_comes_first_and_the_hub_is_not_asked(
    tmp_path: Path, mirror: ArchiveMirror, hub: ModelHub
) -> None:
    mirror.files[TAR] = pictures(6)
    entry = files(tmp_path, mirror)[PICTURES]

    assert fetch_file(entry).read_bytes() == mirror.files[TAR]
    assert hub.requests == []
    assert [request.authorization for request in mirror.requests] == [""]


def test_what_the_bucket_does_not_give_comes_from_the_data_set_of_the_hub(
    tmp_path: Path, mirror: ArchiveMirror, hub: ModelHub
) -> None:
    target = fetch_file(files(tmp_path, mirror)[PICTURES])

    assert target.read_bytes() == pictures(6)
    assert target.name.startswith("photos-") and target.name.endswith(".tar.gz")
    assert len(open_pictures(target).ids()) == 6  # told by its content, not by its name
    assert [request.status for request in mirror.requests] == [404]
    resolved, stored = hub.requests
    assert resolved.path == f"/datasets/{DATA_SET}/resolve/main/{ZIP}"
    assert resolved.authorization == f"Bearer {TOKEN}"
    assert stored.authorization == ""  # it lies on another host


def test_a_cut_download_of_the_hub_goes_on_at_the_hub_and_two_ways_are_never_mixed(
    tmp_path: Path, mirror: ArchiveMirror, hub: ModelHub
) -> None:
    mirror.files[TAR] = pictures(5) + bytes(999)
    mirror._faults[f"/{TAR}"] = [Drop(300), Status(404)]
    hub._faults[hub._byte_path(f"datasets/{DATA_SET}/{ZIP}")] = [Drop(700), Status(404)]
    with pytest.raises(DownloadError, match="700 bytes that came are kept"):
        fetch_file(files(tmp_path, mirror)[PICTURES])
    target = fetch_file(files(tmp_path, mirror)[PICTURES])

    assert target.read_bytes() == pictures(6)
    assert len(mirror.requests) == 2  # the hub, whose bytes are there, is asked first
    assert [r.start for r in hub.gets("storage") if r.status in (200, 206)] == [None, 700]


def test_an_archive_with_too_few_pictures_is_not_taken(
    tmp_path: Path, mirror: ArchiveMirror, hub: ModelHub
) -> None:
    mirror.files[TAR] = pictures(5)
    assert fetch_file(files(tmp_path, mirror)[PICTURES]).read_bytes() == pictures(6)

    shutil.rmtree(tmp_path / "downloads")
    (tmp_path / "hub" / ZIP).write_bytes(pictures(3))
    with pytest.raises(DownloadError, match=r"it has 5 pictures, expected 6 or more") as failure:
        fetch_file(files(tmp_path, mirror)[PICTURES])
    assert "it has 3 pictures, expected 6 or more" in str(failure.value)
    assert list((tmp_path / "downloads").iterdir()) == []


@pytest.mark.parametrize("name", [TAR, ZIP, "archive.zip"])
def test_what_lies_among_the_downloads_under_a_known_name_is_taken_and_nobody_asked(
    tmp_path: Path, mirror: ArchiveMirror, hub: ModelHub, name: str
) -> None:
    entry = files(tmp_path, mirror)[PICTURES]
    own = tmp_path / "downloads" / name
    own.parent.mkdir()
    own.write_bytes(pictures(7))
    assert at_hand(entry) == own

    target = fetch_file(entry)

    assert target.read_bytes() == own.read_bytes()
    assert target.is_symlink() and own.exists()
    assert mirror.requests == hub.requests == []
    own.unlink()  # the link leads nowhere now
    own.with_name("archive.zip").write_bytes(pictures(8))
    assert fetch_file(entry).read_bytes() == pictures(8)


def test_an_own_archive_with_too_few_pictures_is_refused(
    tmp_path: Path, mirror: ArchiveMirror, hub: ModelHub
) -> None:
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads/archive.zip").write_bytes(pictures(2))
    with pytest.raises(
        ValueError,
        match=r"archive\.zip was taken for the archive of pictures: it has 2 pictures, expected 6 "
        r"or more\. .* Put the right file in its place, or take it away",
    ):
        fetch_file(files(tmp_path, mirror)[PICTURES])
    assert mirror.requests == hub.requests == []


@pytest.mark.parametrize("name", ["snli_ve_dev.jsonl", "snli_ve_dev.jsonl.gz"])
def test_annotations_may_lie_there_packed_or_not(
    tmp_path: Path, mirror: ArchiveMirror, name: str
) -> None:
    (tmp_path / "downloads").mkdir()
    content = annotations("dev")
    (tmp_path / "downloads" / name).write_bytes(
        content if name.endswith(".gz") else gzip.decompress(content)
    )
    target = fetch_file(files(tmp_path, mirror)["dev"])
    assert len(read_annotations(target)) == len(MADE["dev"])
    assert mirror.requests == []


def test_a_split_that_no_address_gives_is_made_from_snli(
    tmp_path: Path, mirror: ArchiveMirror, caplog: pytest.LogCaptureFixture
) -> None:
    mirror.files |= SNLI | {"snli_ve_test.jsonl.gz": annotations("test")}
    mirror._faults["/snli_1.0.zip"] = [Drop(500)]
    entries = files(tmp_path, mirror)

    for split, rows in MADE.items():
        read = read_annotations(fetch_file(entries[split]))
        assert read.pair_ids == [row["pairID"] for row in rows]
        assert read.hypotheses == [" ".join(row["sentence2"].split()) for row in rows]

    assert "the SNLI-VE annotations of train: made from SNLI, since no address" in caplog.text
    assert "annotations of test: made" not in caplog.text
    assert [r.start for r in mirror.gets("snli_1.0.zip")] == [None, 500]
    assert len(mirror.gets(".lst")) == 2  # once for both splits that are made


def test_annotations_with_other_counts_are_not_taken(
    tmp_path: Path, mirror: ArchiveMirror, caplog: pytest.LogCaptureFixture
) -> None:
    mirror.files |= SNLI | {"snli_ve_train.jsonl.gz": annotations("test")}
    target = fetch_file(files(tmp_path, mirror)["train"])
    assert len(read_annotations(target)) == len(MADE["train"])
    assert f"it has {len(MADE['test'])} pairs, expected {len(MADE['train'])}." in caplog.text


def test_snli_of_the_users_own_comes_before_any_address(
    tmp_path: Path, mirror: ArchiveMirror
) -> None:
    (tmp_path / "downloads").mkdir()
    for name, content in SNLI.items():
        (tmp_path / "downloads" / name).write_bytes(content)
    fetch_file(files(tmp_path, mirror)["train"])
    assert mirror.requests == []


def test_snli_of_the_users_own_is_read_where_it_is(tmp_path: Path, mirror: ArchiveMirror) -> None:
    for name, content in SNLI.items():
        (tmp_path / name).write_bytes(content)
    own = {
        "snli": {"path": str(tmp_path / "snli_1.0.zip")},
        "train_val": {"path": str(tmp_path / "train_val.lst")},
        "test": {"path": str(tmp_path / "test.lst")},
    }
    entries = files(tmp_path, mirror, annotations={"from_snli": own})
    assert len(read_annotations(fetch_file(entries["dev"]))) == len(MADE["dev"])
    assert mirror.requests == []

    before = entries["dev"]["target"]
    (tmp_path / "test.lst").write_text("\n".join(TESTED[:-1]))
    again = files(tmp_path, mirror, annotations={"from_snli": own})
    assert again["dev"]["target"] != before  # another split of the pictures, another file

    (tmp_path / "test.lst").unlink()
    with pytest.raises(DownloadError, match=r"test\.lst does not exist\. Correct the path"):
        fetch_file(files(tmp_path, mirror, annotations={"from_snli": own})["dev"])


def test_where_no_way_leads_one_message_has_all_of_them_and_what_to_put_where(
    tmp_path: Path, mirror: ArchiveMirror, hub: ModelHub
) -> None:
    hub.gated = (f"datasets/{DATA_SET}",)
    with pytest.raises(DownloadError) as failure:
        fetch_file(files(tmp_path, mirror)[PICTURES])
    resolved = f"{hub.url.replace('127.0.0.1', 'localhost')}/datasets/{DATA_SET}"
    assert str(failure.value).splitlines() == [
        "the archive of pictures could not be had:",
        f"  {mirror.address(TAR)}",
        "    404 Not Found",
        f"  {resolved}/resolve/main/{ZIP}",
        f"    401 Unauthorized (Access to model datasets/{DATA_SET} is restricted.). Accept its "
        f"terms at {resolved} and log in with `hf auth login` or HF_TOKEN; a token that is no "
        "longer valid must be taken away.",
        "Kaggle has it as archive.zip. Put the archive of pictures into "
        f"{tmp_path / 'downloads'} as {TAR} or {ZIP} or archive.zip, or name your own copy as "
        "`path` in the study.",
    ]


def test_the_message_for_annotations_has_the_reasons_of_snli_too(
    tmp_path: Path, mirror: ArchiveMirror
) -> None:
    mirror.files["snli_1.0.zip"] = b"no zip"
    mirror.files |= {name: SNLI[name] for name in ("train_val.lst", "test.lst")}
    with pytest.raises(DownloadError) as failure:
        fetch_file(files(tmp_path, mirror)["train"])
    message = str(failure.value)
    assert "annotations of train could not be had" in message
    assert f"{mirror.address('snli_ve_train.jsonl.gz')}\n    404 Not Found" in message
    assert "made from SNLI\n    " in message and "cannot be read as the zip of SNLI" in message
    assert (
        "as snli_ve_train.jsonl.gz or snli_ve_train.jsonl (or what it is made from: snli_1.0.zip, "
        "train_val.lst, test.lst), or name your own copy"
    ) in message

    del mirror.files["train_val.lst"]
    shutil.rmtree(tmp_path / "downloads")
    with pytest.raises(DownloadError, match=r"train_val\.lst\n +404 Not Found"):
        fetch_file(files(tmp_path, mirror)["train"])


def test_the_hub_is_not_asked_where_the_user_forbids_it(
    tmp_path: Path, mirror: ArchiveMirror, hub: ModelHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE_OF_USER", "1")
    with pytest.raises(DownloadError, match="HF_HUB_OFFLINE=1 forbids to ask the hub"):
        fetch_file(files(tmp_path, mirror)[PICTURES])
    assert hub.requests == []


def test_a_full_disk_is_no_reason_to_go_another_way(
    tmp_path: Path, mirror: ArchiveMirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror.files |= SNLI | {"snli_ve_train.jsonl.gz": annotations("train")}
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10))
    with pytest.raises(DownloadError, match="the disk is full"):
        fetch_file(files(tmp_path, mirror)["train"])
    assert mirror.gets("snli_1.0.zip") == []


def test_a_name_that_two_files_share_is_taken_for_neither(
    tmp_path: Path, mirror: ArchiveMirror
) -> None:
    def at(split: str) -> dict[str, Any]:
        return {"urls": [f"{mirror.url}/{split}/data.jsonl"]}

    entries = files(tmp_path, mirror, annotations={split: at(split) for split in MADE})
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads/data.jsonl").write_text(json.dumps({}))
    assert [at_hand(entries[split]) for split in MADE] == [None] * 3
    assert len({entries[split]["target"] for split in MADE}) == 3
