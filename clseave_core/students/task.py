"""What all students share as a training task: their data, their batches and the dev measures."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from clseave_core.corpus.pairs import Pairs
from clseave_core.models.encoder import encode_all
from clseave_core.models.frozen_student import FrozenStudent
from clseave_core.models.student import Student
from clseave_core.models.tokens import Indices, Tokens
from clseave_core.teacher.clip_ve import Premises, classification_measures
from clseave_core.training.batches import length_batches
from clseave_core.training.device import Compute
from clseave_core.training.settings import TrainingSettings

Mask = npt.NDArray[np.bool_]
TRAIN_SAMPLE = 2000
"""Training examples on which the error is also measured in eval mode, beside that of dev."""


def training_examples(train_pairs: Pairs, held_out: Mask, settings: TrainingSettings) -> Indices:
    """Sentence rows to train on: of every pair, or each once; never a held-out sentence.

    `held_out` [m] is true for the sentences of the hypotheses table that no student may see.
    """
    rows = train_pairs.hypotheses[~held_out[train_pairs.hypotheses]]
    return np.unique(rows) if settings.weight == "distinct" else rows


def untranslated(nouns: Sequence[Sequence[str]], held_out: Mask, count: int, seed: int) -> Mask:
    """Which sentences [m] name a noun that is none of `count` drawn ones.

    `nouns` are those that each sentence names; drawn are some of the sentences that are not
    `held_out` [m], a larger `count` holding all of a smaller one.
    """
    rows = np.flatnonzero(~held_out)
    known = sorted({noun for row in rows.tolist() for noun in nouns[row]})
    drawn = {known[place] for place in np.random.default_rng(seed).permutation(len(known))[:count]}
    return np.array([not set(named) <= drawn for named in nouns], dtype=np.bool_)


def distance(embeddings: Tensor, targets: Tensor, weights: Tensor) -> dict[str, Tensor]:
    """Weighted sums over sentences of squared and absolute errors [b, d], in both units.

    `per_dim` is the mean over the d dimensions, which is the loss; `sum` the sum over them, the
    unit of the thesis's Tables A.2 and A.3.
    """
    error = (embeddings - targets).float()
    squared, absolute = error.square().sum(dim=1), error.abs().sum(dim=1)
    width = embeddings.shape[1]
    mse, mae = (squared * weights).sum(), (absolute * weights).sum()
    return {
        "mse_per_dim": mse / width, "mse_sum": mse, "mae_per_dim": mae / width, "mae_sum": mae,
    }  # fmt: skip


@dataclass
class StudentData:
    """What a student learns from and is measured on.

    `targets` [m, d] are the teacher's embeddings, a row for each hypothesis. `tokens` are the
    sentences of one language, or of several, one after the other, so that sentence i says what
    hypothesis i mod m says; `examples` are those to train on. Dev measures are means over the first
    `languages`. Dev accuracy comes from the teacher's `classifier` and `dev_premises`, and is only
    shown.
    """

    tokens: Tokens
    targets: Tensor
    examples: Indices
    dev_pairs: Pairs
    dev_premises: Premises
    classifier: nn.Module
    languages: int = 1


class StudentTask:
    """Batches of similar length, and what every student is measured by."""

    def __init__(
        self, model: Student | FrozenStudent, data: StudentData, settings: TrainingSettings,
        seed: int, compute: Compute,
    ) -> None:  # fmt: skip
        self.model, self.data, self.tokens = model, data, data.tokens
        self.examples, self.settings, self.seed, self.compute = (
            data.examples, settings, seed, compute,
        )  # fmt: skip
        self.resident = data.tokens.on(compute.device)
        self.dev_labels = compute.move(torch.from_numpy(data.dev_pairs.labels))
        self.dev_rows: Indices
        self.dev_rows, self._dev_places = np.unique(data.dev_pairs.hypotheses, return_inverse=True)
        sample = np.random.default_rng([seed, 0]).permutation(len(self.examples))[:TRAIN_SAMPLE]
        self._sample, self._sample_counts = np.unique(self.examples[sample], return_counts=True)

    @property
    def arrays(self) -> list[Any]:
        """What it learns from, for the fingerprint of a training."""
        tokens, data = self.tokens, self.data
        return [tokens.flat, tokens.starts, self.examples, data.targets, data.dev_pairs.hypotheses]

    def parameter_groups(self) -> list[dict[str, Any]]:
        """All of the student that is not frozen."""
        learnt = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        return [{"params": learnt, "lr": self.settings.learning_rate}]

    def composed(self, epoch: int) -> list[Indices]:
        """Which examples make the batches of an epoch: those of similar length."""
        lengths = self.tokens.lengths[self.examples]
        return length_batches(lengths, self.settings.batch_size, self.seed, epoch)

    @torch.inference_mode()
    def sentence_measures(self) -> dict[str, float]:
        """Dev errors weighted by pairs, dev accuracy, and the error on a sample of train."""
        languages = [self._dev_measures(number) for number in range(self.data.languages)]
        sample = encode_all(self.model, self.tokens.select(self._sample), self.compute)
        on_train = self._mean_distance(sample, self._sample, self._sample_counts)
        return {
            **{name: fmean(each[name] for each in languages) for name in languages[0]},
            "train_eval_mse_per_dim": on_train["mse_per_dim"],
        }

    def _dev_measures(self, language: int) -> dict[str, float]:
        """Errors and accuracy on dev in one of the languages, by its number."""
        sentences = self.dev_rows + language * len(self.data.targets)
        dev = encode_all(self.model, self.tokens.select(sentences), self.compute)
        rows = torch.from_numpy(self._dev_places).to(dev.device)
        measures = classification_measures(
            self.data.classifier, self.data.dev_premises, dev, rows, self.dev_labels
        )
        errors = self._mean_distance(dev, self.dev_rows, np.bincount(self._dev_places))
        return {
            **{f"dev_{name}": value for name, value in errors.items()},
            "dev_accuracy": measures["dev_accuracy"],
        }

    def _mean_distance(
        self, embeddings: Tensor, rows: Indices, counts: np.ndarray[Any, Any]
    ) -> dict[str, float]:
        places = torch.from_numpy(rows % len(self.data.targets))
        targets = self.data.targets[places.to(self.data.targets.device)]
        weights = torch.from_numpy(counts).to(embeddings.device).float()
        sums = distance(embeddings, targets, weights)
        return {name: float(value) / float(counts.sum()) for name, value in sums.items()}
