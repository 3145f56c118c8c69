import gc
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from clseave_core.corpus.pairs import Pairs
from clseave_core.embeddings import Embeddings, write_embeddings
from clseave_core.models.classifier import EntailmentClassifier
from clseave_core.models.encoder import encode_all
from clseave_core.models.student import Student
from clseave_core.models.tokens import load_tokenizer, tokenize
from clseave_core.students import teaching
from clseave_core.students.distillation import DistillationTask
from clseave_core.students.task import StudentData, distance, training_examples, untranslated
from clseave_core.students.teaching import Architecture, Texts, train_student
from clseave_core.teacher.clip_ve import Premises
from clseave_core.training import loop
from clseave_core.training.device import Compute, Precision
from clseave_core.training.gpu_probe import has_bf16
from clseave_core.training.history import Row
from clseave_core.training.settings import TrainingSettings
from tests.fake_gpu import NothingRead, fake_gpu

COMPUTE = Compute("fp32", threads=1, device="cpu")


def test_errors_in_both_units_by_hand() -> None:
    embeddings = torch.tensor([[1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 0.0, 0.0]])
    targets = torch.tensor([[1.0, 0.0, 3.0, 5.0], [1.0, 1.0, 1.0, 1.0]])

    sums = distance(embeddings, targets, torch.tensor([3.0, 1.0]))

    # Squared: 0 + 4 + 0 + 1 = 5, three times; 4, once. Absolute: 3 three times; 4 once.
    assert {name: float(value) for name, value in sums.items()} == {
        "mse_sum": 19.0, "mse_per_dim": 19 / 4, "mae_sum": 13.0, "mae_per_dim": 13 / 4,
    }  # fmt: skip


def pairs_of(hypotheses: list[int]) -> Pairs:
    n = len(hypotheses)
    return Pairs(
        np.array([f"p{i}" for i in range(n)], dtype=object),
        np.array([f"i{i % 2}" for i in range(n)], dtype=object),
        np.array(hypotheses),
        np.array([i % 3 for i in range(n)]),
    )


def _numbers(row: Row) -> dict[str, float]:
    return {name: value for name, value in row.items() if value is not None}


def test_held_out_sentences_are_never_examples() -> None:
    pairs = pairs_of([2, 0, 2, 1, 3])
    held_out = np.array([False, True, False, False])
    settings: dict[str, Any] = {"epochs": 1, "batch_size": 2, "learning_rate": 1.0}

    by_pairs = training_examples(pairs, held_out, TrainingSettings(**settings))
    distinct = training_examples(pairs, held_out, TrainingSettings(**settings, weight="distinct"))

    assert by_pairs.tolist() == [2, 0, 2, 3]
    assert distinct.tolist() == [0, 2, 3]


SENTENCES = ["ein Hund", "der Mann", "een kat", "rot", "blau Kreis", "das", "het", "Frau"]


def test_a_sentence_is_untranslated_if_one_of_its_nouns_is() -> None:
    nouns = [["cat"], ["dog"], [], ["cat", "dog"], ["owl"]]
    held_out = np.array([False, False, False, False, True])
    assert untranslated(nouns, held_out, 0, seed=0).tolist() == [True, True, False, True, True]
    assert untranslated(nouns, held_out, 2, seed=0).tolist() == [False] * 4 + [True]
    one = untranslated(nouns, held_out, 1, seed=0)
    assert sorted(one[:2].tolist()) == [False, True]
    assert one[2:].tolist() == [False, True, True]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Embeddings, Embeddings]:
    rng = np.random.default_rng(0)
    targets = rng.normal(size=(len(SENTENCES), 6)).astype(np.float32)
    ids = np.arange(len(SENTENCES), dtype=np.int32)
    write_embeddings(tmp_path / "hypotheses.arrow", "hypothesis_id", [(ids, targets)], 6)
    images = rng.normal(size=(2, 6)).astype(np.float32)
    write_embeddings(tmp_path / "images.arrow", "image_id", [(["i0", "i1"], images)], 6)
    return (
        Embeddings.open(tmp_path / "hypotheses.arrow"), Embeddings.open(tmp_path / "images.arrow"),
    )  # fmt: skip


def test_a_student_learns_its_targets_and_the_history_says_so(
    tiny_bert_folder: Path, tmp_path: Path, files: tuple[Embeddings, Embeddings]
) -> None:
    targets, images = files
    settings = TrainingSettings(epochs=60, batch_size=4, learning_rate=5e-3, evaluate_every=30)

    history = train_student(
        sentences=Texts(tiny_bert_folder, SENTENCES),
        targets=targets,
        held_out=np.array([False] * 7 + [True]),
        train_pairs=pairs_of([0, 1, 2, 3, 4, 5, 6, 7, 0]),
        dev_pairs=pairs_of([0, 1, 7]),
        images=images,
        classifier=EntailmentClassifier(6).eval(),
        alignment=None,
        pooling_at_test=None,
        architecture=Architecture(),
        settings=settings,
        seed=0,
        compute=COMPUTE,
        state_folder=tmp_path / "state",
        model_folder=tmp_path / "model",
        hypotheses_file=tmp_path / "students.arrow",
        history_file=tmp_path / "history.csv",
    )

    last, first = _numbers(history[-1]), _numbers(history[0])
    assert last["train_mse_per_dim"] < 0.5 * first["train_mse_per_dim"]
    assert last["train_loss"] == pytest.approx(last["train_mse_per_dim"])
    assert last["train_mse_sum"] == pytest.approx(6 * last["train_mse_per_dim"], rel=1e-5)
    assert last["dev_mse_sum"] == pytest.approx(6 * last["dev_loss"], rel=1e-5)
    assert last["train_eval_mse_per_dim"] < last["dev_loss"]  # dev has a sentence never seen
    assert 0 <= last["dev_accuracy"] <= 1
    assert not (tmp_path / "state").exists()
    student = Student.load(tmp_path / "model")
    tokens = tokenize(load_tokenizer(tmp_path / "model"), SENTENCES, student.max_length)
    stored = Embeddings.open(tmp_path / "students.arrow")
    again = encode_all(student, tokens, COMPUTE).numpy()
    assert np.array_equal(stored.rows(range(len(SENTENCES))), again)


def test_the_teachers_classifier_does_not_move(
    tiny_bert_folder: Path, tmp_path: Path, files: tuple[Embeddings, Embeddings]
) -> None:
    targets, images = files
    classifier = EntailmentClassifier(6).eval()
    before = {name: value.clone() for name, value in classifier.state_dict().items()}
    train_student(
        sentences=Texts(tiny_bert_folder, SENTENCES), targets=targets,
        held_out=np.array([False] * 8), train_pairs=pairs_of([0, 1, 2, 3]),
        dev_pairs=pairs_of([4, 5]), images=images, classifier=classifier,
        alignment=None,
        pooling_at_test=None,
        architecture=Architecture(),
        settings=TrainingSettings(epochs=1, batch_size=2, learning_rate=1e-3),
        seed=0, compute=COMPUTE, state_folder=tmp_path / "state", model_folder=tmp_path / "model",
        hypotheses_file=tmp_path / "students.arrow",
        history_file=tmp_path / "history.csv",
    )  # fmt: skip

    after = classifier.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_a_training_holds_no_second_copy_of_the_teachers_embeddings(
    tiny_bert_folder: Path, tmp_path: Path, files: tuple[Embeddings, Embeddings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    targets, images = files
    moved: list[weakref.ref[torch.Tensor]] = []
    alive: list[int] = []
    compute = Compute("fp32", 1, "cpu")

    def move(tensor: torch.Tensor) -> torch.Tensor:
        """As to a GPU: another tensor than the one that was read."""
        if tensor.shape == (len(SENTENCES), targets.width):
            moved.append(weakref.ref(tensor))
        return tensor.clone()

    def training(*arguments: Any) -> list[Row]:
        gc.collect()
        alive.append(sum(reference() is not None for reference in moved))
        return loop.train(*arguments)

    monkeypatch.setattr(compute, "move", move)
    monkeypatch.setattr(teaching, "train", training)
    train_student(
        sentences=Texts(tiny_bert_folder, SENTENCES), targets=targets,
        held_out=np.array([False] * 8), train_pairs=pairs_of([0, 1, 2, 3]),
        dev_pairs=pairs_of([4, 5]), images=images, classifier=EntailmentClassifier(6).eval(),
        alignment=None, pooling_at_test=None, architecture=Architecture(),
        settings=TrainingSettings(epochs=1, batch_size=2, learning_rate=1e-3),
        seed=0, compute=compute, state_folder=tmp_path / "state", model_folder=tmp_path / "model",
        hypotheses_file=None, history_file=tmp_path / "history.csv",
    )  # fmt: skip

    assert (len(moved), alive) == (1, [0])


def distillation(folder: Path, compute: Compute) -> DistillationTask:
    """A task whose batches have a sentence twice."""
    student = Student.start(folder, 6, "end", True, seed=0).eval()
    tokens = tokenize(load_tokenizer(folder), SENTENCES, student.max_length)
    targets = torch.randn(len(SENTENCES), 6, generator=torch.Generator().manual_seed(1))
    premises = Premises(torch.zeros(1, 6), torch.zeros(1, dtype=torch.long))
    examples = np.array([0, 3, 0, 5, 7, 1, 3, 3])
    data = StudentData(
        tokens, targets, examples, pairs_of([0]), premises, EntailmentClassifier(6).eval()
    )
    settings = TrainingSettings(epochs=1, batch_size=4, learning_rate=1.0)
    return DistillationTask(student, data, settings, 0, compute)


def test_fixed_shapes_give_the_same_losses_and_gradients(
    tiny_bert_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = distillation(tiny_bert_folder, COMPUTE)
    fixed = distillation(tiny_bert_folder, fake_gpu(monkeypatch)[0])

    batches = usual.batches(1), fixed.batches(1)
    assert any(len(batch.tensors["sentences"]) < len(batch) for batch in batches[0])
    assert all(len(batch.tensors["sentences"]) == len(batch) for batch in batches[1])
    assert [a.width for a in batches[0]] != [b.width for b in batches[1]]
    for ours, theirs in zip(*batches, strict=True):
        loss, sums = usual.loss(ours)
        loss_fixed, sums_fixed = fixed.loss(theirs)
        assert loss_fixed.item() == pytest.approx(loss.item(), rel=1e-5)
        assert {k: float(v) for k, v in sums_fixed.items()} == pytest.approx(
            {k: float(v) for k, v in sums.items()}, rel=1e-5
        )
        loss.backward()
        loss_fixed.backward()
    pairs = zip(usual.model.parameters(), fixed.model.parameters(), strict=True)
    for one, other in pairs:
        assert (one.grad is None) == (other.grad is None)
        if one.grad is not None and other.grad is not None:
            assert torch.allclose(one.grad, other.grad, rtol=1e-4, atol=1e-6)


def test_no_step_asks_the_device_for_a_number(
    tiny_bert_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = distillation(tiny_bert_folder, fake_gpu(monkeypatch)[0])
    [batch, *_] = task.batches(1)
    task.model.train()
    # What transformers looks at before it decides how to make a mask.
    monkeypatch.setattr(torch.cuda, "is_current_stream_capturing", lambda: True)

    with NothingRead():
        task.loss(batch)[0].backward()
    with pytest.raises(AssertionError, match="waits for the device"), NothingRead():
        task.loss(batch)[0].item()


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.gpu
def test_a_gpu_records_a_students_steps(
    tiny_bert_folder: Path, tmp_path: Path, files: tuple[Embeddings, Embeddings],
    caplog: pytest.LogCaptureFixture, precision: Precision,
) -> None:  # fmt: skip
    if precision == "bf16" and not has_bf16(on_gpu=True):
        pytest.skip("this GPU has no bf16 in hardware")
    history = train_student(
        sentences=Texts(tiny_bert_folder, SENTENCES), targets=files[0],
        held_out=np.array([False] * 8), train_pairs=pairs_of([0, 1, 2, 3, 4, 5, 6, 7]),
        dev_pairs=pairs_of([4, 5]), images=files[1], classifier=EntailmentClassifier(6).eval(),
        alignment=None, pooling_at_test=None, architecture=Architecture(),
        settings=TrainingSettings(epochs=60, batch_size=4, learning_rate=5e-3, evaluate_every=30),
        seed=0, compute=Compute(precision, 1, "cuda"), state_folder=tmp_path / "state",
        model_folder=tmp_path / "model", hypotheses_file=tmp_path / "students.arrow",
        history_file=tmp_path / "history.csv",
    )  # fmt: skip

    assert "could not be recorded" not in caplog.text
    last, first = _numbers(history[-1]), _numbers(history[0])
    assert last["train_mse_per_dim"] < 0.5 * first["train_mse_per_dim"]
