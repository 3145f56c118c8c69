"""SNLI-VE made from SNLI: the authors' rows in the authors' order, and what is refused."""

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from clseave_core.corpus import from_snli
from clseave_core.corpus.from_snli import SnliFiles, make_split, pictures_of
from clseave_core.corpus.snli_ve import read_annotations
from tests.corpus.made_snli import (
    MEMBERS,
    as_generated,
    lines_of,
    own_lists,
    picture_of,
    snli_row,
    snli_rows,
    snli_zip,
)

SPLITS = ("train", "dev", "test")
SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples"
TRAIN_VAL, TESTED = own_lists(train=30, tested=20)
OF_TRAIN = snli_row(f"{TRAIN_VAL[0]}.jpg#4r9n", "neutral", "One more.")
ROWS = snli_rows([*TRAIN_VAL[:30], *TRAIN_VAL[-15:], *TESTED])


@pytest.fixture
def files(tmp_path: Path) -> SnliFiles:
    found = SnliFiles(tmp_path / "snli_1.0.zip", tmp_path / "train_val.lst", tmp_path / "test.lst")
    found.snli.write_bytes(snli_zip(ROWS))
    found.train_val.write_text("\n".join(TRAIN_VAL))  # as the published list ends: without \n
    found.test.write_text("\n".join(TESTED) + "\n")
    return found


@pytest.mark.parametrize("split", SPLITS)
def test_rows_and_their_order_are_those_of_the_authors_generator(
    files: SnliFiles, tmp_path: Path, split: str
) -> None:
    wanted = as_generated(ROWS, TRAIN_VAL, TESTED)[split]
    target = tmp_path / "made.jsonl.gz"

    assert make_split(files, split, target, len(wanted)) == len(wanted) > 40

    made = [json.loads(line) for line in gzip.decompress(target.read_bytes()).splitlines()]
    keys = ("gold_label", "pairID", "sentence2")
    assert made == [
        {"Flickr30K_ID": picture_of(row), **{key: row[key] for key in keys}} for row in wanted
    ]
    read = read_annotations(target)
    assert read.pair_ids == [row["pairID"] for row in wanted]
    assert read.image_ids == [picture_of(row) for row in wanted]
    assert read.dropped == 0


def test_the_same_bytes_are_made_from_the_unpacked_folder(files: SnliFiles, tmp_path: Path) -> None:
    make_split(files, "train", tmp_path / "a.gz", None)
    for folder in (tmp_path / "own", tmp_path / "own" / "snli_1.0"):
        with zipfile.ZipFile(files.snli) as archive:
            archive.extractall(tmp_path / "own", MEMBERS.values())
        make_split(SnliFiles(folder, files.train_val, files.test), "train", tmp_path / "b.gz", None)
        assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()
        (tmp_path / "b.gz").unlink()


@pytest.mark.parametrize("form", ["\ufeff{}\r\n", "{}.jpg\n", "  {}\n\n"])
def test_a_list_in_another_form_is_the_same_list(
    files: SnliFiles, tmp_path: Path, form: str
) -> None:
    make_split(files, "dev", tmp_path / "a.gz", None)
    start = form[0] if form[0] == "\ufeff" else ""
    lines = "".join(form.removeprefix(start).format(picture) for picture in TRAIN_VAL)
    files.train_val.write_bytes((start + lines).encode())
    make_split(files, "dev", tmp_path / "b.gz", None)
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


def test_the_published_lists_have_the_published_numbers_of_pictures() -> None:
    lists = [SAMPLES / f"flickr30k_{name}.lst" for name in ("train_val", "test")]
    if not all(path.exists() for path in lists):
        pytest.skip("the published lists of pictures are not beside the checkout")
    files = SnliFiles(Path("unread"), *lists)
    counts = {split: len(set(pictures_of(files, split))) for split in SPLITS}
    assert counts == {"train": 29_783, "dev": 1_000, "test": 1_000}
    assert pictures_of(files, "dev")[-1] == lists[0].read_text().split()[-1]


def broken_zip(content: bytes) -> Callable[[SnliFiles], None]:
    def write(files: SnliFiles) -> None:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as made:
            for name, member in MEMBERS.items():
                made.writestr(member, content if name == "dev" else lines_of(ROWS[name]))
        files.snli.write_bytes(archive.getvalue())

    return write


def without_test_rows(files: SnliFiles) -> None:
    files.snli.write_bytes(snli_zip(ROWS | {"test": []}))


def a_member_less(files: SnliFiles) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr(MEMBERS["train"], lines_of(ROWS["train"]))
    files.snli.write_bytes(archive.getvalue())


def cut(files: SnliFiles) -> None:
    files.snli.write_bytes(files.snli.read_bytes()[:-500])


def a_wrong_byte(files: SnliFiles) -> None:
    content = bytearray(files.snli.read_bytes())
    content[len(content) // 2] ^= 0xFF
    files.snli.write_bytes(content)


def a_bomb(files: SnliFiles) -> None:
    """Says in the zip's directory that its train file unpacks to 3 GB."""
    content = bytearray(files.snli.read_bytes())
    name = MEMBERS["train"].encode()
    start = content.rindex(b"PK\x01\x02", 0, content.rindex(name))
    content[start + 24 : start + 28] = struct.pack("<I", 3_000_000_000)
    files.snli.write_bytes(content)


def listed(name: str, lines: list[str]) -> Callable[[SnliFiles], None]:
    def write(files: SnliFiles) -> None:
        getattr(files, name).write_text("\n".join(lines))

    return write


REFUSED = {
    "a row that is cut": (
        broken_zip(lines_of([OF_TRAIN])[:-30]),
        r"snli_1\.0\.zip snli_1\.0_dev\.jsonl line \d+: is no row of SNLI",
    ),
    "a row without a hypothesis": (
        broken_zip(lines_of([{key: OF_TRAIN[key] for key in ("pairID", "gold_label")}])),
        r"dev\.jsonl line 1: is no row of SNLI \(KeyError\('sentence2'\)",
    ),
    "a hypothesis that is no text": (
        broken_zip(lines_of([OF_TRAIN | {"sentence2": 3}])),
        r"dev\.jsonl line 1: sentence2 3 is not text",
    ),
    "a line without end": (
        broken_zip(b'{"a": "' + b"x" * (2 << 20)),
        r"dev\.jsonl line 1: the line has more than 1,048,576 bytes",
    ),
    "rows of a table": (broken_zip(b"gold_label\tpairID\n"), r"line 1: is no row of SNLI"),
    "fewer rows than are expected": (
        without_test_rows, r"has \d+ labelled pairs of the 30 train pictures .*, expected \d+",
    ),
    "an archive without the dev file": (a_member_less, r"has 0 files snli_1\.0_dev\.jsonl, not"),
    "an archive that is cut": (cut, r"cannot be read as the zip of SNLI 1\.0: .*zip"),
    "an archive with a wrong byte": (
        a_wrong_byte, r"cannot be read as the zip of SNLI 1\.0: |is no row of SNLI",
    ),
    "an archive that would fill the memory": (a_bomb, r"has 3,000,000,000 bytes unpacked, more"),
    "no archive": (
        lambda files: files.snli.write_text("<!DOCTYPE html>"), r"File is not a zip file",
    ),
    "a picture in both lists": (
        listed("test", [*TESTED, TRAIN_VAL[3]]),
        rf"test\.lst line 21: the picture '{TRAIN_VAL[3]}' stands already in .*_val\.lst line 4",
    ),
    "a picture twice in a list": (
        listed("train_val", [*TRAIN_VAL, TRAIN_VAL[0]]),
        r"train_val\.lst line 1031: .* stands already in .*train_val\.lst line 1\.",
    ),
    "a page for a list": (
        listed("train_val", ["<html>", "404"]),
        r"train_val\.lst line 1: '<html>' is no picture's id",
    ),
    "a list that leaves nothing for train": (
        listed("train_val", TRAIN_VAL[:1000]), r"names 1,000 pictures: its last 1,000 are dev",
    ),
    "lists of other pictures": (
        listed("train_val", [f"9{picture}" for picture in TRAIN_VAL]),
        r"has 0 labelled pairs of the 30 train pictures",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_snli_or_a_list_is_refused_and_nothing_is_written(
    files: SnliFiles, tmp_path: Path, name: str
) -> None:
    spoil, message = REFUSED[name]
    spoil(files)
    expected = len(as_generated(ROWS, TRAIN_VAL, TESTED)["train"])

    with pytest.raises(ValueError, match=message):
        make_split(files, "train", tmp_path / "made" / "train.gz", expected)

    assert not (tmp_path / "made").exists()


def test_lines_of_other_pictures_are_not_parsed(
    files: SnliFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed = []
    parse = from_snli._parse

    def recorded(line: bytes, place: str) -> dict[str, str]:
        parsed.append(place)
        return parse(line, place)

    monkeypatch.setattr(from_snli, "_parse", recorded)
    count = make_split(files, "dev", tmp_path / "dev.gz", None)
    assert count <= len(parsed) < count * 1.2
