import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from clseave_core.models.clip_ve import ClipTextTower
from clseave_core.models.student import Student


def without(folder: Path, name: str, target: Path) -> Path:
    shutil.copytree(folder, target)
    weights = load_file(str(target / "model.safetensors"))
    del weights[name]
    save_file(weights, str(target / "model.safetensors"), metadata={"format": "pt"})
    return target


def test_a_text_tower_without_its_projection_is_refused(
    tiny_clip_folder: Path, tmp_path: Path
) -> None:
    folder = without(tiny_clip_folder, "text_projection.weight", tmp_path / "clip")

    with pytest.raises(ValueError, match=r"lack 1 tensors of CLIP's text tower, first text_proj"):
        ClipTextTower(folder)


def test_an_encoder_without_a_layer_is_refused(tiny_bert_folder: Path, tmp_path: Path) -> None:
    name = "bert.encoder.layer.0.output.dense.weight"
    folder = without(tiny_bert_folder, name, tmp_path / "bert")

    with pytest.raises(ValueError, match=r"lack 1 tensors of the encoder, first encoder.layer"):
        Student.start(folder, 8, "end", layer_norm=True, seed=0)


def sharded(folder: Path, target: Path, shard: str) -> Path:
    """A copy whose index says that all tensors are in `shard`."""
    shutil.copytree(folder, target)
    weights = target / "model.safetensors"
    names = list(load_file(str(weights)))
    weights.rename(target / "model-00001-of-00001.safetensors")
    index: dict[str, Any] = {"metadata": {}, "weight_map": dict.fromkeys(names, shard)}
    (target / "model.safetensors.index.json").write_text(json.dumps(index))
    return target


def test_shards_in_the_folder_are_read(tiny_bert_folder: Path, tmp_path: Path) -> None:
    folder = sharded(tiny_bert_folder, tmp_path / "bert", "model-00001-of-00001.safetensors")

    assert Student.start(folder, 8, "end", layer_norm=True, seed=0)


@pytest.mark.parametrize("kind", ["above", "absolute", "missing", "folder"])
def test_weights_outside_the_folder_are_never_read(
    tiny_bert_folder: Path, tmp_path: Path, kind: str
) -> None:
    """The file is there and whole: transformers would take its tensors."""
    other = tmp_path / "other.safetensors"
    shutil.copy(tiny_bert_folder / "model.safetensors", other)
    shard = {"above": "../other.safetensors", "absolute": str(other), "missing": "no.safetensors",
             "folder": "."}[kind]  # fmt: skip
    folder = sharded(tiny_bert_folder, tmp_path / "bert", shard)

    with pytest.raises(ValueError, match="which is no file of this folder"):
        Student.start(folder, 8, "end", layer_norm=True, seed=0)


@pytest.mark.parametrize("inside", [False, True])
def test_a_configuration_that_names_its_weights_is_refused(
    tiny_clip_folder: Path, tmp_path: Path, *, inside: bool
) -> None:
    folder = shutil.copytree(tiny_clip_folder, tmp_path / "clip")
    config = json.loads((folder / "config.json").read_text())
    (config["text_config"] if inside else config)["transformers_weights"] = "other.index.json"
    (folder / "config.json").write_text(json.dumps(config))

    with pytest.raises(ValueError, match="transformers_weights"):
        ClipTextTower(folder)
