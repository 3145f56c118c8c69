"""The head over frozen embeddings, by numbers made by hand."""

import weakref
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import torch

from clseave_core.embeddings import Embeddings, Matrix, write_embeddings
from clseave_core.models.classifier import EntailmentClassifier
from clseave_core.models.clip_ve import load_classifier
from clseave_core.models.encoder import encode_all
from clseave_core.models.frozen_student import FrozenStudent
from clseave_core.models.mean_encoder import MeanEncoder
from clseave_core.models.student import load_encoder
from clseave_core.models.tokens import load_tokenizer, tokenize
from clseave_core.training.device import Compute

COMPUTE = Compute("fp32", threads=1, device="cpu")


def embeddings(folder: Path, rows: list[list[float]]) -> Embeddings:
    ids = np.arange(len(rows), dtype=np.int32)
    matrix = np.array(rows, dtype=np.float32)
    write_embeddings(folder / "use.arrow", "hypothesis_id", [(ids, matrix)], matrix.shape[1])
    return Embeddings.open(folder / "use.arrow")


def test_each_sentence_is_read_as_its_own_row(tmp_path: Path) -> None:
    student = FrozenStudent(2, 2, 1).eval()
    with torch.no_grad():
        for layer in (student.head[1], student.head[3]):
            layer.bias.zero_()  # type: ignore[operator, union-attr]
        student.head[1].weight.copy_(torch.tensor([[1.0, 0], [0, 1]]))  # type: ignore[operator, union-attr]
        student.head[3].weight.copy_(torch.tensor([[10.0, 3]]))  # type: ignore[operator, union-attr]

    tokens = student.read(embeddings(tmp_path, [[4, 2], [0, 6], [1, -1]]))

    # LayerNorm of two different numbers is (1, -1) or (-1, 1); the ReLU leaves the 1.
    assert encode_all(student, tokens, COMPUTE).flatten().tolist() == pytest.approx(
        [10, 3, 10], abs=1e-3
    )


def test_languages_stand_one_after_the_other_each_without_its_mean(tmp_path: Path) -> None:
    student = FrozenStudent(2, 2, 1)
    german = embeddings(tmp_path, [[4, 2], [0, 6], [5, 5]])
    (tmp_path / "en").mkdir()
    english = embeddings(tmp_path / "en", [[1, 1], [3, 5], [0, 0]])

    tokens = student.read(german, english, centre=np.array([0, 1]))

    assert len(tokens) == 6
    assert student.sentences.tolist() == [[2, -2], [-2, 2], [3, 1], [-1, -2], [1, 2], [-2, -3]]


def test_a_table_that_is_read_again_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    student = FrozenStudent(2, 2, 1)
    student.read(embeddings(tmp_path, [[4, 2], [0, 6], [5, 5]]))
    first = weakref.ref(student.sentences)
    gone_before: list[bool] = []

    class Read(Embeddings):
        def rows(self, ids: Iterable[str | int]) -> Matrix:
            gone_before.append(first() is None)
            return super().rows(ids)

    student.read(Read.open(tmp_path / "use.arrow"), Read.open(tmp_path / "use.arrow"))

    assert gone_before == [True, True]
    assert student.sentences.tolist() == [[4, 2], [0, 6], [5, 5]] * 2


def test_a_saved_student_has_its_classifier_and_not_the_sentences(tmp_path: Path) -> None:
    student = FrozenStudent.start(2, 5, 3, seed=0)
    rows = embeddings(tmp_path, [[4, 2], [0, 6]])
    expected = encode_all(student, student.read(rows), COMPUTE)
    classifier = EntailmentClassifier(3).eval()
    student.save(tmp_path / "model", classifier)

    again = FrozenStudent.load(tmp_path / "model")

    assert len(again.sentences) == 0
    assert torch.equal(encode_all(again, again.read(rows), COMPUTE), expected)
    image = torch.randn(2, 3)
    assert torch.equal(
        load_classifier(tmp_path / "model")(image, expected), classifier(image, expected)
    )


def test_another_encoders_sentences_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"use.arrow has 3 dimensions, the student reads 2"):
        FrozenStudent(2, 4, 1).read(embeddings(tmp_path, [[1, 2, 3]]))


def test_the_mean_is_over_real_tokens_alone(tiny_bert_folder: Path) -> None:
    encoder = MeanEncoder(tiny_bert_folder).eval()
    texts = ["ein Hund", "ein Hund is blau"]
    tokens = tokenize(load_tokenizer(tiny_bert_folder), texts, encoder.max_length)
    ids, lengths = tokens.pad(np.array([0]))

    found = encode_all(encoder, tokens, COMPUTE)

    with torch.inference_mode():
        states = load_encoder(tiny_bert_folder)(input_ids=ids).last_hidden_state
    assert ids.shape[1] == lengths[0] < tokens.lengths[1]
    torch.testing.assert_close(found[0], states[0].mean(dim=0), atol=1e-6, rtol=1e-5)
