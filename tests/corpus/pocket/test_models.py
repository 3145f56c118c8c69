"""The two small models: folders that transformers loads, pooled where they should be."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModel, AutoTokenizer, CLIPModel

from clseave_core.corpus.pocket.bert import BertSettings, pretrain_bert
from clseave_core.corpus.pocket.clip import ClipSettings, new_clip, pretrain_clip
from clseave_core.corpus.pocket.writing import training_texts
from tests.small_world import LANGUAGES

SHARED: dict[str, Any] = {
    "width": 8, "layers": 1, "heads": 2, "steps": 3, "batch": 8, "learning_rate": 1e-3,
    "weight_decay": 0.0, "warmup": 0.1,
}  # fmt: skip
CLIP = ClipSettings(
    **SHARED, feed_forward=2, patch=16, projection=6, embedding_sd=1.0, logit_scale=16.0
)
BERT = BertSettings(**SHARED, vocabulary=120)


def weights_of(folder: Path) -> bytes:
    return (folder / "model.safetensors").read_bytes()


def test_clip_loads_and_its_end_token_is_not_pooled_by_the_legacy_rule(
    world: Path, tmp_path: Path
) -> None:
    pretrain_clip(world, tmp_path / "clip", CLIP, seed=1, threads=1)

    model = CLIPModel.from_pretrained(tmp_path / "clip")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "clip")
    assert model.text_model.eos_token_id == tokenizer.eos_token_id != 2
    assert float(model.logit_scale.detach().exp()) == pytest.approx(16.0)
    assert "red</w>" in tokenizer.get_vocab()
    assert (tmp_path / "clip/preprocessor_config.json").exists()


def test_bert_loads_and_knows_only_open_sentences(world: Path, tmp_path: Path) -> None:
    pretrain_bert(world, tmp_path / "bert", BERT, LANGUAGES, seed=1, threads=1)

    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "bert")
    AutoModel.from_pretrained(tmp_path / "bert", add_pooling_layer=False)
    ids = tokenizer(training_texts(world, LANGUAGES))["input_ids"]
    assert all(row[0] == tokenizer.cls_token_id for row in ids)
    assert all(row[-1] == tokenizer.sep_token_id for row in ids)
    assert not any(tokenizer.unk_token_id in row for row in ids)


@pytest.mark.parametrize(("seed", "same"), [(1, True), (2, False)])
def test_a_seed_gives_the_same_weights(world: Path, tmp_path: Path, seed: int, same: bool) -> None:
    for name, number in (("first", 1), ("second", seed)):
        pretrain_clip(world, tmp_path / f"{name}_clip", CLIP, seed=number, threads=1)
        pretrain_bert(world, tmp_path / f"{name}_bert", BERT, LANGUAGES, seed=number, threads=1)

    for kind in ("clip", "bert"):
        one, other = (weights_of(tmp_path / f"{name}_{kind}") for name in ("first", "second"))
        assert (one == other) is same


def test_an_end_token_with_the_legacy_id_is_refused() -> None:
    with pytest.raises(ValueError, match="end token has id 2"):
        new_clip(CLIP, vocabulary=9, end=2, start=1, pixels=32)


def test_weights_do_not_depend_on_what_was_drawn_before(world: Path, tmp_path: Path) -> None:
    pretrain_bert(world, tmp_path / "one", BERT, LANGUAGES, seed=1, threads=1)
    torch.rand(5)
    pretrain_bert(world, tmp_path / "two", BERT, LANGUAGES, seed=1, threads=1)

    assert weights_of(tmp_path / "one") == weights_of(tmp_path / "two")
