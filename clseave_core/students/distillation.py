"""CLSEAVE: teach a language's student the teacher's sentence embeddings (thesis section 3.3).

The student reads the translation and learns to give the vector that the frozen CLIP-VE text tower
gave the English sentence. No picture and no label is used; dev accuracy is measured with the
teacher's classifier only to be shown.
"""

import numpy as np
import torch
from torch import Tensor

from clseave_core.models.encoder import encode_rows
from clseave_core.models.tokens import Indices
from clseave_core.students.task import StudentTask, distance


class DistillationTask(StudentTask):
    """Mean squared error to the teacher's embeddings, over batches of similar length."""

    def loss(self, batch: Indices) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean squared error per dimension over the examples, each sentence encoded once."""
        distinct, counts = np.unique(self.examples[batch], return_counts=True)
        embeddings = encode_rows(self.model, self.tokens, distinct, self.compute)
        hypotheses = torch.from_numpy(distinct % len(self.data.targets))
        targets = self.data.targets[self.compute.move(hypotheses)]
        sums = distance(embeddings, targets, self.compute.move(torch.from_numpy(counts).float()))
        return sums["mse_per_dim"] / len(batch), {k: v.detach() for k, v in sums.items()}

    def evaluate(self) -> dict[str, float]:
        """The sentence measures; the dev loss is the error per dimension."""
        measures = self.sentence_measures()
        return {"dev_loss": measures["dev_mse_per_dim"], **measures}
