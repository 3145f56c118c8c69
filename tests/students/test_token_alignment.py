"""CLTEAVE by hand-made numbers: readouts, the error of words and end tokens, a whole training."""

from pathlib import Path

import numpy as np
import pytest
import torch

from clseave_core.alignment.schemas import ALIGNMENTS
from clseave_core.alignment.tables import alignment_table
from clseave_core.alignment.token_pairs import TokenRanges, read_links
from clseave_core.corpus.pairs import Pairs
from clseave_core.embeddings import Embeddings, write_embeddings
from clseave_core.files import write_table
from clseave_core.models.autoencoder import Autoencoder
from clseave_core.models.classifier import EntailmentClassifier
from clseave_core.models.clip_ve import ClipTextTower, ClipVE
from clseave_core.models.student import Student, load_encoder
from clseave_core.models.tokens import load_tokenizer, tokenize
from clseave_core.students.readouts import readout_head
from clseave_core.students.task import StudentData
from clseave_core.students.teaching import (
    Architecture,
    Texts,
    TokenAlignment,
    read_out,
    train_student,
)
from clseave_core.students.token_alignment import Signal, TokenAlignmentTask, TokenTargets
from clseave_core.teacher.clip_ve import Premises
from clseave_core.training.device import Compute
from clseave_core.training.settings import TrainingSettings

COMPUTE = Compute("fp32", threads=1, device="cpu")
ENGLISH = ["a dog", "the man sleeps", "a blue circle", "the red square"]
GERMAN = ["ein Hund", "der Mann schläft", "ein Kreis blau", "rot"]
LINKS = [[(2, 5, 4, 8)], [(4, 7, 4, 8), (8, 14, 9, 16)], [(7, 13, 4, 9)], []]
SETTINGS = TrainingSettings(epochs=2, batch_size=2, learning_rate=1e-2, weight="distinct")


@pytest.fixture
def widths(tiny_bert_folder: Path, tiny_clip_folder: Path) -> tuple[int, int]:
    """Of the student's states and of the teacher's."""
    tower = ClipTextTower(tiny_clip_folder)
    return load_encoder(tiny_bert_folder).config.hidden_size, tower.final_norm.normalized_shape[0]


def test_the_towers_states_lie_before_its_last_norm(tiny_clip_folder: Path) -> None:
    tower = ClipTextTower(tiny_clip_folder).eval()
    tokens = tokenize(load_tokenizer(tiny_clip_folder), ENGLISH, tower.max_length)
    ids, lengths = tokens.pad(np.array([1]))

    with torch.no_grad():
        end = tower.final_norm(tower.token_states(ids))[0, lengths[0] - 1]
        expected = tower(ids, lengths)[0]

    torch.testing.assert_close(tower.clip.text_projection(end), expected)


def test_the_direct_readout_is_the_towers_own(
    tiny_clip_folder: Path, widths: tuple[int, int]
) -> None:
    tower = ClipTextTower(tiny_clip_folder)
    head = readout_head("direct", tower, Autoencoder.start(*widths, "linear", seed=0))

    state = torch.randn(1, widths[1])

    expected = tower.clip.text_projection(tower.final_norm(state))
    torch.testing.assert_close(head.projection(head.norm(state)), expected)
    assert [p.requires_grad for p in head.bridge.parameters()] == [True, True]
    assert not any(p.requires_grad for p in (*head.norm.parameters(), head.projection.weight))


def test_padded_and_decoded_weights_by_hand() -> None:
    class Tower:
        width = 3
        final_norm = torch.nn.LayerNorm(2, eps=1e-5)
        clip = torch.nn.ModuleDict({"text_projection": torch.nn.Linear(2, 3, bias=False)})

    with torch.no_grad():
        Tower.final_norm.weight.copy_(torch.tensor([2.0, 3.0]))
        Tower.final_norm.bias.copy_(torch.tensor([-1.0, 1.0]))
    autoencoder = Autoencoder.start(4, 2, "relu", seed=0)
    with torch.no_grad():
        weight, bias = autoencoder.decoder.parameters()
        weight.copy_(torch.tensor([[1.0, 0], [0, 1], [1, 1], [-1, 0]]))
        bias.zero_()

    padded = readout_head("padded", Tower(), autoencoder)  # type: ignore[arg-type]
    decoder = readout_head("decoder", Tower(), autoencoder)  # type: ignore[arg-type]

    assert padded.norm.weight.tolist() == [2, 3, 0, 0]
    assert padded.norm.bias.tolist() == [-1, 1, 0, 0]
    assert (padded.projection.weight[:, 2:] == 0).all()
    assert decoder.norm.weight.tolist() == [2, 3, 5, 0]  # -2 falls to the ReLU
    assert decoder.norm.bias.tolist() == [0, 1, 0, 1]


def test_a_teacher_wider_than_the_student_cannot_be_padded(
    tiny_clip_folder: Path, widths: tuple[int, int]
) -> None:
    autoencoder = Autoencoder.start(widths[1] - 1, widths[1], "relu", seed=0)

    with pytest.raises(ValueError, match="readout padded widens the teacher's"):
        readout_head("padded", ClipTextTower(tiny_clip_folder), autoencoder)


@pytest.mark.parametrize("signal", ["words", "end", "both"])
def test_the_loss_by_hand(
    signal: Signal, tiny_bert_folder: Path, tiny_clip_folder: Path, widths: tuple[int, int]
) -> None:
    tower = ClipTextTower(tiny_clip_folder)
    autoencoder = Autoencoder.start(*widths, "linear", seed=0)
    student = Student(
        load_encoder(tiny_bert_folder), readout_head("direct", tower, autoencoder), "end"
    ).eval()
    tokens = tokenize(load_tokenizer(tiny_bert_folder), GERMAN, student.max_length)
    english = tokenize(load_tokenizer(tiny_clip_folder), ENGLISH, tower.max_length)
    # One link in sentence 0, two in sentence 1; token 1 or 2 on either side.
    source = TokenRanges(np.array([0, 1, 1]), np.array([1, 1, 2]), np.array([2, 2, 3]))
    target = TokenRanges(np.array([0, 1, 1]), np.array([2, 1, 2]), np.array([3, 2, 3]))
    pairs = Pairs(*(np.array(["p"], dtype=object),) * 2, np.array([0]), np.array([0]))
    data = StudentData(
        tokens, torch.zeros(4, tower.width), np.array([0, 1, 1]), pairs,
        Premises(torch.ones(1, tower.width), torch.zeros(1, dtype=torch.long)),
        EntailmentClassifier(tower.width).eval(),
    )  # fmt: skip
    task = TokenAlignmentTask(
        student, data, TokenTargets(tower, english, source, target, signal), SETTINGS, 0, COMPUTE
    )

    with torch.inference_mode():
        loss = float(task.loss(np.array([0, 1, 2]))[0])  # sentence 0 once, sentence 1 twice
        mine = [student.token_states(*tokens.pad(np.array([n])))[0] for n in (0, 1)]
        theirs = [tower.token_states(english.pad(np.array([n]))[0])[0] for n in (0, 1)]

    def error(sentence: int, ours: int, other: int) -> float:
        return float((mine[sentence][ours] - theirs[sentence][other]).square().mean())

    words = (error(0, 2, 1) + 2 * error(1, 1, 1) + 2 * error(1, 2, 2)) / 5
    end = (error(0, -1, -1) + 2 * error(1, -1, -1)) / 3
    expected = {"words": words, "end": end, "both": (words + end) / 2}[signal]
    assert loss == pytest.approx(expected, rel=1e-4)


def test_a_student_learns_token_states_and_is_read_in_another_way(
    tiny_bert_folder: Path, tiny_clip_folder: Path, widths: tuple[int, int], tmp_path: Path
) -> None:
    teacher = ClipVE.start(tiny_clip_folder, seed=0)
    teacher.save(tmp_path / "teacher", tiny_clip_folder)
    width = teacher.text.width
    rng = np.random.default_rng(0)
    targets = rng.normal(size=(4, width)).astype(np.float32)
    ids = np.arange(4, dtype=np.int32)
    write_embeddings(tmp_path / "h.arrow", "hypothesis_id", [(ids, targets)], width)
    write_embeddings(tmp_path / "i.arrow", "image_id", [(["i"], targets[:1])], width)
    write_table(tmp_path / "de.parquet", alignment_table([0, 1, 2, 3], LINKS), ALIGNMENTS)
    Autoencoder.start(*widths, "relu", seed=0).save(tmp_path / "autoencoder")
    n = 4
    pairs = Pairs(
        np.array([f"p{i}" for i in range(n)], dtype=object), np.array(["i"] * n, dtype=object),
        np.arange(n), np.arange(n) % 3,
    )  # fmt: skip
    alignment = TokenAlignment(
        ENGLISH, read_links(tmp_path / "de.parquet"), tmp_path / "autoencoder", tmp_path / "teacher"
    )

    history = train_student(
        sentences=Texts(tiny_bert_folder, GERMAN),
        targets=Embeddings.open(tmp_path / "h.arrow"), held_out=np.zeros(4, bool),
        train_pairs=pairs, dev_pairs=pairs, images=Embeddings.open(tmp_path / "i.arrow"),
        classifier=EntailmentClassifier(width).eval(), architecture=Architecture(),
        alignment=alignment, pooling_at_test=None, settings=SETTINGS, seed=0, compute=COMPUTE,
        state_folder=tmp_path / "state", model_folder=tmp_path / "model",
        hypotheses_file=tmp_path / "said.arrow", history_file=tmp_path / "history.csv",
    )  # fmt: skip

    first, last = history[0]["dev_words_mse"], history[-1]["dev_words_mse"]
    assert first is not None and last is not None and last < first
    read_out(
        model_folder=tmp_path / "model", sentences=GERMAN, readout="direct",
        autoencoder_folder=None, teacher_folder=tmp_path / "teacher", pooling=None,
        compute=COMPUTE, hypotheses_file=tmp_path / "again.arrow",
    )  # fmt: skip
    said, again = (
        Embeddings.open(tmp_path / f"{x}.arrow").rows(range(4)) for x in ("said", "again")
    )
    np.testing.assert_allclose(again, said, rtol=1e-5, atol=1e-6)
