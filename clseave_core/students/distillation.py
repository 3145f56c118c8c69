"""CLSEAVE: teach one language's student the teacher's sentence embeddings (thesis section 3.3).

The student reads the translation and learns to give the vector that the frozen CLIP-VE text tower
gave the English sentence. No picture and no label is used; dev accuracy is measured with the
teacher's classifier only to be shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from clseave_core.corpus.pairs import Pairs
from clseave_core.embeddings import Embeddings
from clseave_core.models.encoder import encode_all, encode_rows, write_sentences
from clseave_core.models.pooling import Pooling
from clseave_core.models.student import Student
from clseave_core.models.tokens import Indices, Tokens, load_tokenizer, tokenize
from clseave_core.teacher.clip_ve import Premises, classification_measures
from clseave_core.training.batches import length_batches
from clseave_core.training.device import Compute
from clseave_core.training.history import Row, save_history
from clseave_core.training.loop import train
from clseave_core.training.settings import TrainingSettings
from clseave_core.training.state import fingerprint, training_state

Mask = npt.NDArray[np.bool_]
TRAIN_SAMPLE = 2000
"""Training examples on which the loss is also measured in eval mode, beside that of dev."""


@dataclass(frozen=True)
class Architecture:
    """What a student is made of: see `clseave_core.models.student`."""

    pooling: Pooling = "end"
    layer_norm: bool = True

    @classmethod
    def from_study(cls, section: Mapping[str, Any]) -> Self:
        """Read a section of `students:`; its `model` is a matter of the workflow."""
        return cls(**{key: value for key, value in section.items() if key != "model"})


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


class DistillationTask:
    """Mean squared error to the teacher's embeddings, over batches of similar length."""

    def __init__(
        self,
        model: Student,
        tokens: Tokens,
        targets: Tensor,
        examples: Indices,
        dev_pairs: Pairs,
        dev_premises: Premises,
        classifier: nn.Module,
        settings: TrainingSettings,
        seed: int,
        compute: Compute,
    ) -> None:
        self.model, self.tokens, self.targets = model, tokens, targets
        self.examples, self.settings, self.seed, self.compute = examples, settings, seed, compute
        self.classifier, self.dev_premises = classifier, dev_premises
        self.dev_labels = compute.move(torch.from_numpy(dev_pairs.labels))
        self._dev_distinct, self._dev_rows = np.unique(dev_pairs.hypotheses, return_inverse=True)
        sample = np.random.default_rng([seed, 0]).permutation(len(examples))[:TRAIN_SAMPLE]
        self._sample, self._sample_counts = np.unique(examples[sample], return_counts=True)

    def parameter_groups(self) -> list[dict[str, Any]]:
        """All of the student."""
        return [{"params": list(self.model.parameters()), "lr": self.settings.learning_rate}]

    def batches(self, epoch: int) -> list[Indices]:
        """Batches of examples of similar length."""
        lengths = self.tokens.lengths[self.examples]
        return length_batches(lengths, self.settings.batch_size, self.seed, epoch)

    def loss(self, batch: Indices) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean squared error per dimension over the examples, each sentence encoded once."""
        distinct, counts = np.unique(self.examples[batch], return_counts=True)
        embeddings = encode_rows(self.model, self.tokens, distinct, self.compute)
        targets = self.targets[self.compute.move(torch.from_numpy(distinct))]
        sums = distance(embeddings, targets, self.compute.move(torch.from_numpy(counts).float()))
        return sums["mse_per_dim"] / len(batch), {k: v.detach() for k, v in sums.items()}

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """Dev errors weighted by pairs, dev accuracy, and the error on a sample of train."""
        dev = encode_all(self.model, self.tokens.select(self._dev_distinct), self.compute)
        rows = torch.from_numpy(self._dev_rows).to(dev.device)
        measures = classification_measures(
            self.classifier, self.dev_premises, dev, rows, self.dev_labels
        )
        dev_counts = np.bincount(self._dev_rows)
        errors = self._mean_distance(dev, self._dev_distinct, dev_counts)
        sample = encode_all(self.model, self.tokens.select(self._sample), self.compute)
        on_train = self._mean_distance(sample, self._sample, self._sample_counts)
        return {
            "dev_loss": errors["mse_per_dim"],
            **{f"dev_{name}": value for name, value in errors.items()},
            "dev_accuracy": measures["dev_accuracy"],
            "train_eval_mse_per_dim": on_train["mse_per_dim"],
        }

    def _mean_distance(
        self, embeddings: Tensor, rows: Indices, counts: np.ndarray[Any, Any]
    ) -> dict[str, float]:
        targets = self.targets[torch.from_numpy(rows).to(self.targets.device)]
        weights = torch.from_numpy(counts).to(embeddings.device).float()
        sums = distance(embeddings, targets, weights)
        return {name: float(value) / float(counts.sum()) for name, value in sums.items()}


def training_examples(train_pairs: Pairs, held_out: Mask, settings: TrainingSettings) -> Indices:
    """Sentence rows to train on: of every pair, or each once; never a held-out sentence.

    `held_out` [m] is true for the sentences of the hypotheses table that no student may see.
    """
    rows = train_pairs.hypotheses[~held_out[train_pairs.hypotheses]]
    return np.unique(rows) if settings.weight == "distinct" else rows


def distil(
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
    settings: TrainingSettings,
    seed: int,
    compute: Compute,
    state_folder: Path,
    model_folder: Path,
    hypotheses_file: Path,
    history_file: Path,
) -> list[Row]:
    """Train a student on `translations`; write its folder and the embeddings of all of them.

    Returns the history.
    `translations` are the rows of the hypotheses table, in the student's language.
    """
    model = Student.start(
        encoder_folder, targets.width, architecture.pooling, architecture.layer_norm, seed
    )
    tokens = tokenize(load_tokenizer(encoder_folder), translations, model.max_length)
    examples = training_examples(train_pairs, held_out, settings)
    goal = torch.from_numpy(targets.rows(range(len(translations))))
    mark = fingerprint(
        settings.deciding() | compute.deciding() | asdict(architecture) | {"seed": seed},
        tokens.flat, tokens.starts, examples, goal, dev_pairs.hypotheses,
        *model.state_dict().values(),
    )  # fmt: skip
    model.to(compute.device)
    task = DistillationTask(
        model, tokens, compute.move(goal), examples, dev_pairs,
        Premises.of(dev_pairs.image_ids.tolist(), images, compute), classifier.to(compute.device),
        settings, seed, compute,
    )  # fmt: skip
    with training_state(state_folder, mark) as state:
        history = train(task, settings, compute, state)
        save_history(history_file, history, settings)
        write_sentences(model.eval(), tokens, hypotheses_file, compute)
        model.save(model_folder, encoder_folder)
    return history
