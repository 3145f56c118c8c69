import gzip
import json
import re
import shutil
import zipfile
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from safetensors.torch import load_file, save_file

from clseave_core.study.checks import Check, check_study
from clseave_core.study.loading import load_study
from clseave_core.study.progress_so_far import corpus_size
from clseave_core.study.sources import Sources
from commands import check_study as command
from tests.fake_gpu import H200, T4, pretend_driver, pretend_gpus, pretend_no_gpu

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
    assert (
        "will be downloaded from storage.googleapis.com, the hub (nlphuji/flickr30k), to resources"
        in found["pictures"].found
    )
    assert "googleapis.com, or made from SNLI, to resources" in found["annotations dev"].found
    assert found["language zh"].found == "Chinese, for Google zh-CN"
    assert found["training of clseave"].found == "9 epochs, batches of 128, learning rate 4e-05"
    assert "GB to come" in found["disk"].found


def test_the_device_is_said_and_gpus_that_were_asked_for_and_are_not_here_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    device = checks("tiny", {})["device"]
    assert device == Check(
        "device", True, "jobs compute on the CPU, in fp32 where `precision` is auto"
    )

    monkeypatch.setenv("CLSEAVE_GPUS", "1")
    assert 'PyTorch has none here: CUDA_VISIBLE_DEVICES is ""' in failures("tiny", {})["device"]

    pretend_gpus(monkeypatch, H200)
    assert checks("tiny", {})["device"].found == (
        "jobs with a GPU compute on NVIDIA H200, in bf16 where `precision` is auto"
    )
    monkeypatch.setenv("CLSEAVE_GPUS", "2")
    assert "PyTorch has 1 here (NVIDIA H200)" in failures("tiny", {})["device"]


def test_a_study_that_wants_bf16_of_a_gpu_that_emulates_it_cannot_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend_gpus(monkeypatch, T4)
    assert checks("tiny", {})["device"].found == (
        "jobs with a GPU compute on Tesla T4, in fp32, as it has no bf16 in hardware"
    )

    own = {
        "images": {"precision": "bf16"},
        "methods": {"clseave": {"training": {"precision": "bf16"}}},
    }
    said = failures("tiny", own)["device"]
    assert said.startswith("images, methods.clseave")
    assert "precision is bf16, which Tesla T4 has not in hardware" in said


def test_bf16_that_the_cpu_emulates_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"images": {"precision": "bf16"}}
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx512_bf16": True})
    assert "emulates" not in checks("tiny", own)["device"].found

    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx2": True})
    assert checks("tiny", own)["device"].found.endswith(
        "; it emulates the bf16 of images, slower than fp32"
    )


def test_a_gpu_that_pytorch_cannot_use_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_no_gpu(monkeypatch, "The NVIDIA driver on your system is too old (found version 11040)")
    pretend_driver(monkeypatch, tmp_path, "470.82.01")

    device = checks("tiny", {})["device"]
    assert device.ok
    assert device.found.startswith("a GPU is here, but the CPU computes, since PyTorch cannot use")


def test_the_command_asks_for_gpus(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("studies", "schemas", "config.yaml"):
        Path(name).symlink_to(ROOT / name)
    monkeypatch.setenv("CLSEAVE_GPUS", "")  # so that the command's own goes after the test

    assert command.main(["tiny", "--gpus", "3"]) == 1
    assert re.search("MISSING  device +3 GPUs were asked for", capsys.readouterr().out)


def test_an_archive_among_the_downloads_is_read_under_the_name_that_it_has() -> None:
    Path("resources/downloads").mkdir(parents=True)
    with zipfile.ZipFile("resources/downloads/archive.zip", "w") as archive:
        archive.writestr("Images/7.jpg", b"")
    own = {"from_snli": {"snli": {"path": "/nowhere/snli_1.0.zip"}}}
    counts = {"images": {"train": 1, "dev": None, "test": None}}
    found = checks("thesis", {"corpus": {"annotations": own, "expected": counts}})

    assert found["pictures"].found == "resources/downloads/archive.zip: 1 pictures"
    assert found["SNLI snli"].found.startswith("/nowhere/snli_1.0.zip does not exist. Correct")
    assert not found["SNLI snli"].ok


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
    (tmp_path / "de.tsv").write_text("en\tde\nA dog.\tEin Hund.\nA dog.\tDer Hund.\n")
    splits = {s: {"path": annotation_file(tmp_path / f"{s}.gz")} for s in ("train", "dev", "test")}
    found = checks(
        "thesis",
        {
            "corpus": {
                "pictures": {"path": str(tmp_path / "pictures")},
                "annotations": splits,
                "expected": None,
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

    said = found["references de"].found.splitlines()
    assert said[0] == (
        f"{tmp_path}/de.tsv: 1 sentences, 1 of the 1 of the corpus among them, 2 translations"
    )
    assert "1 of 1 sentences have several translations: 'A dog.' has 'Ein Hund.'" in said[1]
    assert not found["back_translations de"].ok
    assert found["annotations dev"].found == f"{tmp_path}/dev.gz: 1 pairs"
    assert found["language de"].found.splitlines()[0] == (
        f"{tmp_path}/de.tsv: 1 sentences, all 1 of the corpus among them, 2 translations"
    )
    assert "GB to come" in found["disk"].found  # the files are counted


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

    assert found == {
        "pictures": "few has 1 pictures, expected 31,783. Get the whole archive; or, where they "
        "are meant to be others, write corpus: {expected: null}."
    }


def test_a_model_folder_that_is_no_model_is_named(tmp_path: Path) -> None:
    model = {"id": None, "revision": None, "path": str(tmp_path)}

    found = failures("thesis", {"models": {"clip": model}})

    assert f"{tmp_path} has no config.json" in found["model clip"]


def own_model(name: str, folder: Path) -> dict[str, Any]:
    return {"models": {name: {"id": None, "revision": None, "path": str(folder)}}}


def test_a_model_folder_that_the_teacher_would_refuse_is_refused(
    tiny_clip_folder: Path, tiny_bert_folder: Path, tmp_path: Path
) -> None:
    assert checks("thesis", own_model("clip", tiny_clip_folder))["model clip"].found == (
        f"{tiny_clip_folder} is complete; a CLIP whose towers give 12 numbers"
    )
    assert checks("thesis", own_model("bert", tiny_bert_folder))["model bert"].found == (
        f"{tiny_bert_folder} is complete; an encoder of 20 numbers"
    )

    found = failures("thesis", own_model("clip", tiny_bert_folder))
    assert "holds a BERT (model_type 'bert'), and a teacher's text tower" in found["model clip"]
    found = failures("thesis", own_model("bert", tiny_clip_folder))
    assert "holds CLIP (model_type 'clip'), a teacher's model" in found["model bert"]
    found = failures("thesis", own_model("aligner", tiny_clip_folder))
    assert "holds a clip; awesome-align's model is a BERT" in found["model aligner"]

    broken = shutil.copytree(tiny_clip_folder, tmp_path / "broken")
    weights = load_file(broken / "model.safetensors")
    weights["text_projection.weight"][0, 0] = float("nan")
    save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    assert (
        "holds a value that is not finite"
        in failures("thesis", own_model("clip", broken))["model clip"]
    )


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


def write_rows(path: Path, *rows: tuple[str, str, str]) -> dict[str, str]:
    """A file of annotations (pair, picture, sentence), as an entry of the study."""
    lines = [
        {"pairID": pair, "Flickr30K_ID": image, "sentence2": text, "gold_label": "neutral"}
        for pair, image, text in rows
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return {"path": str(path)}


def own_study(folder: Path) -> dict[str, Any]:
    """A study of three pairs, their pictures and their German translations, all of it right."""
    (folder / "pictures").mkdir()
    for name in ("1", "2", "3"):
        Image.new("RGB", (2, 2)).save(folder / f"pictures/{name}.png")
    (folder / "de.tsv").write_text("A dog.\tEin Hund.\nA cat.\tEine Katze.\nA man.\tEin Mann.\n")
    sentences = {"train": ("a", "1", "A dog."), "dev": ("b", "2", "A cat."),
                 "test": ("c", "3", "A man.")}  # fmt: skip
    return {
        "languages": ["de"],
        "corpus": {
            "pictures": {"path": str(folder / "pictures")},
            "annotations": {
                split: write_rows(folder / f"{split}.jsonl", row)
                for split, row in sentences.items()
            },
            "expected": None,
        },
        "translation": {"provider": "file", "file": str(folder / "{lang}.tsv")},
    }


def test_a_right_study_of_ones_own_has_no_fault_without_expected_counts(tmp_path: Path) -> None:
    own = own_study(tmp_path)
    assert failures("thesis", own) == {}
    sources = Sources("thesis", load_study("thesis", own, ROOT), "resources")
    size = corpus_size(sources, tmp_path)
    assert (size.pairs, size.images, size.sentences) == ({"train": 1, "dev": 1, "test": 1}, 3, 3)
    assert size.basis == "counted: the study's own files"


def test_translations_that_do_not_cover_the_sentences_are_told_before_anything_runs(
    tmp_path: Path,
) -> None:
    own = own_study(tmp_path)
    (tmp_path / "de.tsv").write_text("source\ttranslation\nA dog.\tEin Hund.\n")
    said = failures("thesis", own)["language de"]
    assert "2 of 3 sentences" in said
    assert "'A cat.'" in said


def test_pictures_that_are_missing_or_named_otherwise_are_told_before_anything_runs(
    tmp_path: Path,
) -> None:
    own = own_study(tmp_path)
    for number in "123":
        (tmp_path / f"pictures/{number}.png").rename(tmp_path / f"pictures/photo {number}.png")
    said = failures("thesis", own)["pictures"]
    assert "3 pictures that pairs name are not among the 3 pictures" in said
    assert "pairs name '1', '2', the pictures are called 'photo 1', 'photo 2'" in said


def test_a_second_test_set_equal_to_train_is_told_before_anything_runs(tmp_path: Path) -> None:
    own = own_study(tmp_path)
    own["corpus"]["annotations"]["again"] = write_rows(
        tmp_path / "again.jsonl", ("x", "1", "A dog.")
    )
    own["testsets"] = ["test", "again"]
    assert "again shares 1 of its 1 pictures" in failures("thesis", own)["splits"]
    assert "splits" not in failures("thesis", own | {"overlap": "allowed"})


def test_what_is_to_come_is_not_known_before_an_unknown_corpus_is_here() -> None:
    disk = checks("thesis", {"corpus": {"expected": None}})["disk"]
    assert disk.ok
    assert "not known before the annotations are here: pictures, annotations, pic" in disk.found
