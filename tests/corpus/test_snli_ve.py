"""Annotation files as they exist in the wild; broken ones stand in tests/bad_input."""

import codecs
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clseave_core.corpus.picture_names import picture_identity
from clseave_core.corpus.snli_ve import read_annotations
from tests.bad_input.annotations import row

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"


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


def test_two_spellings_of_one_picture_may_stand_in_a_row(tmp_path: Path) -> None:
    same = write(tmp_path / "same.jsonl", row(Flickr30K_ID="1", Flikr30kID="1.jpg"))
    assert read_annotations(same).image_ids == ["1"]


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


@given(st.text(alphabet="0123456789_abc", min_size=1))
def test_cleaning_an_id_twice_is_cleaning_it_once(name: str) -> None:
    assert picture_identity(f"{name}.jpg") == picture_identity(name) == name


def test_the_real_xvnli_file() -> None:
    path = SAMPLES / "xvnli_test_en.jsonl"
    if not path.exists():
        pytest.skip("the samples of real text are not here")
    read = read_annotations(path)
    assert (len(read), read.dropped, len(set(read.image_ids))) == (1150, 14, 357)
    assert not any(image_id.endswith(".jpg") for image_id in read.image_ids)
