"""A corpus of eight pairs whose every number is counted by hand."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from clseave_core.corpus.pictures import open_pictures
from clseave_core.corpus.preparation import prepare_corpus
from clseave_core.corpus.schemas import HYPOTHESES, PAIRS, SENTENCES
from clseave_core.files import read_json, read_table, write_table

# pair id, picture, sentence, label
Row = tuple[str, str, str, str]
TRAIN: list[Row] = [
    ("t1", "1", "A dog.", "entailment"),
    ("t2", "1", "A cat.", "contradiction"),
    ("t3", "2", "A dog.", "neutral"),
    ("t4", "2", "A cow.", "-"),
]
DEV: list[Row] = [("d1", "3", "A dog.", "neutral"), ("d2", "3", "A pig.", "entailment")]
TEST: list[Row] = [
    ("e1", "4", "A pig.", "neutral"),
    ("e2", "4", "A hen.", "neutral"),
    ("e3", "4", "A hen.", "contradiction"),
]
XVNLI: list[Row] = [("t1", "1", "A cat.", "entailment"), ("x1", "5", "A fox.", "neutral")]
PICTURES = {"1", "2", "3", "4", "5", "6"}


def write_split(folder: Path, split: str, rows: list[Row]) -> Path:
    names = ("pairID", "Flickr30K_ID", "sentence2", "gold_label")
    path = folder / f"{split}.jsonl"
    lines = [json.dumps(dict(zip(names, row, strict=True))) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_corpus(folder: Path, **changed: list[Row]) -> dict[str, Path]:
    splits = {"train": TRAIN, "dev": DEV, "test": TEST} | changed
    return {split: write_split(folder, split, rows) for split, rows in splits.items()}


def write_sentences(path: Path, held_out: dict[str, str]) -> Path:
    rows: list[dict[str, Any]] = [
        {
            "text": text,
            "held_out": kind,
            "template": "there_is",
            "spans": [{"slot": "X", "start": 2, "end": len(text) - 1}],
        }
        for text, kind in held_out.items()
    ]
    write_table(path, pa.Table.from_pylist(rows, SENTENCES), SENTENCES)
    return path


WORLD = {"A hen.": "test", "A pig.": "none", "A cat.": "dev", "A dog.": "none", "A yak.": "none"}


def test_sentences_are_numbered_once_in_order_of_occurrence(tmp_path: Path) -> None:
    corpus = prepare_corpus(write_corpus(tmp_path), PICTURES)
    hypotheses = corpus.hypotheses.to_pydict()
    assert hypotheses["hypothesis_id"] == [0, 1, 2, 3]
    assert hypotheses["text"] == ["A dog.", "A cat.", "A pig.", "A hen."]
    assert hypotheses["held_out"] == ["none", "none", "dev", "test"]
    assert hypotheses["template"] == hypotheses["spans"] == [None] * 4
    assert corpus.pairs["test"].to_pydict() == {
        "pair_id": ["e1", "e2", "e3"],
        "image_id": ["4", "4", "4"],
        "hypothesis_id": [2, 3, 3],
        "label": ["neutral", "neutral", "contradiction"],
    }


def test_the_report_counted_by_hand(tmp_path: Path) -> None:
    report = prepare_corpus(
        write_corpus(tmp_path, xvnli=XVNLI), PICTURES, overlap_allowed=True
    ).report
    assert report["splits"]["train"] == {
        "rows": 3,
        "dropped_rows": 1,
        "labels": {"entailment": 1, "neutral": 1, "contradiction": 1},
        "images": 2,
        "sentences": 2,
        "repeated_sentences": 1,
        "held_out_sentences": 0,
        "held_out_rows": 0,
    }
    assert report["splits"]["test"] == {
        "rows": 3,
        "dropped_rows": 0,
        "labels": {"entailment": 0, "neutral": 2, "contradiction": 1},
        "images": 1,
        "sentences": 2,
        "repeated_sentences": 1,
        "held_out_sentences": 2,
        "held_out_rows": 3,
        "images_shared_with_train": 0,
        "pairs_shared_with_train": 0,
        "rows_shared_with_train": 0,
        "images_shared_with_dev": 0,
        "pairs_shared_with_dev": 0,
        "rows_shared_with_dev": 0,
    }
    assert report["splits"]["dev"]["held_out_rows"] == 1
    assert report["splits"]["xvnli"]["pairs_shared_with_train"] == 1
    assert report["splits"]["xvnli"]["images_shared_with_train"] == 1
    assert report["splits"]["xvnli"]["rows_shared_with_train"] == 1
    assert report["splits"]["xvnli"]["held_out_rows"] == 1
    assert report["sentences"] == {"none": 2, "dev": 1, "test": 2}


def test_what_is_saved_has_the_declared_columns(tmp_path: Path) -> None:
    corpus = prepare_corpus(write_corpus(tmp_path, xvnli=XVNLI), PICTURES, overlap_allowed=True)
    corpus.save(tmp_path / "corpus")
    written = {path.name for path in (tmp_path / "corpus").iterdir()}
    assert written == {
        "train.parquet", "dev.parquet", "test.parquet", "xvnli.parquet", "hypotheses.parquet",
        "report.json",
    }  # fmt: skip
    assert list(read_table(tmp_path / "corpus/xvnli.parquet", PAIRS)["pair_id"]) == ["t1", "x1"]
    assert len(read_table(tmp_path / "corpus/hypotheses.parquet", HYPOTHESES)) == 5
    assert read_json(tmp_path / "corpus/report.json") == corpus.report


def test_the_same_files_elsewhere_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("here", "elsewhere"):
        (tmp_path / name).mkdir()
        corpus = prepare_corpus(write_corpus(tmp_path / name), PICTURES)
        corpus.save(tmp_path / name / "corpus")
    for file in (tmp_path / "here/corpus").iterdir():
        assert file.read_bytes() == (tmp_path / "elsewhere/corpus" / file.name).read_bytes()


def test_a_world_says_itself_what_is_held_out(tmp_path: Path) -> None:
    sentences = write_sentences(tmp_path / "sentences.parquet", WORLD)
    paths = write_corpus(tmp_path, dev=[("d1", "3", "A cat.", "neutral")])
    corpus = prepare_corpus(paths, PICTURES, sentences)
    table = corpus.hypotheses.to_pydict()
    assert table["text"] == ["A dog.", "A cat.", "A pig.", "A hen."]
    assert table["held_out"] == ["none", "dev", "none", "test"]
    assert table["template"] == ["there_is"] * 4
    assert table["spans"][1] == [{"slot": "X", "start": 2, "end": 5}]
    assert corpus.report["splits"]["train"]["held_out_rows"] == 1
    assert corpus.report["sentences"] == {"none": 2, "dev": 1, "test": 1}


@pytest.mark.parametrize(
    ("world", "dev", "message"),
    [
        (WORLD, "A hen.", r"dev\.jsonl line 1: .*holds 'A hen\.' out for test only"),
        (WORLD | {"A pig.": "dev"}, "A dog.", r"test\.jsonl line 1: .*'A pig\.' out for dev only"),
        (WORLD, "A bee.", r"dev\.jsonl line 1: the hypothesis 'A bee\.' is not in .*sentences"),
        (WORLD | {"A yak.": "no"}, "A dog.", r"held_out 'no' of 'A yak\.' is not one of none"),
    ],
)
def test_a_world_that_contradicts_itself(
    tmp_path: Path, world: dict[str, str], dev: str, message: str
) -> None:
    sentences = write_sentences(tmp_path / "sentences.parquet", world)
    paths = write_corpus(tmp_path, dev=[("d1", "3", dev, "neutral")])
    with pytest.raises(ValueError, match=message):
        prepare_corpus(paths, PICTURES, sentences)


def test_a_sentence_twice_in_the_world(tmp_path: Path) -> None:
    rows = pd.DataFrame({"text": ["A dog."] * 2, "held_out": ["none"] * 2})
    rows = rows.assign(template=None, spans=None)
    write_table(tmp_path / "sentences.parquet", rows, SENTENCES)
    with pytest.raises(ValueError, match=r"has the sentence 'A dog\.' twice"):
        prepare_corpus(write_corpus(tmp_path), PICTURES, tmp_path / "sentences.parquet")


def test_pictures_that_are_absent_are_counted_and_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"2 pictures .* the 2 pictures: '3' \(.*dev\.jsonl line"):
        prepare_corpus(write_corpus(tmp_path), {"1", "2"})


def test_absent_pictures_name_the_archive_and_only_a_few(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    many: list[Row] = [(f"d{n}", f"9{n}", "A dog.", "neutral") for n in range(9)]
    for name in "124":
        (tmp_path / "pictures" / f"{name}.jpg").touch()
    with pytest.raises(ValueError, match=r"9 pictures .*3 pictures in .*pictures: .* and 4 more"):
        prepare_corpus(write_corpus(tmp_path, dev=many), open_pictures(tmp_path / "pictures"))


def test_pictures_with_names_in_another_form_are_not_called_missing(tmp_path: Path) -> None:
    message = (
        r"4 pictures .* in another form: pairs name '1', '2', the pictures are called "
        r"'img_1', 'img_2'\. Write both alike"
    )
    with pytest.raises(ValueError, match=message) as caught:
        prepare_corpus(write_corpus(tmp_path), {f"img_{n}" for n in range(1, 7)})
    assert "whole archive" not in str(caught.value)


def test_what_pictures_were_not_read_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "pictures").mkdir()
    for name in (*(f"{n}.jpg" for n in "12345"), "6.photo"):
        (tmp_path / "pictures" / name).write_bytes(b"\xff\xd8\xff\xe0")
    prepare_corpus(write_corpus(tmp_path), open_pictures(tmp_path / "pictures"))
    assert "endings are unknown are not read: '6.photo'" in caplog.text


def test_counts_as_expected_pass(tmp_path: Path) -> None:
    expected = {"pairs": {"train": 3, "dev": 2, "test": 3}, "images": {"train": 2, "test": 1}}
    prepare_corpus(write_corpus(tmp_path), PICTURES, expected=expected)


def test_all_unexpected_counts_are_named_at_once(tmp_path: Path) -> None:
    expected = {"pairs": {"train": 4, "dev": 2}, "images": {"test": 1000}}
    message = (
        r"train\.jsonl has 3 pairs and 1 dropped, expected 4; "
        r".*test\.jsonl has 1 images, expected 1,000\. Delete and download"
    )
    with pytest.raises(ValueError, match=message):
        prepare_corpus(write_corpus(tmp_path), PICTURES, expected=expected)


def test_expected_counts_of_a_split_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"expected: pairs: tst: the study has no such split"):
        prepare_corpus(write_corpus(tmp_path), PICTURES, expected={"pairs": {"tst": 1}})


def test_a_study_without_dev(tmp_path: Path) -> None:
    paths = write_corpus(tmp_path)
    del paths["dev"]
    with pytest.raises(ValueError, match=r"names no annotations of dev"):
        prepare_corpus(paths, PICTURES)
