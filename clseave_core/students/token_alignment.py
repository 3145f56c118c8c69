"""CLTEAVE: teach a student the teacher's token states (thesis section 3.2).

The words of a translation, or its end token, learn the states that the frozen text tower gives to
the English words they are aligned with, or to its end token. What is measured on dev is the same
error, and what the student's sentences are worth when they are read out as they are (`direct`).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from clseave_core.alignment.token_pairs import TokenRanges
from clseave_core.models.clip_ve import ClipTextTower
from clseave_core.models.student import Student
from clseave_core.models.tokens import Indices, Tokens
from clseave_core.students.task import StudentData, StudentTask
from clseave_core.training.device import Compute
from clseave_core.training.settings import TrainingSettings

Signal = Literal["words", "end", "both"]
SENTENCES_PER_EVALUATION = 512


@dataclass
class TokenTargets:
    """The teacher's side: its text tower, the tokens [m] of the English, and the linked words."""

    tower: ClipTextTower
    tokens: Tokens
    source_words: TokenRanges
    target_words: TokenRanges
    signal: Signal


class TokenAlignmentTask(StudentTask):
    """Mean squared error to the teacher's states at aligned tokens.

    The error of words is the mean over the links of a batch, that of end tokens the mean over its
    sentences; with both signals they weigh the same, however many words a sentence has. A link or
    sentence counts as often as its example is in the batch.
    """

    model: Student

    def __init__(
        self, model: Student, data: StudentData, targets: TokenTargets,
        settings: TrainingSettings, seed: int, compute: Compute,
    ) -> None:  # fmt: skip
        if targets.signal == "words":
            linked = np.isin(data.examples, targets.source_words.sentences)
            data.examples = data.examples[linked]
        super().__init__(model, data, settings, seed, compute)
        self.targets = targets
        self.tower = targets.tower.eval().requires_grad_(False)

    def batches(self, epoch: int) -> list[Indices]:
        """Batches of examples of similar length."""
        return self.composed(epoch)

    def loss(self, batch: Indices) -> tuple[Tensor, dict[str, Tensor]]:
        """The mean of the errors of the signals that the method uses."""
        distinct, counts = np.unique(self.examples[batch], return_counts=True)
        sums = self._error_sums(distinct, counts)
        errors = {name: above / below for name, (above, below) in sums.items() if below}
        loss = torch.stack(list(errors.values())).mean()
        return loss, {f"{k}_mse": value.detach() * len(batch) for k, value in errors.items()}

    def evaluate(self) -> dict[str, float]:
        """Token errors on the distinct sentences of dev, and the sentence measures."""
        totals: dict[str, list[float]] = {}
        with torch.inference_mode():
            for start in range(0, len(self.dev_rows), SENTENCES_PER_EVALUATION):
                rows = self.dev_rows[start : start + SENTENCES_PER_EVALUATION]
                for name, (above, below) in self._error_sums(rows, np.ones(len(rows))).items():
                    total = totals.setdefault(name, [0.0, 0.0])
                    total[0] += float(above)
                    total[1] += below
        errors = {name: above / below for name, (above, below) in totals.items() if below}
        if not errors:
            raise ValueError(
                "no sentence of dev has an aligned word. Look at results/<study>/alignment/."
            )
        return {
            "dev_loss": float(np.mean(list(errors.values()))),
            **{f"dev_{name}_mse": error for name, error in errors.items()},
            **self.sentence_measures(),
        }

    def _error_sums(
        self, rows: Indices, counts: np.ndarray[tuple[int], np.dtype[np.float64 | np.int64]]
    ) -> dict[str, tuple[Tensor, float]]:
        """For each signal the weighted sum of errors per dimension, and the sum of weights."""
        mine, lengths = self._student_states(rows)
        theirs, source_lengths = self._teacher_states(rows)
        sums: dict[str, tuple[Tensor, float]] = {}
        if self.targets.signal != "end":
            links, places = self.targets.target_words.of(rows)
            if len(links):
                error = self.targets.target_words.means(mine, links, places)
                error = error - self.targets.source_words.means(theirs, links, places)
                sums["words"] = _weighted(error, counts[places])
        if self.targets.signal != "words":
            places_all = torch.arange(len(rows), device=mine.device)
            error = mine[places_all, lengths - 1] - theirs[places_all, source_lengths - 1]
            sums["end"] = _weighted(error, counts)
        return sums

    def _student_states(self, rows: Indices) -> tuple[Tensor, Tensor]:
        ids, lengths = (self.compute.move(tensor) for tensor in self.tokens.pad(rows))
        with self.compute.autocast():
            states = self.model.token_states(ids, lengths)
        return states.float(), lengths

    @torch.no_grad()
    def _teacher_states(self, rows: Indices) -> tuple[Tensor, Tensor]:
        ids, lengths = (self.compute.move(tensor) for tensor in self.targets.tokens.pad(rows))
        with self.compute.autocast():
            states = self.tower.token_states(ids)
        return states.float(), lengths


def _weighted(
    error: Tensor, weights: np.ndarray[tuple[int], np.dtype[np.float64 | np.int64]]
) -> tuple[Tensor, float]:
    """Sum over rows of weight times mean squared error per dimension, and the sum of weights."""
    each = error.square().mean(dim=1)
    factors = torch.from_numpy(np.asarray(weights, np.float32)).to(error.device)
    return (each * factors).sum(), float(weights.sum())
