import shutil
from pathlib import Path

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
