"""Students that learn labels, and students with a frozen encoder, from the first step to a test."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from clseave_core.corpus.pairs import Pairs
from clseave_core.embeddings import Embeddings, write_embeddings
from clseave_core.models.classifier import EntailmentClassifier
from clseave_core.models.clip_ve import ClipVE, load_classifier
from clseave_core.models.frozen_student import FrozenStudent
from clseave_core.models.student import Student
from clseave_core.students.teaching import Architecture, Texts, read_out, train_student
from clseave_core.teacher.clip_ve import Premises, classification_measures
from clseave_core.training.device import Compute
from clseave_core.training.history import Row
from clseave_core.training.settings import TrainingSettings

COMPUTE = Compute("fp32", threads=1, device="cpu")
SENTENCES = ["ein Hund", "der Mann", "een kat", "rot", "blau Kreis", "das", "het", "Frau"]
WIDTH = 12


def embeddings(path: Path, ids: Any, width: int) -> Embeddings:
    matrix = np.random.default_rng(len(ids)).normal(size=(len(ids), width)).astype(np.float32)
    write_embeddings(path, "id", [(ids, matrix)], width)
    return Embeddings.open(path)


def pairs_of(hypotheses: list[int]) -> Pairs:
    """Each sentence with one label, whatever the picture."""
    n = len(hypotheses)
    return Pairs(
        np.array([f"p{i}" for i in range(n)], dtype=object),
        np.array([f"i{i % 2}" for i in range(n)], dtype=object),
        np.array(hypotheses),
        np.array([h % 3 for h in hypotheses]),
    )


def taught(folder: Path, sentences: Texts | Embeddings, **changes: Any) -> list[Row]:
    """A student of these sentences, taught in `folder`; `changes` are arguments."""
    ids = np.arange(len(SENTENCES), dtype=np.int32)
    given: dict[str, Any] = {
        "targets": embeddings(folder / "targets.arrow", ids, WIDTH),
        "held_out": np.zeros(8, bool),
        "train_pairs": pairs_of(list(range(8)) * 4),
        "dev_pairs": pairs_of(list(range(8))),
        "images": embeddings(folder / "images.arrow", ["i0", "i1"], WIDTH),
        "classifier": None,
        "architecture": Architecture(),
        "settings": TrainingSettings(epochs=40, batch_size=8, learning_rate=1e-2),
        "hypotheses_file": folder / "said.arrow",
    }
    return train_student(
        sentences=sentences, alignment=None, pooling_at_test=None, seed=0, compute=COMPUTE,
        state_folder=folder / "state", model_folder=folder / "model",
        history_file=folder / "history.csv", **(given | changes),
    )  # fmt: skip


def test_a_student_of_labels_brings_the_classifier_it_was_trained_with(
    tiny_bert_folder: Path, tmp_path: Path
) -> None:
    history = taught(tmp_path, Texts(tiny_bert_folder, SENTENCES))

    best = min(history, key=lambda row: row["dev_loss"] or 9.0)
    assert best["dev_accuracy"] == 1.0
    dev = pairs_of(list(range(8)))
    images = Embeddings.open(tmp_path / "images.arrow")
    said = torch.from_numpy(Embeddings.open(tmp_path / "said.arrow").rows(range(8)))
    measures = classification_measures(
        load_classifier(tmp_path / "model"), Premises.of(dev.image_ids.tolist(), images, COMPUTE),
        said, torch.arange(8), torch.from_numpy(dev.labels),
    )  # fmt: skip
    assert measures["dev_loss"] == pytest.approx(best["dev_loss"], rel=1e-4)


def test_labels_of_held_out_sentences_are_not_learnt(
    tiny_bert_folder: Path, tmp_path: Path
) -> None:
    held_out = np.array([False] * 6 + [True] * 2)
    settings = TrainingSettings(epochs=1, batch_size=4, learning_rate=1e-2)
    texts = Texts(tiny_bert_folder, SENTENCES)
    pairs = pairs_of(list(range(8)) * 2)
    other = Pairs(
        pairs.pair_ids, pairs.image_ids, pairs.hypotheses,
        np.where(held_out[pairs.hypotheses], 2 - pairs.labels, pairs.labels),
    )  # fmt: skip
    common: dict[str, Any] = {"held_out": held_out, "settings": settings}
    for name, train in (("one", pairs), ("other", other)):
        (tmp_path / name).mkdir()
        history = taught(tmp_path / name, texts, train_pairs=train, **common)
        assert history[0]["step"] == 3  # 12 of the 16 pairs in batches of 4

    weights = [load_classifier(tmp_path / name / "model").state_dict() for name in ("one", "other")]
    assert not np.array_equal(pairs.labels, other.labels)
    assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0])


def test_the_classifier_starts_as_the_teachers_does(
    tiny_clip_folder: Path, tiny_bert_folder: Path, tmp_path: Path
) -> None:
    settings = TrainingSettings(epochs=1, batch_size=8, learning_rate=1e-12)
    taught(tmp_path, Texts(tiny_bert_folder, SENTENCES), settings=settings)

    teachers = ClipVE.start(tiny_clip_folder, seed=0).classifier
    torch.testing.assert_close(
        load_classifier(tmp_path / "model").layers[2].weight, teachers.layers[2].weight
    )


def test_a_head_over_a_frozen_encoder_learns_its_targets_and_reads_another_language(
    tmp_path: Path,
) -> None:
    english = embeddings(tmp_path / "en.arrow", np.arange(8, dtype=np.int32), 5)
    settings = TrainingSettings(epochs=60, batch_size=4, learning_rate=1e-2, weight="distinct")
    history = taught(
        tmp_path, english, classifier=EntailmentClassifier(WIDTH).eval(),
        architecture=Architecture(hidden=16), settings=settings,
    )  # fmt: skip

    first, last = history[0]["train_loss"], history[-1]["train_loss"]
    assert first is not None and last is not None and last < first / 2
    said = Embeddings.open(tmp_path / "said.arrow").rows(range(8))
    targets = Embeddings.open(tmp_path / "targets.arrow").rows(range(8))
    assert np.square(said - targets).mean() == pytest.approx(history[-1]["dev_loss"], rel=1e-4)

    # German embeddings that are the English ones in another order are read as those are.
    order = np.array([3, 1, 2, 0, 7, 6, 5, 4])
    ids = np.arange(8, dtype=np.int32)
    write_embeddings(tmp_path / "de.arrow", "id", [(ids, english.rows(order.tolist()))], 5)
    read_out(
        model_folder=tmp_path / "model", sentences=Embeddings.open(tmp_path / "de.arrow"),
        readout="direct", autoencoder_folder=None, teacher_folder=tmp_path, pooling=None,
        compute=COMPUTE, hypotheses_file=tmp_path / "german.arrow",
    )  # fmt: skip
    german = Embeddings.open(tmp_path / "german.arrow").rows(range(8))
    np.testing.assert_allclose(german, said[order], atol=1e-5)
    assert FrozenStudent.load(tmp_path / "model").sizes["hidden"] == 16


def test_what_is_learnt_in_english_is_known_in_a_language_that_differs_by_its_mean(
    tmp_path: Path,
) -> None:
    ids = np.arange(8, dtype=np.int32)
    english = embeddings(tmp_path / "en.arrow", ids, 5)
    shift = np.arange(5, dtype=np.float32)
    write_embeddings(tmp_path / "de.arrow", "id", [(ids, english.rows(range(8)) + shift)], 5)
    untranslated = ids >= 4
    for given in (None, english):
        taught(
            tmp_path, Embeddings.open(tmp_path / "de.arrow"), english=given, held_out=untranslated,
            classifier=EntailmentClassifier(WIDTH).eval(), architecture=Architecture(hidden=16),
            settings=TrainingSettings(epochs=60, batch_size=4, learning_rate=1e-2, keep="last"),
        )  # fmt: skip
        said = Embeddings.open(tmp_path / "said.arrow")
        assert len(said) == 8
        targets = Embeddings.open(tmp_path / "targets.arrow").rows(range(4, 8))
        error = np.square(said.rows(range(4, 8)) - targets).mean()
        assert error < 0.1 if given else error > 0.5


def test_english_beside_translations_is_for_frozen_encoders(
    tiny_bert_folder: Path, tmp_path: Path
) -> None:
    english = embeddings(tmp_path / "en.arrow", np.arange(8, dtype=np.int32), 5)
    with pytest.raises(ValueError, match="with_english is for students with a frozen encoder"):
        taught(tmp_path, Texts(tiny_bert_folder, SENTENCES), english=english)


def test_a_student_of_a_teacher_without_pictures_needs_none(
    tiny_bert_folder: Path, tmp_path: Path
) -> None:
    history = taught(
        tmp_path, Texts(tiny_bert_folder, SENTENCES), images=None,
        classifier=EntailmentClassifier(WIDTH).eval(),
        settings=TrainingSettings(epochs=1, batch_size=8, learning_rate=1e-3),
    )  # fmt: skip

    assert history[0]["dev_accuracy"] is not None


def test_a_frozen_student_must_say_how_large_its_head_is(tmp_path: Path) -> None:
    english = embeddings(tmp_path / "en.arrow", np.arange(8, dtype=np.int32), 5)

    with pytest.raises(ValueError, match=r"en.arrow needs `hidden`"):
        taught(tmp_path, english, classifier=EntailmentClassifier(WIDTH))


def test_a_student_cannot_be_packed(tiny_bert_folder: Path, tmp_path: Path) -> None:
    settings = TrainingSettings(epochs=1, batch_size=8, learning_rate=1e-3, length_groups="packed")

    with pytest.raises(ValueError, match=r"length_groups: packed is for CLIP's text tower alone"):
        taught(tmp_path, Texts(tiny_bert_folder, SENTENCES), settings=settings)


def test_products_are_chosen_for_an_encoder_that_is_trained_and_not_for_a_frozen_one(
    tiny_bert_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    widths: list[int] = []
    monkeypatch.setattr(Compute, "multiply_for", lambda _, width: widths.append(width))
    settings = TrainingSettings(epochs=1, batch_size=8, learning_rate=1e-3)
    taught(tmp_path, Texts(tiny_bert_folder, SENTENCES), settings=settings)
    hidden = Student.load(tmp_path / "model").encoder.config.hidden_size
    english = embeddings(tmp_path / "en.arrow", np.arange(8, dtype=np.int32), 5)
    (tmp_path / "frozen").mkdir()
    taught(tmp_path / "frozen", english, architecture=Architecture(hidden=16), settings=settings)

    assert widths == [hidden]
