from pathlib import Path

import numpy as np
import pytest
import torch

from clseave_core.corpus.pairs import Pairs
from clseave_core.embeddings import Embeddings, write_embeddings
from clseave_core.evaluation.prediction import predict
from clseave_core.evaluation.schemas import PREDICTIONS
from clseave_core.files import read_table, write_table
from clseave_core.training.device import Compute

COMPUTE = Compute("fp32", threads=1, device="cpu")
PAIRS = Pairs(
    np.array(["p0", "p1", "p2"], dtype=object),
    np.array(["a", "b", "a"], dtype=object),
    np.array([7, 4, 4]),
    np.array([0, 1, 2]),
)


class Sum(torch.nn.Module):
    """Logits that show what came in: the image's and the sentence's first number, and zero."""

    def forward(self, image: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
        return torch.stack([image[:, 0], text[:, 0], torch.zeros(len(image))], dim=1)


@pytest.fixture
def images(tmp_path: Path) -> Embeddings:
    matrix = np.array([[5.0, 0.0], [-6.0, 0.0]], dtype=np.float32)
    write_embeddings(tmp_path / "images.arrow", "image_id", [(["a", "b"], matrix)], 2)
    return Embeddings.open(tmp_path / "images.arrow")


@pytest.fixture
def sentences(tmp_path: Path) -> Embeddings:
    ids = np.array([9, 7, 4], dtype=np.int32)
    matrix = np.array([[8.0, 9.0], [3.0, 4.0], [1.0, 2.0]], dtype=np.float32)
    write_embeddings(tmp_path / "sentences.arrow", "hypothesis_id", [(ids, matrix)], 2)
    return Embeddings.open(tmp_path / "sentences.arrow")


def test_each_pair_gets_its_own_picture_and_sentence(
    images: Embeddings, sentences: Embeddings, tmp_path: Path
) -> None:
    table = predict(PAIRS, images, Sum(), sentences, COMPUTE)

    assert table["logit_entailment"].tolist() == [5.0, -6.0, 5.0]
    assert table["logit_neutral"].tolist() == [3.0, 1.0, 1.0]
    assert table["prediction"].tolist() == ["entailment", "neutral", "entailment"]
    assert table["label"].tolist() == ["entailment", "neutral", "contradiction"]
    assert table["hypothesis_id"].tolist() == [7, 4, 4]
    write_table(tmp_path / "predictions.parquet", table, PREDICTIONS)
    assert len(read_table(tmp_path / "predictions.parquet", PREDICTIONS)) == 3


def test_without_pictures_every_premise_is_the_same_unit_vector(sentences: Embeddings) -> None:
    table = predict(PAIRS, None, Sum(), sentences, COMPUTE)

    assert table["logit_entailment"].tolist() == pytest.approx([0.5**0.5] * 3)


def test_an_exchange_shows_another_picture_but_keeps_the_pairs_own_id(
    images: Embeddings, sentences: Embeddings
) -> None:
    table = predict(PAIRS, images, Sum(), sentences, COMPUTE, exchange_seed=0, draws=2)

    assert table["draw"].tolist() == [0, 0, 0, 1, 1, 1]
    assert table["image_id"].tolist() == ["a", "b", "a"] * 2
    assert table["logit_entailment"].tolist() == [-6.0, 5.0, -6.0] * 2
