from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
import torch

from clseave_core.corpus.pairs import Pairs
from clseave_core.embeddings import Embeddings, write_embeddings
from clseave_core.models.clip_ve import ClipVE
from clseave_core.models.tokens import Tokens, load_tokenizer, tokenize
from clseave_core.teacher.clip_ve import (
    ClassificationTask,
    EncodedPairs,
    Premises,
    embed_with_teacher,
    train_clip_ve,
)
from clseave_core.training.device import Compute
from clseave_core.training.settings import TrainingSettings
from tests.fake_gpu import NothingRead, fake_gpu

COMPUTE = Compute("fp32", threads=1, device="cpu")
SENTENCES = ["a dog", "a cat", "red", "blue"]
BIAS_OF_LABEL = np.array([0, 1, 2])


def pairs_of(n: int, seed: int) -> Pairs:
    """The label is the sentence's number, so that the sentence alone gives it away."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n)
    return Pairs(
        np.array([f"p{i}" for i in range(n)], dtype=object),
        np.array([f"i{i}" for i in rng.integers(0, 5, n)], dtype=object),
        BIAS_OF_LABEL[labels],
        labels,
    )


@pytest.fixture
def images(tmp_path: Path) -> Embeddings:
    matrix = np.random.default_rng(0).normal(size=(5, 12)).astype(np.float32)
    ids = [f"i{i}" for i in range(5)]
    write_embeddings(tmp_path / "images.arrow", "image_id", [(ids, matrix)], 12)
    return Embeddings.open(tmp_path / "images.arrow")


def train(
    folder: Path,
    clip: Path,
    images: Embeddings | None,
    hypothesis: Literal["text", "constant"],
    sentences: Sequence[str] = SENTENCES,
    **changes: Any,
) -> list[dict[str, Any]]:
    settings: dict[str, Any] = {
        "epochs": 8,
        "batch_size": 16,
        "learning_rate": 3e-3,
        "optimizer": "adam",
    }
    history = train_clip_ve(
        clip_folder=clip, train_pairs=pairs_of(240, 1), dev_pairs=pairs_of(60, 2),
        sentences=sentences, images=images, hypothesis=hypothesis,
        settings=TrainingSettings(**(settings | changes)), seed=0, compute=COMPUTE,
        state_folder=folder / "state", model_folder=folder / "model",
        hypotheses_file=folder / "hypotheses.arrow",
        history_file=folder / "history.csv",
    )  # fmt: skip
    return [dict(row) for row in history]


@pytest.mark.parametrize("with_images", [True, False])
def test_a_label_in_the_sentence_is_found_with_and_without_pictures(
    tmp_path: Path, tiny_clip_folder: Path, images: Embeddings, with_images: bool
) -> None:
    history = train(tmp_path, tiny_clip_folder, images if with_images else None, "text")

    assert history[-1]["dev_accuracy"] > 0.95
    embeddings = Embeddings.open(tmp_path / "hypotheses.arrow")
    assert embeddings.ids.tolist() == [0, 1, 2, 3]
    assert len(np.unique(embeddings.rows(range(4)), axis=0)) == 4


def test_a_constant_sentence_knows_nothing_of_it(
    tmp_path: Path, tiny_clip_folder: Path, images: Embeddings
) -> None:
    history = train(tmp_path, tiny_clip_folder, images, "constant")

    assert history[-1]["dev_accuracy"] < 0.6
    embeddings = Embeddings.open(tmp_path / "hypotheses.arrow")
    assert len(np.unique(embeddings.rows(range(4)), axis=0)) == 1


def test_hypotheses_that_say_the_same_are_one_sentence(
    tmp_path: Path, tiny_clip_folder: Path, images: Embeddings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Sequence[str]] = []

    def noted(tokenizer: Any, sentences: Sequence[str], limit: int) -> Tokens:
        asked.append(sentences)
        return tokenize(tokenizer, sentences, limit)

    monkeypatch.setattr("clseave_core.teacher.clip_ve.tokenize", noted)
    alike = [SENTENCES[row] for row in (0, 1, 0, 0)]
    train(tmp_path, tiny_clip_folder, images, "text", alike, epochs=1)

    assert asked == [SENTENCES[:2]]
    embeddings = Embeddings.open(tmp_path / "hypotheses.arrow").rows(range(4))
    np.testing.assert_array_equal(embeddings[[2, 3]], embeddings[[0, 0]])
    assert not np.array_equal(embeddings[0], embeddings[1])


def test_length_groups_change_the_padding_and_nothing_else(
    tmp_path: Path, tiny_clip_folder: Path, images: Embeddings
) -> None:
    one, four, packed = (
        train(
            tmp_path / str(n), tiny_clip_folder, images, "text", epochs=1, length_groups=n,
            learning_rate=3e-4,  # at ten times as much last bits grow into the fourth place
        )
        for n in (1, 4, "packed")
    )  # fmt: skip

    assert one[0]["train_loss"] == pytest.approx(four[0]["train_loss"], abs=1e-4)
    assert one[0]["train_loss"] == pytest.approx(packed[0]["train_loss"], abs=1e-4)


def test_the_constant_premise_is_one_unit_vector() -> None:
    premises = Premises.constant(pairs_of(3, 0), 16, COMPUTE)

    assert torch.linalg.vector_norm(premises.images, dim=1).tolist() == [1.0]
    assert premises.rows.tolist() == [0, 0, 0]


def test_a_back_translation_is_embedded_as_the_sentence_that_it_is(
    tmp_path: Path, tiny_clip_folder: Path, images: Embeddings
) -> None:
    train(tmp_path, tiny_clip_folder, images, "text", epochs=1)
    english = Embeddings.open(tmp_path / "hypotheses.arrow").rows(range(4))

    back = [SENTENCES[1], SENTENCES[1], SENTENCES[3], SENTENCES[0]]
    embed_with_teacher(tmp_path / "model", back, COMPUTE, tmp_path / "back.arrow")

    found = Embeddings.open(tmp_path / "back.arrow").rows(range(4))
    np.testing.assert_allclose(found, english[[1, 1, 3, 0]], atol=1e-5)


def classification(
    clip: Path, compute: Compute, groups: int | Literal["packed"]
) -> ClassificationTask:
    """A task over pairs of sentences of several lengths, some of them twice in a batch."""
    texts = ["a dog", "a dog sleeps over a cat", "red", "a"]
    model = ClipVE.start(clip, seed=0).eval()
    tokens = tokenize(load_tokenizer(clip), texts, model.text.max_length)
    images = torch.randn(5, 12, generator=torch.Generator().manual_seed(1))
    rows = torch.arange(9)
    pairs = EncodedPairs(Premises(images, rows % 5), rows.numpy() % 4, rows % 3)
    settings = TrainingSettings(epochs=1, batch_size=6, learning_rate=1.0, length_groups=groups)
    return ClassificationTask(model, tokens, pairs, pairs, settings, 0, compute)


@pytest.mark.parametrize("groups", [1, 2, "packed"])
def test_fixed_shapes_give_the_same_losses(
    tiny_clip_folder: Path, monkeypatch: pytest.MonkeyPatch, groups: int | Literal["packed"]
) -> None:
    usual = classification(tiny_clip_folder, COMPUTE, groups)
    fixed = classification(tiny_clip_folder, fake_gpu(monkeypatch)[0], groups)

    batches = fixed.batches(1)
    assert [len(batch) for batch in batches] == [6, 3]
    assert {batch.width for batch in batches} <= {8, 16, 20}  # 20 tokens has the longest
    for ours, theirs in zip(usual.batches(1), batches, strict=True):
        loss, right = usual.loss(ours)
        loss_fixed, right_fixed = fixed.loss(theirs)
        assert loss_fixed.item() == pytest.approx(loss.item(), rel=1e-5)
        assert int(right_fixed["accuracy"]) == int(right["accuracy"])


def test_no_step_asks_the_device_for_a_number(
    tiny_clip_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = classification(tiny_clip_folder, fake_gpu(monkeypatch)[0], "packed")
    [batch, *_] = task.batches(1)
    task.model.train()
    monkeypatch.setattr(torch.cuda, "is_current_stream_capturing", lambda: True)

    with NothingRead():
        task.loss(batch)[0].backward()
