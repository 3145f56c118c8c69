"""Splits that share pictures or pairs: what is refused, what is allowed, what is counted."""

import logging
from pathlib import Path

import pytest

from clseave_core.corpus.overlap import (
    ALLOWED,
    LEAKED,
    leaked_testsets,
    overlaps,
    refuse_overlaps,
    sound_testsets,
)
from clseave_core.corpus.preparation import prepare_corpus
from clseave_core.corpus.snli_ve import read_annotations
from clseave_core.study.loading import load_study
from tests.corpus.test_preparation import DEV, PICTURES, TEST, TRAIN, Row, write_corpus

ROOT = Path(__file__).parents[2]
ADVICE = r"write `overlap: allowed` in the study: the rows of {} then say `leaked`"


def refused(folder: Path, message: str, **changed: list[Row]) -> None:
    with pytest.raises(ValueError, match=message):
        prepare_corpus(write_corpus(folder, **changed), PICTURES)


def test_a_second_test_set_equal_to_train_is_refused_with_its_counts(tmp_path: Path) -> None:
    places = (
        r"again\.jsonl line 1: pairID 't1' stands also in .*train\.jsonl line 1; "
        r".*again\.jsonl line 2: pairID 't2' stands also in .*train\.jsonl line 2\. "
    )
    counts = (
        r"In all again shares 2 of its 2 pictures and 3 of its 3 pairs with train \(3 rows with "
        r"the same picture and sentence\)"
    )
    refused(tmp_path, places + counts + ".*" + ADVICE.format("again"), again=TRAIN)


def test_other_pair_ids_do_not_hide_a_test_set_equal_to_train(tmp_path: Path) -> None:
    again: list[Row] = [(f"x{n}", *row[1:]) for n, row in enumerate(TRAIN)]
    message = (
        r"again\.jsonl line 1: picture '1' stands also in .*train\.jsonl line 1; .*line 3: picture "
        r"'2' .*2 of its 2 pictures and 0 of its 3 pairs with train \(3 rows with"
    )
    refused(tmp_path, message, again=again)


def test_one_picture_of_train_among_others_is_refused(tmp_path: Path) -> None:
    more: list[Row] = [("x1", "5", "A fox.", "neutral"), ("x2", "2.jpg", "A fox.", "neutral")]
    message = r"more\.jsonl line 2: picture '2' .*1 of its 2 pictures and 0 of its 2 pairs.*\(0 row"
    refused(tmp_path, message, more=more)


def test_equal_numbers_as_pair_ids_get_advice_of_their_own(tmp_path: Path) -> None:
    message = r"0 of its 1 pictures and 1 of its 1 pairs.*Give other pairs other ids"
    refused(tmp_path, message, more=[("t3", "5", "A fox.", "neutral")])


def test_the_test_split_may_share_with_train_only_where_it_is_allowed(tmp_path: Path) -> None:
    shared: list[Row] = [*TEST, ("e4", "1", "A cow.", "neutral")]
    refused(tmp_path, r"1 of its 2 pictures.*" + ADVICE.format("test"), test=shared)
    paths = write_corpus(tmp_path, test=shared)
    corpus = prepare_corpus(paths, PICTURES, overlap_allowed=True)
    assert list(leaked_testsets(corpus.report)) == ["test"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"dev": [*DEV, ("d3", "1", "A pig.", "neutral")]}, r"dev shares 1 of its 2 pictures.*tra"),
        ({"test": [*TEST, ("e4", "3", "A pig.", "neutral")]}, r"test shares 1 of its 2 .*with dev"),
    ],
)
def test_nothing_allows_dev_to_share_with_train_or_test(
    tmp_path: Path, changed: dict[str, list[Row]], message: str
) -> None:
    with pytest.raises(ValueError, match=message) as refusal:
        prepare_corpus(write_corpus(tmp_path, **changed), PICTURES, overlap_allowed=True)
    assert "overlap: allowed" not in str(refusal.value)


def test_a_leaked_test_set_that_is_allowed_is_counted_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    xvnli: list[Row] = [("t1", "1", "A cat.", "neutral"), ("x1", "5", "A fox.", "neutral")]
    with caplog.at_level(logging.WARNING):
        corpus = prepare_corpus(write_corpus(tmp_path, xvnli=xvnli), PICTURES, overlap_allowed=True)
    words = "1 of its 2 pictures and 1 of its 2 pairs stand in train"
    assert caplog.messages == [f"xvnli is {LEAKED}: {words}."]
    assert leaked_testsets(corpus.report) == {"xvnli": words}
    assert sound_testsets(["xvnli", "test"], corpus.report) == ["test"]


def test_a_further_test_set_may_share_with_dev_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    corpus = prepare_corpus(write_corpus(tmp_path, more=DEV), PICTURES)
    assert caplog.messages == [
        "more: 1 of its 1 pictures and 2 of its 2 pairs stand in dev, on which models are chosen: "
        "a weaker leak."
    ]
    assert leaked_testsets(corpus.report) == {}
    assert corpus.report["splits"]["more"]["rows_shared_with_dev"] == 2


def test_test_sets_may_share_with_each_other_and_sentences_with_train(tmp_path: Path) -> None:
    more: list[Row] = [*TEST, ("x1", "5", "A dog.", "neutral")]
    report = prepare_corpus(write_corpus(tmp_path, more=more), PICTURES).report
    assert leaked_testsets(report) == {}


def test_splits_that_are_not_there_yet_are_left_out(tmp_path: Path) -> None:
    paths = write_corpus(tmp_path, more=DEV)
    read = {split: read_annotations(paths[split]) for split in ("dev", "more")}
    shared = overlaps(read)
    assert {name: set(others) for name, others in shared.items()} == {"dev": set(), "more": {"dev"}}
    assert len(refuse_overlaps(read, shared, allowed=False)) == 1


def test_a_study_says_allowed_in_one_word() -> None:
    assert load_study("tiny", {"overlap": ALLOWED}, ROOT)["overlap"] == ALLOWED
    with pytest.raises(ValueError, match=r"overlap.*yes"):
        load_study("tiny", {"overlap": "yes"}, ROOT)
