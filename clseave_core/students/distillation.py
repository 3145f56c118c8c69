"""CLSEAVE: teach a language's student the teacher's sentence embeddings (thesis section 3.3).

The student reads the translation and learns to give the vector that the frozen CLIP-VE text tower
gave the English sentence. No picture and no label is used; dev accuracy is measured with the
teacher's classifier only to be shown.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor

from clseave_core.models.encoder import encode_batch
from clseave_core.models.tokens import Indices
from clseave_core.students.task import StudentTask, distance
from clseave_core.training.planning import PlannedBatch, plan_batches


class DistillationTask(StudentTask):
    """Mean squared error to the teacher's embeddings, over batches of similar length."""

    def batches(self, epoch: int) -> list[PlannedBatch]:
        """Batches of examples of similar length."""
        return self.plan(self.composed(epoch))

    def plan(self, batches: list[Indices]) -> list[PlannedBatch]:
        """The distinct sentences of each batch, and how often each is in it."""
        distinct = [np.unique(self.examples[batch], return_counts=True) for batch in batches]
        arrays: dict[str, list[npt.NDArray[Any]]] = {
            "sentences": [rows for rows, _ in distinct],
            "counts": [counts.astype(np.float32) for _, counts in distinct],
        }
        return plan_batches(batches, arrays, self.tokens.lengths, self.compute)

    def loss(self, batch: PlannedBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean squared error per dimension over the examples, each sentence encoded once."""
        embeddings = encode_batch(self.model, self.resident, batch, self.compute)
        hypotheses = batch.tensors["sentences"] % len(self.data.targets)
        targets = self.data.targets[hypotheses]
        sums = distance(embeddings, targets, batch.tensors["counts"])
        return sums["mse_per_dim"] / len(batch), {k: v.detach() for k, v in sums.items()}

    def evaluate(self) -> dict[str, float]:
        """The sentence measures; the dev loss is the error per dimension."""
        measures = self.sentence_measures()
        return {"dev_loss": measures["dev_mse_per_dim"], **measures}
