"""Retrieval in a plane, with vectors and answers made by hand."""

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import Tensor

from clseave_core.embeddings import Embeddings, write_embeddings
from clseave_core.models.classifier import EntailmentClassifier
from clseave_core.students.retrieval import Memory, Retrieval, retrieve
from clseave_core.students.teaching import Architecture, read_out
from clseave_core.training.settings import TrainingSettings
from tests.students.test_rivals import COMPUTE, WIDTH, embeddings, pairs_of, taught

COMPASS = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
SHARP = Retrieval(neighbours=1, temperature=0.01, share=1.0)


def memory(english: Tensor, translated: list[int], known: list[int] | None = None) -> Memory:
    """The target of row i is the i-th unit vector."""
    rows = np.arange(len(english)) if known is None else np.array(known)
    return Memory(english, torch.eye(len(english)), rows, np.array(translated))


def found(sentences: Tensor, of: Memory, how: Retrieval = SHARP) -> list[int]:
    return retrieve(sentences, of, how).argmax(dim=1).tolist()


def test_a_language_that_differs_by_its_mean_finds_its_english() -> None:
    sentences = COMPASS + torch.tensor([3.0, 5.0])

    answer = retrieve(sentences, memory(COMPASS, [0, 1, 2, 3]), SHARP)

    torch.testing.assert_close(answer, torch.eye(4))


def test_the_shift_of_a_wording_is_taken_off_what_was_never_translated() -> None:
    # Nouns lie along x, y; a negation is far out along z, where German is also turned along x.
    nouns = torch.tensor([[1.0, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0], [0.7, 0.7, 0]])
    english = torch.cat([nouns + torch.tensor([0, 0, -2.0]), nouns + torch.tensor([0, 0, 2.0])])
    german = english.clone()
    german[5:, 0] += 3
    translated = [0, 1, 2, 3, 5, 6, 7, 8]

    assert found(german, memory(english, translated))[9] == 9
    # Without the wording's own shift the last one is taken for another noun.
    from_mean = german - german[translated].mean(dim=0) + english[translated].mean(dim=0)
    assert int((from_mean[9] - english).norm(dim=1).argmin()) != 9


def test_a_sentences_own_translation_does_not_tell_its_shift() -> None:
    german = COMPASS.clone()
    german[0] = torch.tensor([0.0, -1.0])  # a wrong translation: that of row 3
    of = memory(COMPASS, [0, 1, 2, 3])

    assert found(german, of)[0] == 3  # with its own shift it would be row 0 again


def test_what_is_near_to_everything_counts_less() -> None:
    def at(degrees: float) -> list[float]:
        return [math.cos(math.radians(degrees)), math.sin(math.radians(degrees))]

    # Three of four translations lie at 0 degrees, which so is half as near to all (cosine 0.5).
    translated = [[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [-3.0, 0.0]]
    english = torch.tensor([*translated, at(85)])
    german = torch.tensor([*translated, at(40)])

    assert math.cos(math.radians(40)) > math.cos(math.radians(45))  # plainly 0 degrees is nearer
    assert found(german, memory(english, [0, 1, 2, 3]))[4] == 4


def test_only_english_that_the_teacher_saw_is_retrieved() -> None:
    of = memory(COMPASS, [0, 1, 2], known=[0, 1, 2])

    answer = retrieve(COMPASS, of, SHARP)

    assert answer.shape == (4, 4)
    assert float(answer[:, 3].sum()) == 0


def test_the_parts_that_fit_into_memory_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    english = torch.from_numpy(rng.normal(size=(30, 8)).astype(np.float32))
    german = english + torch.from_numpy(0.3 * rng.normal(size=(30, 8)).astype(np.float32))
    of, how = memory(english, list(range(20))), Retrieval(4, 0.05, 1.0)
    whole = retrieve(german, of, how)
    monkeypatch.setattr("clseave_core.students.retrieval.NUMBERS_AT_ONCE", 70)

    torch.testing.assert_close(retrieve(german, of, how), whole)


def test_the_retrieved_is_mixed_with_the_head_that_was_taught(tmp_path: Path) -> None:
    ids = np.arange(8, dtype=np.int32)
    english = embeddings(tmp_path / "en.arrow", ids, 5)
    write_embeddings(tmp_path / "de.arrow", "id", [(ids, english.rows(range(8)) + 1)], 5)
    german, never, pairs = Embeddings.open(tmp_path / "de.arrow"), ids >= 6, pairs_of([*range(8)])
    taught(
        tmp_path, german, english=english, held_out=never, architecture=Architecture(hidden=16),
        classifier=EntailmentClassifier(WIDTH).eval(), train_pairs=pairs,
        settings=TrainingSettings(epochs=2, batch_size=4, learning_rate=1e-2, keep="last"),
    )  # fmt: skip
    said = Embeddings.open(tmp_path / "said.arrow").rows(range(8))
    of = Memory.read(english, Embeddings.open(tmp_path / "targets.arrow"), pairs, never)
    assert (of.known.tolist(), of.translated.tolist()) == ([*range(8)], [*range(6)])

    def mixed(share: float) -> npt.NDArray[np.float32]:
        read_out(
            model_folder=tmp_path / "model", sentences=german, readout="direct",
            autoencoder_folder=None, teacher_folder=tmp_path, pooling=None, compute=COMPUTE,
            hypotheses_file=tmp_path / "mixed.arrow", memory=of,
            retrieval=Retrieval(2, 0.05, share),
        )  # fmt: skip
        return Embeddings.open(tmp_path / "mixed.arrow").rows(range(8))

    table = torch.from_numpy(german.rows(range(8)))
    retrieved = retrieve(table, of, Retrieval(2, 0.05, 1.0)).numpy()
    np.testing.assert_allclose(mixed(0.0), said, atol=1e-6)
    np.testing.assert_allclose(mixed(1.0), retrieved, atol=1e-6)
    np.testing.assert_allclose(mixed(0.25), 0.75 * said + 0.25 * retrieved, atol=1e-6)
