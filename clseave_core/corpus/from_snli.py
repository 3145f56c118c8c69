"""SNLI-VE made from SNLI, as its authors make it (github.com/necla-ml/SNLI-VE).

SNLI's premises are captions of Flickr30k, and a pair's id names the picture: `3416050480.jpg#4r1n`.
SNLI-VE has each pair of SNLI 1.0 with a gold label, but for those of Visual Genome (`vg_` in the
id), in the split of its picture: the lists name the pictures of test and those of train and dev,
of which the last thousand are dev. Rows stand in the order of the authors' generator: the list's
pictures, and for each of them SNLI's train, dev and test pairs. So they are the published files'
rows in their order, with the four keys that are read.
"""

import gzip
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any

from clseave_core.corpus.annotation_fields import NO_GOLD_LABEL
from clseave_core.files import whole_file
from clseave_core.records.text import LONGEST_LINE

SNLI_FILES = ("snli_1.0_train.jsonl", "snli_1.0_dev.jsonl", "snli_1.0_test.jsonl")
DEV_PICTURES = 1000
VISUAL_GENOME = "vg_"
LARGEST_FILE = 1 << 30
"""Bytes; SNLI's train file has half as many. A bomb is refused before it fills memory."""
_PAIR_ID = re.compile(rb'"pairID"\s*:\s*"([^"\\]*)"')
_PICTURE = re.compile(r"([^\s/\\<>]+?)(?:\.jpg)?")
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, OverflowError,
    NotImplementedError, RuntimeError,  # a compression that Python does not know; a password
)  # fmt: skip


@dataclass(frozen=True)
class SnliFiles:
    """SNLI 1.0 (its zip, or the folder that it unpacks to) and the two lists of pictures."""

    snli: Path
    train_val: Path
    test: Path


def make_split(files: SnliFiles, split: str, target: str | Path, expected: int | None) -> int:
    """Write the annotations of `split` (train, dev, test) as JSON lines with gzip; count its pairs.

    About half a minute for train. Raises ValueError, with file, line and value, on a list that is
    none or has a picture twice, an SNLI that is not whole, a row that cannot be read, and on a
    number of pairs that is not as `expected`: then nothing is written.
    """
    pictures = pictures_of(files, split)
    rows = _rows_of(files.snli, set(pictures))
    count = sum(map(len, rows.values()))
    if count != (expected or count) or not count:
        wanted = f"expected {expected:,}" if expected else "expected some"
        raise ValueError(
            f"{files.snli} has {count:,} labelled pairs of the {len(pictures):,} {split} pictures "
            f"of {files.test if split == 'test' else files.train_val}, {wanted}. Get SNLI 1.0 and "
            "SNLI-VE's own lists, or correct corpus: expected: in the study."
        )
    with (
        whole_file(target) as temporary,
        temporary.open("wb") as stream,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=stream, mtime=0) as packed,
    ):
        for picture in pictures:
            packed.writelines(rows.get(picture, []))
    return count


def pictures_of(files: SnliFiles, split: str) -> list[str]:
    """The pictures of a split in the order of its list.

    Raises ValueError as `make_split` does.
    """
    seen: dict[str, str] = {}
    first, tested = (_read_list(path, seen) for path in (files.train_val, files.test))
    if len(first) <= DEV_PICTURES:
        raise ValueError(
            f"{files.train_val} names {len(first):,} pictures: its last {DEV_PICTURES:,} are dev, "
            "and none is left for train. Get flickr30k_train_val.lst of SNLI-VE."
        )
    splits = {"train": first[:-DEV_PICTURES], "dev": first[-DEV_PICTURES:], "test": tested}
    return splits[split]


def _read_list(path: Path, seen: dict[str, str]) -> list[str]:
    """The picture ids of a list, one a line; `seen` has where each stood before."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read as a list of pictures: {error}.") from error
    pictures = []
    for number, line in enumerate(lines, start=1):
        place = f"{path} line {number}"
        if not line.strip():
            continue
        match = _PICTURE.fullmatch(line.strip())
        if match is None:
            raise ValueError(
                f"{place}: {line[:60]!r} is no picture's id. The list has one a line: get it again."
            )
        earlier = seen.setdefault(match[1], place)
        if earlier != place:
            raise ValueError(
                f"{place}: the picture {match[1]!r} stands already in {earlier}. Two splits must "
                "not share a picture: delete one of the lines."
            )
        pictures.append(match[1])
    return pictures


def _rows_of(snli: Path, wanted: set[str]) -> dict[str, list[bytes]]:
    """The labelled pairs of the wanted pictures, as lines of SNLI-VE, by picture.

    Lines of other pictures are told by their pair id and not parsed.
    """
    rows: dict[str, list[bytes]] = {}
    for name in SNLI_FILES:
        with _opened(snli, name) as stream:
            for number, line in enumerate(_lines(stream), start=1):
                match = _PAIR_ID.search(line)
                if match is not None and _picture(match[1].decode(errors="replace")) not in wanted:
                    continue
                row = _parse(line, f"{snli} {name} line {number}")
                picture = _picture(row["pairID"])
                if picture in wanted and row["gold_label"] != NO_GOLD_LABEL:
                    kept = {"Flickr30K_ID": picture, **row}
                    rows.setdefault(picture, []).append(json.dumps(kept).encode() + b"\n")
    return rows


def _picture(pair_id: str) -> str:
    """The picture of a pair; empty for one that is not of Flickr30k."""
    return "" if VISUAL_GENOME in pair_id else pair_id.rpartition(".jpg")[0]


def _parse(line: bytes, place: str) -> dict[str, str]:
    """What SNLI-VE keeps of a row of SNLI."""
    again = "Get snli_1.0.zip again."
    if len(line) > LONGEST_LINE:
        raise ValueError(f"{place}: the line has more than {LONGEST_LINE:,} bytes. {again}")
    try:
        row: Mapping[str, Any] = json.loads(line)
        kept = {key: row[key] for key in ("gold_label", "pairID", "sentence2")}
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise ValueError(
            f"{place}: is no row of SNLI ({error!r}): {line[:60]!r}. {again}"
        ) from error
    for key, value in kept.items():
        if not isinstance(value, str):
            raise ValueError(f"{place}: {key} {value!r} is not text. {again}")
    return kept


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    return iter(partial(stream.readline, LONGEST_LINE + 1), b"")


@contextmanager
def _opened(snli: Path, name: str) -> Iterator[IO[bytes]]:
    """One of SNLI's files, in its zip or in the folder that this unpacks to; never unpacked."""
    if snli.is_dir():
        found = [path for path in (snli / name, snli / "snli_1.0" / name) if path.is_file()]
        if not found:
            raise ValueError(f"{snli} has no {name}. Give the unpacked folder or snli_1.0.zip.")
        with found[0].open("rb") as stream:
            yield stream
        return
    try:
        with zipfile.ZipFile(snli) as archive, archive.open(_member(archive, snli, name)) as stream:
            yield stream
    except _DAMAGED as error:
        raise ValueError(
            f"{snli} cannot be read as the zip of SNLI 1.0: {error}. Get snli_1.0.zip again."
        ) from error


def _member(archive: zipfile.ZipFile, snli: Path, name: str) -> zipfile.ZipInfo:
    """The file `name` of the archive, in whatever folder; macOS's doubles are none."""
    members = [
        member
        for member in archive.infolist()
        if PurePosixPath(member.filename).name == name and "__MACOSX" not in member.filename
    ]
    if len(members) != 1:
        raise ValueError(
            f"{snli} has {len(members)} files {name}, not one. Get snli_1.0.zip again."
        )
    if members[0].file_size > LARGEST_FILE:
        raise ValueError(
            f"{snli}: {members[0].filename} has {members[0].file_size:,} bytes unpacked, more than "
            f"the {LARGEST_FILE:,} that are allowed. Get snli_1.0.zip again."
        )
    return members[0]
