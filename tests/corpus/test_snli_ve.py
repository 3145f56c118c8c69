"""Annotation files as they exist in the wild, and each way in which they can be broken."""

import codecs
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clseave_core.corpus.snli_ve import clean_image_id, read_annotations

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"


def row(**changes: Any) -> dict[str, Any]:
    """A good row with `changes`; a value of None takes the key away."""
    good = {
        "Flickr30K_ID": "4705552913",
        "gold_label": "neutral",
        "pairID": "4705552913.jpg#2r1n",
        "sentence1": "Two women are embracing.",
        "sentence2": "The sisters are hugging.",
    }
    return {key: value for key, value in (good | changes).items() if value is not None}


def write(path: Path, *rows: dict[str, Any] | str) -> Path:
    lines = [line if isinstance(line, str) else json.dumps(line) for line in rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_reads_the_columns_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = write(
        tmp_path / "dev.jsonl",
        row(),
        row(pairID="b", gold_label="entailment", sentence2="Two women hold each other."),
        row(pairID="c", gold_label="contradiction", Flickr30K_ID="36979", sentence2="Men fight."),
    )
    read = read_annotations(path)
    assert read.pair_ids == ["4705552913.jpg#2r1n", "b", "c"]
    assert read.image_ids == ["4705552913", "4705552913", "36979"]
    assert read.labels == ["neutral", "entailment", "contradiction"]
    assert read.hypotheses[1:] == ["Two women hold each other.", "Men fight."]
    assert read.dropped == 0
    assert read.place(2) == f"{path} line 3"


@pytest.mark.parametrize("key", ["Flickr30K_ID", "Flikr30kID"])
@pytest.mark.parametrize("value", ["36979", "36979.jpg", "36979.JPG", " 36979.jpg "])
def test_every_spelling_of_the_picture_id(tmp_path: Path, key: str, value: str) -> None:
    path = write(tmp_path / "dev.jsonl", row(Flickr30K_ID=None) | {key: value})
    assert read_annotations(path).image_ids == ["36979"]


def test_two_spellings_in_one_row_must_agree(tmp_path: Path) -> None:
    same = write(tmp_path / "same.jsonl", row(Flickr30K_ID="1", Flikr30kID="1.jpg"))
    assert read_annotations(same).image_ids == ["1"]
    other = write(tmp_path / "other.jsonl", row(Flickr30K_ID="1", Flikr30kID="2.jpg"))
    with pytest.raises(ValueError, match=r"other\.jsonl line 1: two picture ids, '1' and '2'"):
        read_annotations(other)


def test_gzip_is_seen_by_content(tmp_path: Path) -> None:
    path = tmp_path / "dev.jsonl"
    path.write_bytes(gzip.compress(json.dumps(row()).encode()))
    assert len(read_annotations(path)) == 1


def test_a_byte_order_mark_and_a_missing_last_line_feed_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "dev.jsonl"
    path.write_bytes(codecs.BOM_UTF8 + json.dumps(row()).encode())
    assert len(read_annotations(path)) == 1


def test_rows_without_a_gold_label_are_dropped_and_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "dev.jsonl", row(gold_label="-"), row(), row(gold_label="-"))
    read = read_annotations(path)
    assert (len(read), read.dropped, read.lines) == (1, 2, [2])


def test_runs_of_white_space_become_one_space_and_nothing_else_changes(tmp_path: Path) -> None:
    path = write(tmp_path / "dev.jsonl", row(sentence2=" A  MAN\tsits\nat a cafe\u0301. "))
    assert read_annotations(path).hypotheses == ["A MAN sits at a cafe\u0301."]


BAD_ROWS: dict[str, tuple[dict[str, Any] | str, str]] = {
    "unknown label": (row(gold_label="entailement"), "gold_label 'entailement' is not one of"),
    "label of a wrong type": (row(gold_label=1), "gold_label 1 is not text"),
    "no label": (row(gold_label=None), "has no 'gold_label'"),
    "empty hypothesis": (row(sentence2=""), "sentence2 '' is empty"),
    "blank hypothesis": (row(sentence2=" \t"), re.escape(r"sentence2 ' \t' is empty")),
    "null hypothesis": (row() | {"sentence2": None}, "sentence2 None is not text"),
    "no hypothesis": (row(sentence2=None), "has no 'sentence2'"),
    "half a surrogate": (row(sentence2="a \ud83d"), "sentence2 .* is half a character"),
    "no pair id": (row(pairID=None), "has no 'pairID'"),
    "no picture id": (row(Flickr30K_ID=None), "has no picture id"),
    "empty picture id": (row(Flickr30K_ID=""), "Flickr30K_ID '' is empty"),
    "number as picture id": (row(Flickr30K_ID=36979), "Flickr30K_ID 36979 is not text"),
    "an ending as picture id": (row(Flickr30K_ID=".jpg"), "Flickr30K_ID '.jpg' is empty"),
    "pair id twice": (row(pairID="first"), "pairID 'first' stands already in line 1"),
    "truncated line": ('{"gold_label": "neutr', "a truncated line"),
    "two rows in a line": (json.dumps(row()) * 2, "not JSON"),
    "empty line": ("", "the line is empty"),
    "a list": ("[1, 2]", r"\[1, 2\] is not a JSON object"),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_bad_row_is_named_with_file_line_and_value(tmp_path: Path, name: str) -> None:
    bad, message = BAD_ROWS[name]
    path = write(tmp_path / "dev.jsonl", row(pairID="first"), bad)
    with pytest.raises(ValueError, match=rf"dev\.jsonl line 2: .*{message}") as caught:
        read_annotations(path)
    assert re.search(r"(Mend|Delete) ", str(caught.value)), "it must say what to do"


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "dev.jsonl"
    path.write_bytes(json.dumps(row()).encode() + b'\n{"sentence2": "caf\xe9"}\n')
    with pytest.raises(ValueError, match=r"dev\.jsonl line 2: is not UTF-8"):
        read_annotations(path)


@pytest.mark.parametrize("keep", [0.2, 0.9, 0.99])
def test_a_truncated_gzip_file(tmp_path: Path, keep: float) -> None:
    path = tmp_path / "dev.jsonl.gz"
    lines = "".join(f"{json.dumps(row(pairID=str(number)))}\n" for number in range(2000))
    packed = gzip.compress(lines.encode())
    path.write_bytes(packed[: int(keep * len(packed))])
    with pytest.raises(ValueError, match=r"dev\.jsonl\.gz .*truncated"):
        read_annotations(path)


def test_a_gzip_file_with_a_flipped_bit(tmp_path: Path) -> None:
    path = tmp_path / "dev.jsonl.gz"
    packed = bytearray(gzip.compress(json.dumps(row()).encode()))
    packed[-6] ^= 1  # in the checksum
    path.write_bytes(packed)
    with pytest.raises(ValueError, match=r"truncated or damaged: CRC"):
        read_annotations(path)


def test_a_file_without_a_labelled_pair(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"empty\.jsonl has no labelled pair"):
        read_annotations(write(tmp_path / "empty.jsonl"))


@given(st.text(alphabet="0123456789_abc", min_size=1))
def test_cleaning_an_id_twice_is_cleaning_it_once(name: str) -> None:
    assert clean_image_id(f"{name}.jpg") == clean_image_id(name) == name


def test_the_real_xvnli_file() -> None:
    path = SAMPLES / "xvnli_test_en.jsonl"
    if not path.exists():
        pytest.skip("the samples of real text are not here")
    read = read_annotations(path)
    assert (len(read), read.dropped, len(set(read.image_ids))) == (1150, 14, 357)
    assert not any(image_id.endswith(".jpg") for image_id in read.image_ids)
