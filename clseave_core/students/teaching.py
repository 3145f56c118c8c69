"""Train the student of one method and language, or read a trained one in another way."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import torch
from torch import nn

from clseave_core.alignment.token_pairs import (
    Links,
    SubWords,
    read_links,
    token_offsets,
    token_ranges,
)
from clseave_core.corpus.pairs import Pairs
from clseave_core.embeddings import Embeddings
from clseave_core.models.autoencoder import Autoencoder
from clseave_core.models.clip_ve import ClipTextTower
from clseave_core.models.encoder import write_sentences
from clseave_core.models.pooling import Pooling
from clseave_core.models.student import Student, load_encoder
from clseave_core.models.tokens import Tokens, load_tokenizer, tokenize
from clseave_core.students.distillation import DistillationTask
from clseave_core.students.readouts import Readout, readout_head
from clseave_core.students.task import Mask, StudentData, StudentTask, training_examples
from clseave_core.students.token_alignment import Signal, TokenAlignmentTask, TokenTargets
from clseave_core.teacher.clip_ve import Premises
from clseave_core.training.device import Compute
from clseave_core.training.history import Row, save_history
from clseave_core.training.loop import train
from clseave_core.training.settings import TrainingSettings
from clseave_core.training.state import fingerprint, training_state


@dataclass(frozen=True)
class Architecture:
    """What a CLSEAVE student is made of: see `clseave_core.models.student`."""

    pooling: Pooling = "end"
    layer_norm: bool = True

    @classmethod
    def from_study(cls, section: Mapping[str, Any]) -> Self:
        """Read a section of `students:`; its `model` is a matter of the workflow."""
        return cls(**{key: value for key, value in section.items() if key != "model"})


@dataclass(frozen=True)
class TokenAlignment:
    """What a CLTEAVE student learns from, beside the translations."""

    english: Sequence[str]
    links: Links
    autoencoder_folder: Path
    teacher_folder: Path
    signal: Signal = "words"
    sub_words: SubWords = "first"

    @classmethod
    def of_method(
        cls, method: Mapping[str, Any], hypotheses: pd.DataFrame, alignment: str, autoencoder: str,
        teacher: str,
    ) -> Self | None:  # fmt: skip
        """Read a method of a study, with the files of its rule; None where it learns sentences."""
        if method["objective"] != "token_mse":
            return None
        chosen = {key: method[key] for key in ("signal", "sub_words") if key in method}
        return cls(
            hypotheses["text"].tolist(),
            read_links(alignment),
            Path(autoencoder),
            Path(teacher),
            **chosen,
        )

    def deciding(self) -> dict[str, str]:
        """What of it decides the resulting weights, beside its files."""
        return {"signal": self.signal, "sub_words": self.sub_words}


def train_student(
    *,
    encoder_folder: Path,
    translations: Sequence[str],
    targets: Embeddings,
    held_out: Mask,
    train_pairs: Pairs,
    dev_pairs: Pairs,
    images: Embeddings,
    classifier: nn.Module,
    architecture: Architecture,
    alignment: TokenAlignment | None,
    pooling_at_test: Pooling | None,
    settings: TrainingSettings,
    seed: int,
    compute: Compute,
    state_folder: Path,
    model_folder: Path,
    hypotheses_file: Path,
    history_file: Path,
) -> list[Row]:
    """Train a student; write its folder and the embeddings of all `translations`; return history.

    `translations` are the rows of the hypotheses table, in the student's language. With
    `alignment` the student learns token states (CLTEAVE) and is read out directly, else sentence
    embeddings (CLSEAVE). `pooling_at_test` is for the written embeddings alone.
    """
    tokenizer = load_tokenizer(encoder_folder)
    if alignment is None:
        model = Student.start(
            encoder_folder, targets.width, architecture.pooling, architecture.layer_norm, seed
        )
    else:
        model = _token_student(encoder_folder, alignment)
    tokens = tokenize(tokenizer, translations, model.max_length)
    goal = torch.from_numpy(targets.rows(range(len(translations))))
    data = StudentData(
        tokens, compute.move(goal), training_examples(train_pairs, held_out, settings), dev_pairs,
        Premises.of(dev_pairs.image_ids.tolist(), images, compute), classifier.to(compute.device),
    )  # fmt: skip
    mark = _mark(model, data, settings, seed, compute, asdict(architecture), alignment)
    compute.multiply_for(model.encoder.config.hidden_size)
    torch.manual_seed(seed)
    task: StudentTask
    if alignment is None:
        task = DistillationTask(model.to(compute.device), data, settings, seed, compute)
    else:
        wanted = _token_targets(alignment, tokenizer, translations, model.max_length)
        wanted.tower.to(compute.device)
        task = TokenAlignmentTask(model.to(compute.device), data, wanted, settings, seed, compute)
    with training_state(state_folder, mark) as state:
        history = train(task, settings, compute, state)  # type: ignore[arg-type]
        save_history(history_file, history, settings)
        model.save(model_folder, encoder_folder)
        model.pooling = pooling_at_test or model.pooling
        write_sentences(model.eval(), tokens, hypotheses_file, compute)
    return history


def read_out(
    *,
    model_folder: Path,
    translations: Sequence[str],
    readout: Readout,
    autoencoder_folder: Path | None,
    teacher_folder: Path,
    pooling: Pooling | None,
    compute: Compute,
    hypotheses_file: Path,
) -> None:
    """Write the embeddings of `translations` by a trained student that is read in another way.

    With `readout` other than `direct` its head is replaced, with `pooling` the state that stands
    for a sentence.
    """
    student = Student.load(model_folder)
    if readout != "direct":
        if autoencoder_folder is None:
            raise ValueError(f"readout {readout} needs the autoencoder of {model_folder}.")
        autoencoder = Autoencoder.load(autoencoder_folder)
        student.head = readout_head(readout, ClipTextTower(teacher_folder), autoencoder)
    student.pooling = pooling or student.pooling
    compute.multiply_for(student.encoder.config.hidden_size)
    tokens = tokenize(load_tokenizer(model_folder), translations, student.max_length)
    write_sentences(student.to(compute.device).eval(), tokens, hypotheses_file, compute)


def _token_student(encoder_folder: Path, alignment: TokenAlignment) -> Student:
    autoencoder = Autoencoder.load(alignment.autoencoder_folder)
    head = readout_head("direct", ClipTextTower(alignment.teacher_folder), autoencoder)
    return Student(load_encoder(encoder_folder), head, "end")


def _token_targets(
    alignment: TokenAlignment, tokenizer: Any, translations: Sequence[str], limit: int
) -> TokenTargets:
    tower = ClipTextTower(alignment.teacher_folder)
    english = load_tokenizer(alignment.teacher_folder)
    tokens: Tokens = tokenize(english, alignment.english, tower.max_length)
    source, target = token_ranges(
        alignment.links,
        token_offsets(english, alignment.english, tower.max_length),
        token_offsets(tokenizer, translations, limit),
        alignment.sub_words,
    )
    return TokenTargets(tower, tokens, source, target, alignment.signal)


def _mark(
    model: Student, data: StudentData, settings: TrainingSettings, seed: int, compute: Compute,
    architecture: dict[str, Any], alignment: TokenAlignment | None,
) -> str:  # fmt: skip
    """The fingerprint of this training."""
    deciding = settings.deciding() | compute.deciding() | architecture | {"seed": seed}
    arrays: list[Any] = []
    if alignment is not None:
        deciding |= alignment.deciding()
        arrays = [np.concatenate(alignment.links), np.array([len(x) for x in alignment.links])]
    return fingerprint(
        deciding, data.tokens.flat, data.tokens.starts, data.examples, data.targets,
        data.dev_pairs.hypotheses, *arrays, *model.state_dict().values(),
    )  # fmt: skip
