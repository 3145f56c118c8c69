"""Train the student of a method, of one language or of several, or read one in another way.

What a student learns is its method's objective: `sentence_mse` (CLSEAVE), `token_mse` (CLTEAVE), or
`cross_entropy`, the rival translate-train, which learns the labels of the translated pairs together
with a classifier of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import torch

from clseave_core.alignment.token_pairs import (
    Links,
    SubWords,
    read_links,
    token_offsets,
    token_ranges,
)
from clseave_core.corpus.natural.tables import named_nouns
from clseave_core.corpus.pairs import Pairs
from clseave_core.embeddings import Embeddings
from clseave_core.models.autoencoder import Autoencoder
from clseave_core.models.classifier import EntailmentClassifier
from clseave_core.models.clip_ve import ClipTextTower, EntailmentModel, load_classifier
from clseave_core.models.encoder import (
    encode_all,
    write_sentences,
    write_table_of_sentences,
)
from clseave_core.models.frozen_student import FrozenStudent
from clseave_core.models.pooling import Pooling
from clseave_core.models.student import Student, load_encoder
from clseave_core.models.tokens import Tokens, load_tokenizer, tokenize
from clseave_core.students.distillation import DistillationTask
from clseave_core.students.readouts import Readout, readout_head
from clseave_core.students.retrieval import Memory, Retrieval, retrieve
from clseave_core.students.task import (
    Mask,
    StudentData,
    StudentTask,
    training_examples,
    untranslated,
)
from clseave_core.students.token_alignment import Signal, TokenAlignmentTask, TokenTargets
from clseave_core.teacher.clip_ve import ClassificationTask, EncodedPairs
from clseave_core.training.device import Compute
from clseave_core.training.history import Row, save_history
from clseave_core.training.loop import train
from clseave_core.training.settings import TrainingSettings
from clseave_core.training.state import fingerprint, training_state
from clseave_core.translation.texts import read_texts


@dataclass(frozen=True)
class Architecture:
    """What a student is made of: see `clseave_core.models.student`.

    With `hidden` its encoder is frozen and a head of that many hidden units is all that is trained:
    see `clseave_core.models.frozen_student`.
    """

    pooling: Pooling = "end"
    layer_norm: bool = True
    hidden: int | None = None

    @classmethod
    def from_study(cls, section: Mapping[str, Any]) -> Self:
        """Read a section of `students:`; which encoder it starts from is the workflow's matter."""
        of_encoder = ("model", "trim_vocabulary")
        return cls(**{key: value for key, value in section.items() if key not in of_encoder})


@dataclass(frozen=True)
class Texts:
    """Sentences as text, and the folder of the encoder that is trained on them."""

    encoder_folder: Path
    texts: Sequence[str]


def read_sentences(
    embeddings: str | None, encoder: str | Path | None, texts: str | None
) -> Texts | Embeddings:
    """What a student reads, from the files of its rule: a frozen encoder's `embeddings`, if any."""
    if embeddings:
        return Embeddings.open(embeddings)
    return Texts(Path(str(encoder)), read_texts(str(texts)))


def read_languages(encoder: str | Path, files: Sequence[str]) -> Texts:
    """What a joint student reads: the sentences of each language, one language after the other."""
    return Texts(Path(encoder), [text for file in files for text in read_texts(file)])


def teachers_classifier(method: Mapping[str, Any], folder: str) -> EntailmentClassifier | None:
    """The teacher's, to show dev accuracy with; None where a `method` learns one of its own."""
    return None if method["objective"] == "cross_entropy" else load_classifier(folder)


def never_taught(
    hypotheses: pd.DataFrame, naming: Sequence[str], method: Mapping[str, Any], seed: int
) -> Mask:
    """Which sentences [m] a student may not see: held-out ones, and those of untranslated nouns.

    `naming` are the generator's files on nouns, for a `method` that says how many are translated.
    """
    held_out: Mask = (hypotheses["held_out"] != "none").to_numpy()
    if "nouns" in method:
        nouns = named_nouns(naming[0], hypotheses["text"])
        held_out = held_out | untranslated(nouns, held_out, method["nouns"], seed)
    return held_out


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

    @property
    def arrays(self) -> list[Any]:
        """Its links, for the fingerprint of a training."""
        return [np.concatenate(self.links), np.array([len(links) for links in self.links])]

    def deciding(self) -> dict[str, str]:
        """What of it decides the resulting weights, beside its files."""
        return {"signal": self.signal, "sub_words": self.sub_words}


def train_student(
    *,
    sentences: Texts | Embeddings,
    targets: Embeddings,
    held_out: Mask,
    train_pairs: Pairs,
    dev_pairs: Pairs,
    images: Embeddings | None,
    classifier: EntailmentClassifier | None,
    architecture: Architecture,
    alignment: TokenAlignment | None,
    pooling_at_test: Pooling | None,
    settings: TrainingSettings,
    seed: int,
    compute: Compute,
    state_folder: Path,
    model_folder: Path,
    hypotheses_file: Path | None,
    history_file: Path,
    english: Embeddings | None = None,
) -> list[Row]:
    """Train a student; write its folder and the embeddings of all `sentences`; return history.

    `sentences` are the rows of the hypotheses table in the student's language: texts, with the
    encoder to train, or their embeddings by a frozen one; that may learn the `english` ones beside
    them, all that the teacher saw. Those of several languages, one after the other, make a joint
    student, which learns all of them alike and has no `hypotheses_file`. With `alignment` a student
    learns token states (CLTEAVE) and is read out directly. Else it learns `targets`, the teacher's
    sentence embeddings (CLSEAVE), and the teacher's `classifier` only shows dev accuracy; without
    that classifier it learns the labels, with one of its own, and `targets` only say how wide an
    embedding is. Without `images` every premise is the constant one. `pooling_at_test` is for the
    written embeddings alone.
    """
    model, tokens = _start(sentences, targets.width, architecture, alignment, seed)
    hypotheses = len(held_out)
    languages, left = divmod(len(tokens), hypotheses)
    if left:
        raise ValueError(
            f"{len(tokens)} sentences are not {hypotheses} hypotheses in one or more languages. "
            "Have the translations made again."
        )
    of_language = training_examples(train_pairs, held_out, settings)
    taught = np.concatenate([of_language + hypotheses * number for number in range(languages)])
    if english is not None:
        if not (isinstance(model, FrozenStudent) and isinstance(sentences, Embeddings)):
            raise ValueError("with_english is for students with a frozen encoder only.")
        everything = training_examples(train_pairs, np.zeros_like(held_out), settings)
        tokens = model.read(sentences, english, centre=np.unique(taught))
        taught = np.concatenate([taught, hypotheses + everything])
    if isinstance(model, Student):
        compute.multiply_for(model.encoder.config.hidden_size)
    deciding = settings.deciding() | compute.deciding() | asdict(architecture) | {"seed": seed}
    encoded_dev = EncodedPairs.of(dev_pairs, dev_pairs.hypotheses, images, model.width, compute)
    task: StudentTask | ClassificationTask
    own_classifier: EntailmentClassifier | None = None
    if classifier is None:
        seen = train_pairs.select(np.flatnonzero(~held_out[train_pairs.hypotheses]))
        encoded = EncodedPairs.of(seen, seen.hypotheses, images, model.width, compute)
        whole = EntailmentModel.with_fresh_classifier(model, seed).to(compute.device)
        own_classifier = whole.classifier
        task = ClassificationTask(whole, tokens, encoded, encoded_dev, settings, seed, compute)
    else:
        # Without a name here, which would hold a second copy beside a GPU's for the whole training.
        data = StudentData(
            tokens, compute.move(torch.from_numpy(targets.rows(range(hypotheses)))), taught,
            dev_pairs, encoded_dev.premises, classifier.to(compute.device), languages,
        )  # fmt: skip
        model.to(compute.device)
        if alignment is None:
            task = DistillationTask(model, data, settings, seed, compute)
        else:
            deciding |= alignment.deciding()
            task = _token_task(model, data, alignment, sentences, settings, seed, compute)
    mark = fingerprint(
        deciding, *model.buffers(), *(alignment.arrays if alignment else ()), *task.arrays,
        *task.model.state_dict().values(),
    )  # fmt: skip
    torch.manual_seed(seed)
    with training_state(state_folder, mark) as state:
        history = train(task, settings, compute, state)
        save_history(history_file, history, settings)
        if isinstance(sentences, Texts) and isinstance(model, Student):
            model.save(model_folder, sentences.encoder_folder, own_classifier)
            model.pooling = pooling_at_test or model.pooling
        elif isinstance(model, FrozenStudent):
            model.save(model_folder, own_classifier)
        if hypotheses_file is not None:
            said = tokens.select(np.arange(hypotheses))
            write_sentences(model.eval(), said, hypotheses_file, compute)
    return history


def read_out(
    *,
    model_folder: Path,
    sentences: Sequence[str] | Embeddings,
    readout: Readout,
    autoencoder_folder: Path | None,
    teacher_folder: Path,
    pooling: Pooling | None,
    compute: Compute,
    hypotheses_file: Path,
    memory: Memory | None = None,
    retrieval: Retrieval | None = None,
) -> None:
    """Write the embeddings of `sentences` by a trained student that is read in another way.

    `sentences` are as for `train_student`: texts, or embeddings by the student's frozen encoder;
    they may be of another language than it was trained on. With `readout` other than `direct` its
    head is replaced, with `pooling` the state that stands for a sentence. With `retrieval` from
    `memory`, for a student that was taught beside English, what is retrieved is mixed in.
    """
    student: Student | FrozenStudent
    if isinstance(sentences, Embeddings):
        student = FrozenStudent.load(model_folder)
        tokens = student.read(sentences, centre=memory.translated if memory else None)
    else:
        student = Student.load(model_folder)
        if readout != "direct":
            if autoencoder_folder is None:
                raise ValueError(f"readout {readout} needs the autoencoder of {model_folder}.")
            autoencoder = Autoencoder.load(autoencoder_folder)
            student.head = readout_head(readout, ClipTextTower(teacher_folder), autoencoder)
        student.pooling = pooling or student.pooling
        compute.multiply_for(student.encoder.config.hidden_size)
        tokens = tokenize(load_tokenizer(model_folder), sentences, student.max_length)
    student.to(compute.device).eval()
    if memory and retrieval and isinstance(sentences, Embeddings):
        found = retrieve(torch.from_numpy(sentences.rows(range(len(tokens)))), memory, retrieval)
        said = encode_all(student, tokens, compute, "embed hypotheses").cpu()
        write_table_of_sentences(torch.lerp(said, found, retrieval.share), hypotheses_file)
    else:
        write_sentences(student, tokens, hypotheses_file, compute)


def _start(
    sentences: Texts | Embeddings, width: int, architecture: Architecture,
    alignment: TokenAlignment | None, seed: int,
) -> tuple[Student | FrozenStudent, Tokens]:  # fmt: skip
    """The student to train, and its sentences as it reads them."""
    if isinstance(sentences, Embeddings):
        if architecture.hidden is None:
            raise ValueError(f"the student of {sentences.path} needs `hidden`: the head's size.")
        head = FrozenStudent.start(sentences.width, architecture.hidden, width, seed)
        return head, head.read(sentences)
    if alignment is None:
        student = Student.start(
            sentences.encoder_folder, width, architecture.pooling, architecture.layer_norm, seed
        )
    else:
        autoencoder = Autoencoder.load(alignment.autoencoder_folder)
        readout = readout_head("direct", ClipTextTower(alignment.teacher_folder), autoencoder)
        student = Student(load_encoder(sentences.encoder_folder), readout, "end")
    tokenizer = load_tokenizer(sentences.encoder_folder)
    return student, tokenize(tokenizer, sentences.texts, student.max_length)


def _token_task(
    model: Student | FrozenStudent, data: StudentData, alignment: TokenAlignment,
    sentences: Texts | Embeddings, settings: TrainingSettings, seed: int, compute: Compute,
) -> TokenAlignmentTask:  # fmt: skip
    if isinstance(model, FrozenStudent) or isinstance(sentences, Embeddings):
        raise ValueError("a frozen encoder has no token states to align. Use sentence_mse.")
    tower = ClipTextTower(alignment.teacher_folder)
    english = load_tokenizer(alignment.teacher_folder)
    tokenizer = load_tokenizer(sentences.encoder_folder)
    tokens: Tokens = tokenize(english, alignment.english, tower.max_length)
    source, target = token_ranges(
        alignment.links,
        token_offsets(english, alignment.english, tower.max_length),
        token_offsets(tokenizer, sentences.texts, model.max_length),
        alignment.sub_words,
    )
    tower.to(compute.device)
    compute.multiply_for(tower.clip.config.hidden_size)
    targets = TokenTargets(tower, tokens, source, target, alignment.signal)
    return TokenAlignmentTask(model, data, targets, settings, seed, compute)
