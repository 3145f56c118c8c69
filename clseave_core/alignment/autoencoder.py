"""Train the multilingual autoencoder on the states of aligned words (thesis section 3.2.2).

The frozen pretrained encoder reads the translations of all languages; its last states at the first
sub-word of every aligned word are what the autoencoder learns to give back. The states are made
anew in every epoch, a batch at a time, so that nothing of them is kept: those of the thesis's
corpus would be more than a hundred gigabytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from clseave_core.alignment.token_pairs import (
    Links,
    TokenRanges,
    read_links,
    token_offsets,
    token_ranges,
)
from clseave_core.files import read_table
from clseave_core.models.autoencoder import Activation, Autoencoder
from clseave_core.models.student import load_encoder
from clseave_core.models.tokens import Indices, Tokens, load_tokenizer, tokenize
from clseave_core.training.device import Compute
from clseave_core.training.history import Row, save_history
from clseave_core.training.loop import train
from clseave_core.training.settings import TrainingSettings
from clseave_core.training.state import fingerprint, training_state
from clseave_core.translation.schemas import TRANSLATIONS

SENTENCES_PER_EVALUATION = 256


@dataclass(frozen=True)
class AlignedTexts:
    """Translations of all hypotheses into one language, with their links to the English."""

    texts: list[str]
    links: Links

    @classmethod
    def read(cls, translations: str | Path, alignment: str | Path) -> Self:
        """Read the files of one language."""
        texts = read_table(translations, TRANSLATIONS, ["text"])["text"].tolist()
        return cls(texts, read_links(alignment))


class AutoencoderTask:
    """Mean squared error between token states and what the autoencoder makes of them."""

    def __init__(
        self,
        model: Autoencoder,
        encoder: Any,
        tokens: Tokens,
        words: TokenRanges,
        train_rows: Indices,
        dev_rows: Indices,
        settings: TrainingSettings,
        seed: int,
        compute: Compute,
    ) -> None:
        self.model, self.encoder, self.tokens, self.words = model, encoder, tokens, words
        self.settings, self.seed, self.compute = settings, seed, compute
        counts = np.bincount(words.sentences, minlength=len(tokens))
        self._counts = counts
        self.train_rows = train_rows[counts[train_rows] > 0]
        self.dev_rows = dev_rows[counts[dev_rows] > 0]

    def parameter_groups(self) -> list[dict[str, Any]]:
        """All of the autoencoder; the encoder of the sentences is frozen."""
        return [{"params": list(self.model.parameters()), "lr": self.settings.learning_rate}]

    def batches(self, epoch: int) -> list[Indices]:
        """Sentences at random, as many to a batch as hold about `batch_size` aligned words."""
        order = np.random.default_rng([self.seed, epoch]).permutation(self.train_rows)
        number = np.cumsum(self._counts[order]) // self.settings.batch_size
        return np.split(order, np.flatnonzero(np.diff(number)) + 1)

    def loss(self, batch: Indices) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean over the aligned words of the sentences `batch` and over dimensions."""
        states = self._states(np.sort(batch))
        return (self.model(states) - states).square().mean(), {}

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """The same on the aligned words of dev."""
        total, words = 0.0, 0
        for start in range(0, len(self.dev_rows), SENTENCES_PER_EVALUATION):
            states = self._states(self.dev_rows[start : start + SENTENCES_PER_EVALUATION])
            total += float((self.model(states) - states).square().double().mean(dim=1).sum())
            words += len(states)
        return {"dev_loss": total / words}

    @torch.no_grad()
    def _states(self, rows: Indices) -> Tensor:
        """States [k, width] of the aligned words of the sentences `rows` (ascending)."""
        ids, lengths = (self.compute.move(tensor) for tensor in self.tokens.pad(rows))
        mask = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
        with self.compute.autocast():
            states = self.encoder(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        return self.words.means(states.float(), *self.words.of(rows))


def train_autoencoder(
    *,
    encoder_folder: Path,
    english: list[str],
    languages: Mapping[str, AlignedTexts],
    teacher_width: int,
    train_hypotheses: Indices,
    dev_hypotheses: Indices,
    activation: Activation,
    settings: TrainingSettings,
    seed: int,
    compute: Compute,
    state_folder: Path,
    model_folder: Path,
    history_file: Path,
) -> list[Row]:
    """Train an autoencoder to `teacher_width` inner dimensions; write its folder and history.

    `train_hypotheses` and `dev_hypotheses` are rows of the hypotheses table; each counts once in
    every language. Raises ValueError when no dev or no train sentence has an aligned word.
    """
    encoder = load_encoder(encoder_folder).eval().requires_grad_(False)
    tokenizer = load_tokenizer(encoder_folder)
    limit = encoder.config.max_position_embeddings
    texts = [text for of_one in languages.values() for text in of_one.texts]
    links = [rows for of_one in languages.values() for rows in of_one.links]
    offsets = token_offsets(tokenizer, texts, limit)
    # The English side is of no interest here: its characters stand for its tokens.
    characters = [np.array([[0, max(len(text), 1)]]) for text in english] * len(languages)
    words = _distinct(token_ranges(links, characters, offsets, "first")[1])
    tokens = tokenize(tokenizer, texts, limit)

    def everywhere(rows: Indices) -> Indices:
        blocks = np.arange(len(languages)) * len(english)
        return np.asarray((np.unique(rows)[None] + blocks[:, None]).ravel())

    model = Autoencoder.start(encoder.config.hidden_size, teacher_width, activation, seed)
    compute.multiply_for(encoder.config.hidden_size)
    task = AutoencoderTask(
        model.to(compute.device), encoder.to(compute.device), tokens, words,
        everywhere(train_hypotheses), everywhere(dev_hypotheses), settings, seed, compute,
    )  # fmt: skip
    if not len(task.train_rows) or not len(task.dev_rows):
        raise ValueError(
            "no train or no dev sentence has an aligned word, so there is nothing to train the "
            "autoencoder on. Look at the alignments, results/<study>/alignment/*.parquet."
        )
    mark = fingerprint(
        settings.deciding() | compute.deciding() | {"seed": seed, "activation": activation},
        tokens.flat, tokens.starts, words.sentences, words.starts, task.train_rows,
        task.dev_rows, *encoder.state_dict().values(), *model.state_dict().values(),
    )  # fmt: skip
    with training_state(state_folder, mark) as state:
        history = train(task, settings, compute, state)
        save_history(history_file, history, settings)
        model.save(model_folder)
    return history


def _distinct(words: TokenRanges) -> TokenRanges:
    """Each aligned word once, however many English words it is linked to."""
    both = np.unique(np.stack([words.sentences, words.starts, words.stops], axis=1), axis=0)
    return TokenRanges(both[:, 0], both[:, 1], both[:, 2])
