"""The data of the browser, and its pictures."""

import base64
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from clseave_core.report.page.examples import examples
from clseave_core.report.page.thumbnails import SIDE, thumbnail, thumbnails
from tests.report.page.made_report import make_report, with_seeds


def picture(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(file, "PNG")
    return file.getvalue()


def test_a_thumbnail_keeps_its_form_and_is_never_larger() -> None:
    with Image.open(io.BytesIO(thumbnail(picture(640, 320), "a"))) as large:
        assert (large.format, large.size) == ("WEBP", (SIDE, SIDE // 2))
    with Image.open(io.BytesIO(thumbnail(picture(32, 32), "a"))) as small:
        assert small.size == (32, 32)


def test_thumbnails_stop_at_the_budget() -> None:
    pictures = [(name, picture(20, 20)) for name in "abc"]
    each = len(thumbnail(picture(20, 20), "a"))

    assert list(thumbnails(pictures, 2 * each)) == ["a", "b"]
    assert list(thumbnails(pictures, each - 1)) == []


def test_pairs_are_columns(tmp_path: Path) -> None:
    found = examples(*make_report(tmp_path))
    data = found.data

    assert data["label"] == "012012012012"
    assert data["sentence"] == [0, 1, 2, 3] * 3
    assert data["image"] == [0] * 9 + [1] * 3
    assert data["held_out"] == "0001"
    assert data["templates"] == ["absent_at", "exists"] and data["template"] == [0, 1, 0, 1]
    assert data["sentences"]["ja"][2] == "ja There is a cat, number 2"
    assert (found.pictures, found.of) == (2, 2)
    assert Image.open(io.BytesIO(base64.b64decode(data["images"][1]))).size == (48, 36)


def test_every_method_that_saw_the_pair_is_there(tmp_path: Path) -> None:
    data = examples(*make_report(tmp_path)).data
    runs = {(run["method"], run["language"]): run["said"] for run in data["runs"]}

    assert list(runs) == [
        ("clip_ve", "en"), ("clseave", "de"), ("clseave", "ja"), ("hypothesis_only", "en"),
        ("clteave_direct", "de"),
    ]  # fmt: skip
    assert runs["clseave", "ja"] == data["label"]
    assert runs["clseave", "de"] == "022110" * 2


def test_each_seed_is_a_run(tmp_path: Path) -> None:
    data = examples(*make_report(tmp_path, study=with_seeds([3, 4]))).data

    assert [run["seed"] for run in data["runs"][:2]] == [3, 4]
    assert data["start"]["seed"] == 3


def test_pictures_that_do_not_fit_are_left_out(tmp_path: Path) -> None:
    study, files = make_report(tmp_path)
    text = len(json.dumps(examples(study, files, page_bytes=0).data, ensure_ascii=False).encode())

    found = examples(study, files, page_bytes=text + 1)

    assert (found.pictures, found.of) == (0, 2)
    assert found.data["images"] == ["", ""]


def test_predictions_of_other_pairs_are_refused(tmp_path: Path) -> None:
    study, files = make_report(tmp_path / "a")
    _, other = make_report(tmp_path / "b", pairs=15)

    with pytest.raises(ValueError, match=re.escape(str(other.predictions[0]))):
        examples(study, replace(files, predictions=other.predictions))
