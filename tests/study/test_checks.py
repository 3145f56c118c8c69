import gzip
import json
import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from clseave_core.study.checks import Check, check_study
from clseave_core.study.loading import load_study
from clseave_core.study.sources import Sources
from commands import check_study as command

ROOT = Path(__file__).resolve().parents[2]
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def checks(name: str, overrides: dict[str, Any]) -> dict[str, Check]:
    sources = Sources(name, load_study(name, overrides, ROOT), "resources")
    return {check.what: check for check in check_study(sources, "resources/cache.sqlite")}


def failures(name: str, overrides: dict[str, Any]) -> dict[str, str]:
    return {c.what: c.found for c in checks(name, overrides).values() if not c.ok}


def annotation_file(path: Path, label: str = "neutral") -> str:
    row = {
        "gold_label": label, "sentence2": "A dog.", "pairID": "p", "Flickr30K_ID": "7",
    }  # fmt: skip
    path.write_bytes(gzip.compress(json.dumps(row).encode() + b"\n"))
    return str(path)


def test_the_thesis_study_can_run_from_nothing() -> None:
    found = checks("thesis", {})

    assert all(check.ok for check in found.values())
    assert "will be downloaded from storage.googleapis.com" in found["pictures"].found
    assert found["language zh"].found == "Chinese, for Google zh-CN"
    assert found["training of clseave"].found == "9 epochs, batches of 128, learning rate 4e-05"
    assert "GB to come" in found["disk"].found


def test_the_pocket_study_can_run_from_nothing() -> None:
    found = checks("pocket", {})

    assert all(check.ok for check in found.values())
    assert found["language ja"].found == "Japanese, will be generated"
    assert found["alignment"].found == "aligner, layer 1, threshold 0.001"


def test_a_vocabulary_that_cannot_be_trimmed_is_found_before_anything_runs(
    tiny_clip_folder: Path, tiny_bert_folder: Path
) -> None:
    def own(folder: Path) -> dict[str, Any]:
        return {"models": {"bert": {"id": None, "revision": None, "path": str(folder)}}}

    found = failures("thesis", own(tiny_clip_folder))["student mbert"]
    assert f"{tiny_clip_folder} has a tokenizer of the kind BPE" in found
    assert "Take trim_vocabulary away from the student" in found
    said = checks("thesis", own(tiny_bert_folder))["student mbert"]
    assert said.found == "bert, pooling end, trimmed to the pieces of its language"


def test_layers_beyond_the_aligner_are_found_before_anything_runs(tmp_path: Path) -> None:
    found = failures("pocket", {"alignment": {"layer": 3}})
    assert found == {"alignment": "alignment.layer is 3; the generated BERT has 1 to 2."}

    found = failures("pocket", {"models": {"aligner": {"settings": {"layer": 4}}}})
    assert found["alignment"].startswith("models.aligner.settings.layer is 4; the generated BERT")

    (tmp_path / "config.json").write_text('{"model_type": "bert", "num_hidden_layers": 6}')
    own = {"id": None, "revision": None, "path": str(tmp_path)}
    found = failures("thesis", {"models": {"aligner": own}})
    assert f"layer is 8, but {tmp_path} has the layers 1 to 6" in found["alignment"]


def test_files_of_the_users_own_are_read(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    Image.new("RGB", (2, 2)).save(tmp_path / "pictures/7.png")
    (tmp_path / "de.tsv").write_text("source\ttranslation\nA dog.\tEin Hund.\n")
    splits = {s: {"path": annotation_file(tmp_path / f"{s}.gz")} for s in ("train", "dev", "test")}
    found = checks(
        "thesis",
        {
            "corpus": {
                "pictures": {"path": str(tmp_path / "pictures")},
                "annotations": splits,
                "expected": {"images": {"train": 1, "dev": None, "test": None}},
            },
            "translation": {
                "provider": "file",
                "file": str(tmp_path / "{lang}.tsv"),
                "references": {"de": str(tmp_path / "de.tsv")},
                "back_translations": {"de": str(tmp_path / "none.tsv")},
            },
            "languages": ["de"],
        },
    )

    assert found["references de"].found == f"{tmp_path}/de.tsv: 1 sentences"
    assert not found["back_translations de"].ok
    assert found["annotations dev"].found == f"{tmp_path}/dev.gz: 1 pairs"
    assert found["language de"].found == f"{tmp_path}/de.tsv: 1 sentences"


def test_files_that_are_missing_or_bad_are_named(tmp_path: Path) -> None:
    (tmp_path / "flickr.tar").write_bytes(b"\x1f\x8b no archive")
    bad = annotation_file(tmp_path / "bad.gz", label="entailement")
    found = failures(
        "thesis",
        {
            "corpus": {
                "pictures": {"path": str(tmp_path / "flickr.tar")},
                "annotations": {"train": {"path": "nowhere.gz"}, "dev": {"path": bad}},
            },
            "translation": {"provider": "file", "file": str(tmp_path / "{lang}.tsv")},
            "languages": ["de"],
        },
    )

    assert found["annotations train"].startswith("nowhere.gz does not exist. Correct the path")
    assert "line 1" in found["annotations dev"]
    assert "'entailement'" in found["annotations dev"]
    assert "flickr.tar cannot be read to its end" in found["pictures"]
    assert "de.tsv does not exist" in found["language de"]
    assert len(found) == 4


def test_an_archive_with_too_few_pictures_is_the_wrong_one(tmp_path: Path) -> None:
    (tmp_path / "few").mkdir()
    Image.new("RGB", (2, 2)).save(tmp_path / "few/7.png")

    found = failures("thesis", {"corpus": {"pictures": {"path": "few"}}})

    assert found == {"pictures": "few has 1 pictures, expected 31,783. Is it the right archive?"}


def test_a_model_folder_that_is_no_model_is_named(tmp_path: Path) -> None:
    model = {"id": None, "revision": None, "path": str(tmp_path)}

    found = failures("thesis", {"models": {"clip": model}})

    assert f"{tmp_path} has no config.json" in found["model clip"]


def test_a_place_that_is_no_folder_and_a_full_disk_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "results").write_text("a file")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**10, 8 * 10**9, 2 * 10**9))

    found = failures("thesis", {})

    assert "results is no folder that you can write to" in found["folder results"]
    assert "has 2.0 GB free" in found["disk"]
    assert "GB are to come. Make room" in found["disk"]


def test_the_command_prints_a_line_a_check(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    clone_without_results: Path,
) -> None:
    monkeypatch.chdir(clone_without_results)

    assert command.main(["thesis"]) == 0
    assert "ok       language de              German, for Google de\n" in capsys.readouterr().out
    assert command.main(["thesys"]) == 2
    assert "Studies there" in capsys.readouterr().err


def test_the_command_fails_with_what_must_be_put_right(capsys: pytest.CaptureFixture[str]) -> None:
    failed = command.show([Check("pictures", False, "a.tar does not exist."), Check("b", True, "")])

    assert failed == 1
    assert capsys.readouterr().out.startswith("MISSING  pictures                 a.tar does not")
