"""Models of other families than the one that is asked for, by name and with the remedy."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from clseave_core.models.clip_ve import ClipTextTower
from clseave_core.models.student import Student, load_encoder
from clseave_core.models.trial import try_aligner, try_student, try_teacher
from clseave_core.teacher.image_tower import ImageTower
from clseave_core.training.device import Compute

TOWER = {
    "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
}  # fmt: skip


def with_config(folder: Path, target: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """A copy of a model folder with another configuration."""
    shutil.copytree(folder, target)
    config = json.loads((target / "config.json").read_text())
    change(config)
    (target / "config.json").write_text(json.dumps(config))
    return target


def saved(kind: str, tiny_clip: Path, target: Path) -> Path:
    """A small model of another family as transformers saves it, with a CLIP's other files."""
    import transformers

    eye = TOWER | {"image_size": 32, "patch_size": 16, "projection_dim": 12}
    text = TOWER | {"vocab_size": 514, "max_position_embeddings": 40, "projection_dim": 12}
    config = getattr(transformers, f"{kind}Config")(
        text_config=text, vision_config=eye, projection_dim=12
    )
    model = getattr(transformers, f"{kind}Model")(config)
    shutil.copytree(tiny_clip, target)
    model.save_pretrained(target)
    return target


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("Siglip", r"SigLIP \(model_type 'siglip'\)"),
        ("ChineseCLIP", r"Chinese-CLIP \(model_type 'chinese_clip'\)"),
    ],
)
def test_a_siglip_or_chinese_clip_folder_names_its_family(
    kind: str, named: str, tiny_clip_folder: Path, tmp_path: Path
) -> None:
    folder = saved(kind, tiny_clip_folder, tmp_path / "model")

    for load in (ClipTextTower, try_teacher):
        with pytest.raises(ValueError, match=rf"model holds {named}, and .* whole CLIP .*Give"):
            load(folder)


@pytest.mark.parametrize(
    ("model_type", "named"),
    [
        ("siglip2", "SigLIP 2"), ("altclip", "AltCLIP"), ("metaclip_2", "MetaCLIP 2"),
        ("clip_vision_model", "CLIP's image tower alone"), ("bert", "a BERT"), ("vit", "a ViT"),
        ("blip", "BLIP"), ("groupvit", "a model of another family"),
    ],
)  # fmt: skip
def test_a_teacher_of_any_other_family_is_named(
    model_type: str, named: str, tiny_clip_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": model_type}))
    said = rf"holds {named} \(model_type '{model_type}'\), and .* openai/clip-vit-base-patch16"

    with pytest.raises(ValueError, match=said):
        ClipTextTower(folder)
    with pytest.raises(ValueError, match=said):
        ImageTower(folder, Compute("fp32", 1, "cpu"))


def test_the_text_tower_alone_is_no_whole_teacher(tiny_clip_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_clip_folder, tmp_path / "model")
    ClipTextTower(tiny_clip_folder).clip.save_pretrained(folder)

    assert ClipTextTower(folder).width == 12
    with pytest.raises(ValueError, match="holds CLIP's text tower alone"):
        try_teacher(folder)


def test_a_projection_dim_at_the_top_level_alone_is_that_of_both_towers(
    tiny_clip_folder: Path, tmp_path: Path
) -> None:
    def change(config: dict[str, Any]) -> None:
        for tower in ("text_config", "vision_config"):
            del config[tower]["projection_dim"]

    folder = with_config(tiny_clip_folder, tmp_path / "clip", change)
    ids, lengths = torch.tensor([[512, 3, 4, 513]]), torch.tensor([4])
    ours, theirs = (ClipTextTower(each).eval() for each in (folder, tiny_clip_folder))

    assert ours.width == 12
    assert torch.equal(ours(ids, lengths), theirs(ids, lengths))
    assert try_teacher(folder) == "a CLIP whose towers give 12 numbers"


def test_the_top_level_counts_where_the_towers_say_something_else(
    tiny_clip_folder: Path, tmp_path: Path
) -> None:
    """As in transformers' CLIPModel, which reads no other."""

    def change(config: dict[str, Any]) -> None:
        for tower in ("text_config", "vision_config"):
            config[tower]["projection_dim"] = 512

    assert try_teacher(with_config(tiny_clip_folder, tmp_path / "clip", change))


def test_a_clip_is_no_student(tiny_clip_folder: Path) -> None:
    with pytest.raises(ValueError, match=r"holds CLIP \(model_type 'clip'\), a teacher's .* BERT"):
        load_encoder(tiny_clip_folder)


@pytest.mark.parametrize(
    ("model_type", "reason"),
    [
        ("t5", "an encoder with a decoder"), ("marian", "an encoder with a decoder"),
        ("vit", "which reads no text"), ("clip_vision_model", "a teacher's model"),
        ("siglip", "a teacher's model"),
    ],
)  # fmt: skip
def test_what_is_no_encoder_of_sentences_is_no_student(
    model_type: str, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": model_type}))

    with pytest.raises(ValueError, match=f"'{model_type}'\\), {reason}.* A student starts from"):
        load_encoder(tmp_path)


def test_an_encoder_without_layer_norm_eps_is_told_what_to_write(
    tiny_bert_folder: Path, tmp_path: Path
) -> None:
    from transformers import DistilBertConfig, DistilBertModel

    folder = shutil.copytree(tiny_bert_folder, tmp_path / "model")
    words = len(json.loads((folder / "tokenizer.json").read_text())["model"]["vocab"])
    config = DistilBertConfig(
        vocab_size=words, dim=20, n_layers=1, n_heads=2, hidden_dim=40, max_position_embeddings=48
    )
    DistilBertModel(config).save_pretrained(folder)

    for load in (
        lambda: try_student(folder, layer_norm=True),
        lambda: Student.start(folder, 8, "end", layer_norm=True, seed=0),
    ):
        with pytest.raises(ValueError, match=r"a distilbert has no layer_norm_eps.*: false"):
            load()
    assert try_student(folder, layer_norm=False) == "an encoder of 20 numbers"


def test_what_loads_is_said(tiny_clip_folder: Path, tiny_bert_folder: Path) -> None:
    assert try_teacher(tiny_clip_folder) == "a CLIP whose towers give 12 numbers"
    assert try_student(tiny_bert_folder, layer_norm=True) == "an encoder of 20 numbers"
    assert try_aligner(tiny_bert_folder, 2) == "an aligner"


def test_an_image_processor_that_nobody_knows_is_refused_by_name(
    tiny_clip_folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(tiny_clip_folder, tmp_path / "clip")
    (folder / "preprocessor_config.json").write_text('{"image_processor_type": "Mine"}')

    with pytest.raises(ValueError, match="clip has no image processor that can be read"):
        try_teacher(folder)
