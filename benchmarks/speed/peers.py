"""The peers: sentence-transformers' trainer and transformers' Trainer on the very same student.

Teacher embeddings are precomputed, as sentence-transformers documents for multilingual
distillation. Each peer is measured at its defaults (random batches, fp32) and at its best
documented settings: batches by the indices of transformers' own `LengthGroupedSampler`
(`train_sampling_strategy="group_by_length"`), and bf16. Batches come in a fixed order, so that a
few of them can stand for an epoch.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.speed.models import student_embeddings
from clseave_core.models.student import Student
from clseave_core.models.tokens import Indices, Tokens


@dataclass(frozen=True)
class Recipe:
    """What a peer's arguments say of the optimiser; the schedule is linear, as by default."""

    learning_rate: float = 4.0e-5
    warmup_steps: int = 0
    seed: int = 42


THESIS = Recipe()


def random_batches(count: int, size: int, seed: int = 1) -> list[Indices]:
    """Batches of a random order, as both peers have them by default."""
    order = np.random.default_rng(seed).permutation(count)
    return [order[start : start + size] for start in range(0, count - size + 1, size)]


def grouped_batches(lengths: Indices, size: int, seed: int = 1) -> list[Indices]:
    """Batches by transformers' own length grouping."""
    from transformers.trainer_pt_utils import get_length_grouped_indices

    generator = torch.Generator().manual_seed(seed)
    order = np.array(get_length_grouped_indices(lengths.tolist(), size, generator=generator))
    return [order[start : start + size] for start in range(0, len(order) - size + 1, size)]


def _arguments(kind: Any, batches: list[Indices], bf16: bool, recipe: Recipe, **more: Any) -> Any:
    return kind(
        output_dir=tempfile.gettempdir(), per_device_train_batch_size=len(batches[0]),
        num_train_epochs=1, learning_rate=recipe.learning_rate, warmup_steps=recipe.warmup_steps,
        seed=recipe.seed, bf16=bf16, save_strategy="no", report_to="none", disable_tqdm=True,
        use_cpu=True, **more,
    )  # fmt: skip


def _stamping(stamps: list[float]) -> Any:
    from transformers.trainer_callback import TrainerCallback

    class Stamping(TrainerCallback):
        """Notes when each step begins."""

        def on_step_begin(self, *_: Any, **__: Any) -> None:
            stamps.append(time.perf_counter())

    return Stamping()


class WithLoss(nn.Module):
    """The student with the loss that a Trainer asks its model for."""

    def __init__(self, student: Student) -> None:
        super().__init__()
        self.student = student

    def forward(self, input_ids: Tensor, attention_mask: Tensor, labels: Tensor) -> Any:
        """Mean squared error of a padded batch."""
        embeddings = student_embeddings(self.student, input_ids, attention_mask.sum(dim=1))
        return {"loss": functional.mse_loss(embeddings.float(), labels)}


def trainer_block(
    student: Student, tokenizer: Any, tokens: Tokens, targets: Tensor, batches: list[Indices],
    bf16: bool, recipe: Recipe = THESIS,
) -> list[float]:  # fmt: skip
    """Train over `batches` with transformers' Trainer; when each step began."""
    from transformers import DataCollatorWithPadding, Trainer, TrainingArguments

    rows = np.concatenate(batches)
    examples = [
        {
            "input_ids": tokens.flat[tokens.starts[row] : tokens.starts[row + 1]].tolist(),
            "labels": targets[row].tolist(),
        }
        for row in rows
    ]
    stamps: list[float] = []
    arguments = _arguments(
        TrainingArguments, batches, bf16, recipe, train_sampling_strategy="sequential",
        remove_unused_columns=False,
    )  # fmt: skip
    Trainer(
        WithLoss(student), arguments, train_dataset=examples,  # type: ignore[arg-type]
        data_collator=DataCollatorWithPadding(tokenizer), callbacks=[_stamping(stamps)],
    ).train()  # fmt: skip
    return stamps


def sentence_transformer(student: Student, folder: str) -> Any:
    """The student as a SentenceTransformer: the same weights in its own modules."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules.dense import Dense
    from sentence_transformers.base.modules.transformer import Transformer
    from sentence_transformers.sentence_transformer.modules.layer_norm import LayerNorm
    from sentence_transformers.sentence_transformer.modules.pooling import Pooling

    transformer = Transformer(folder)
    transformer.model = student.encoder
    hidden = student.encoder.config.hidden_size
    norm = LayerNorm(hidden)
    norm.norm = student.head.norm
    dense = Dense(hidden, student.width, bias=False, activation_function=nn.Identity())
    dense.linear = student.head.projection
    return SentenceTransformer(
        modules=[transformer, Pooling(hidden, pooling_mode="lasttoken"), norm, dense], device="cpu"
    )


def sentence_transformers_block(
    model: Any, text: Callable[[int], str], targets: Tensor, batches: list[Indices], bf16: bool,
    recipe: Recipe = THESIS,
) -> list[float]:  # fmt: skip
    """Train over `batches` with sentence-transformers' own trainer; when each step began.

    `text` gives the sentence of a row.
    """
    from datasets import Dataset
    from sentence_transformers import (
        DefaultBatchSampler,
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )
    from sentence_transformers.sentence_transformer.losses.mse import MSELoss

    class InOrder(DefaultBatchSampler):  # type: ignore[misc]
        """The batches as they stand in the data set."""

        def __iter__(self) -> Iterator[list[int]]:
            size = self.batch_size
            for start in range(0, len(rows), size):
                yield list(range(start, min(start + size, len(rows))))

    def in_order(dataset: Any, batch_size: int, drop_last: bool, **_: Any) -> InOrder:
        return InOrder(dataset, batch_size=batch_size, drop_last=drop_last)

    rows = np.concatenate(batches)
    data = Dataset.from_dict(
        {"sentence": [text(row) for row in rows.tolist()], "label": targets[rows].numpy()}
    )
    stamps: list[float] = []
    arguments = _arguments(
        SentenceTransformerTrainingArguments, batches, bf16, recipe, batch_sampler=in_order
    )
    SentenceTransformerTrainer(
        model=model, args=arguments, train_dataset=data, loss=MSELoss(model),
        callbacks=[_stamping(stamps)],
    ).train()  # fmt: skip
    return stamps
