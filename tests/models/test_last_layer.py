"""The last layer for pooled tokens alone, held against the whole layer of transformers."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from transformers.models.clip.modeling_clip import CLIPModel

from clseave_core.models.clip_ve import ClipTextTower
from clseave_core.models.last_layer import (
    BERT_KINDS,
    bert_states_at,
    clip_image_embeddings,
    first_ends,
    has_bert_layers,
)
from clseave_core.models.packing import pack
from clseave_core.models.pooling import Pooling, pool
from clseave_core.models.student import Student, load_encoder
from tests.models.test_tokens import tokens_of

TOKENS = tokens_of([[2, 40, 41, 3], [2, 30, 3], [2, 31, 32, 33, 34, 3]])
BATCH = TOKENS.pad(np.arange(3))


def gradients(model: nn.Module, embeddings: Tensor) -> dict[str, Tensor]:
    """Of a loss that tells every number of every embedding from the others."""
    model.zero_grad()
    (
        embeddings * torch.arange(1.0, embeddings.numel() + 1).reshape(embeddings.shape)
    ).sum().backward()
    return {
        name: weight.grad.clone() for name, weight in model.named_parameters()
        if weight.grad is not None
    }  # fmt: skip


def assert_same_gradients(one: dict[str, Tensor], other: dict[str, Tensor]) -> None:
    assert one.keys() == other.keys()
    for name, gradient in one.items():
        scale = float(gradient.abs().max()) + 1.0
        assert torch.allclose(gradient / scale, other[name] / scale, atol=1e-5), name


@pytest.mark.parametrize("pooling", ["end", "first", "argmax"])
def test_a_student_has_the_embeddings_and_gradients_of_all_tokens(
    tiny_bert_folder: Path, pooling: Pooling
) -> None:
    student = Student.start(tiny_bert_folder, 8, pooling, layer_norm=True, seed=1).eval()
    ids, lengths = BATCH
    mask = (torch.arange(ids.shape[1]) < lengths[:, None]).long()

    states = student.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
    expected = student.head.projection(pool(student.head.norm(states), lengths, pooling, ids))
    wanted = gradients(student, expected)
    found = student(ids, lengths)

    assert torch.allclose(found, expected, atol=1e-5)
    assert_same_gradients(gradients(student, found), wanted)


def test_clips_tower_has_the_embeddings_and_gradients_of_all_tokens(tiny_clip_folder: Path) -> None:
    tower = ClipTextTower(tiny_clip_folder).eval()
    ids, lengths = BATCH

    states = tower.clip.text_model(input_ids=ids).last_hidden_state
    expected = tower.clip.text_projection(pool(states, lengths, "end"))
    wanted = gradients(tower, expected)
    found = {"padded": tower(ids, lengths), "packed": tower.packed(pack(TOKENS, np.arange(3), 40))}

    for embeddings in found.values():
        assert torch.allclose(embeddings, expected, atol=1e-5)
        assert_same_gradients(gradients(tower, embeddings), wanted)


def test_clips_vision_transformer_has_the_embeddings_and_gradients_of_all_patches(
    tiny_clip_folder: Path,
) -> None:
    model = CLIPModel.from_pretrained(str(tiny_clip_folder)).eval()
    pixels = torch.randn(3, 3, 32, 32, generator=torch.Generator().manual_seed(0))

    expected = model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output)
    wanted = gradients(model, expected)
    found = clip_image_embeddings(model, pixels)

    assert torch.allclose(found, expected, atol=1e-5)
    assert_same_gradients(gradients(model, found), wanted)


def test_the_first_end_token_ends_a_text() -> None:
    assert first_ends(torch.tensor([[1, 9, 9], [1, 2, 9]]), 9).tolist() == [[1], [2]]


def test_other_tokens_pass_no_query_and_no_feed_forward_part(tiny_bert_folder: Path) -> None:
    encoder = load_encoder(tiny_bert_folder)
    last, tokens = encoder.encoder.layer[-1], []
    for name in ("attention.self.query", "attention.self.key", "intermediate.dense"):
        last.get_submodule(name).register_forward_pre_hook(
            lambda _, inputs: tokens.append(inputs[0].shape[1])
        )

    bert_states_at(encoder, *BATCH, BATCH[1] - 1)

    assert tokens == [1, 6, 1]


def with_settings(folder: Path, copy: Path, **settings: Any) -> Path:
    """A copy of a model folder whose configuration, and its text tower's, says `settings`."""
    shutil.copytree(folder, copy)
    config = json.loads((copy / "config.json").read_text())
    for part in (config, config.get("text_config", {})):
        part.update(settings)
    (copy / "config.json").write_text(json.dumps(config))
    return copy


@pytest.mark.parametrize("kind", ["bert", "clip"])
def test_attention_is_pytorchs_whatever_a_folder_says(
    tiny_bert_folder: Path, tiny_clip_folder: Path, tmp_path: Path, kind: str
) -> None:
    """Transformers' eager attention would take the masks of `last_layer` for numbers."""
    given = tiny_bert_folder if kind == "bert" else tiny_clip_folder
    eager = with_settings(given, tmp_path / "eager", attn_implementation="eager")
    embeddings = []
    for folder in (given, eager):
        model: nn.Module = (
            Student.start(folder, 8, "end", layer_norm=True, seed=1)
            if kind == "bert"
            else ClipTextTower(folder)
        )
        embeddings.append(model.eval()(*BATCH))

    assert torch.equal(*embeddings)


@pytest.mark.parametrize("kind", ["bert", "clip"])
def test_attentions_dropout_is_drawn_in_training_alone(
    tiny_bert_folder: Path, tiny_clip_folder: Path, tmp_path: Path, kind: str
) -> None:
    """With no other dropout and, behind the last layer's attention, no other layer."""
    if kind == "bert":
        folder = with_settings(
            tiny_bert_folder, tmp_path / "model", attention_probs_dropout_prob=0.5,
            hidden_dropout_prob=0.0, num_hidden_layers=1,
        )  # fmt: skip
        model: nn.Module = Student.start(folder, 8, "end", layer_norm=True, seed=1)
    else:
        model = ClipTextTower(
            with_settings(
                tiny_clip_folder, tmp_path / "model", attention_dropout=0.5, num_hidden_layers=1
            )
        )

    torch.manual_seed(0)
    trained = [model.train()(*BATCH) for _ in range(2)]
    evaluated = [model.eval()(*BATCH) for _ in range(2)]

    assert not torch.equal(*trained)
    assert torch.equal(*evaluated)


@pytest.mark.parametrize("kind", sorted(BERT_KINDS))
def test_all_kinds_with_berts_layers_give_the_states_of_transformers(kind: str) -> None:
    from transformers.models.auto.configuration_auto import AutoConfig
    from transformers.models.auto.modeling_auto import AutoModel

    config = AutoConfig.for_model(
        kind, vocab_size=60, hidden_size=20, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=40, max_position_embeddings=48, pad_token_id=TOKENS.pad_id,
    )  # fmt: skip
    torch.manual_seed(0)
    encoder = AutoModel.from_config(config, add_pooling_layer=False).eval()
    ids, lengths = BATCH
    mask = (torch.arange(ids.shape[1]) < lengths[:, None]).long()

    assert has_bert_layers(encoder)
    with torch.inference_mode():
        states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        found = bert_states_at(encoder, ids, lengths, lengths - 1)
    assert torch.allclose(found, states[torch.arange(3), lengths - 1], atol=1e-5)


def test_other_encoders_compute_all_tokens(tmp_path: Path) -> None:
    """DistilBERT's layers have other names; such a student takes the way of transformers."""
    from transformers.models.distilbert.configuration_distilbert import DistilBertConfig
    from transformers.models.distilbert.modeling_distilbert import DistilBertModel

    from clseave_core.models.head import SentenceHead

    torch.manual_seed(0)
    encoder = DistilBertModel(DistilBertConfig(vocab_size=60, dim=20, n_layers=2, n_heads=2))
    student = Student(encoder.eval(), SentenceHead.plain(20, 8, 1e-12), "end").eval()

    assert not has_bert_layers(encoder)
    with torch.inference_mode():
        alone = [student(*TOKENS.pad(np.array([row])))[0] for row in range(3)]
        assert torch.allclose(student(*BATCH), torch.stack(alone), atol=1e-5)
