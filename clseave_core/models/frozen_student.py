"""A student whose encoder is frozen: two layers over sentence embeddings that are made once.

To the rest of the library it is an encoder like any other, whose sentences have a single token:
the row of their embedding in a table. A saved one is a folder with `head.safetensors` and
`student.json`; the table is not part of it.
"""

from pathlib import Path
from typing import Self

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from clseave_core.embeddings import ROWS_AT_ONCE, Embeddings
from clseave_core.files import read_json, whole_folder, write_json
from clseave_core.models.classifier import EntailmentClassifier
from clseave_core.models.clip_ve import save_classifier
from clseave_core.models.tokens import Indices, Tokens


class FrozenStudent(nn.Module):
    """Embeddings [m, inputs] -> LayerNorm -> Linear to `hidden`, ReLU -> Linear to `width`.

    The LayerNorm is for encoders whose embeddings have length one, so that every number is small.
    """

    sentences: Tensor

    def __init__(self, inputs: int, hidden: int, width: int) -> None:
        super().__init__()
        self.sizes = {"inputs": inputs, "hidden": hidden, "width": width}
        self.width = width
        self.head = nn.Sequential(
            nn.LayerNorm(inputs), nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, width)
        )
        self.register_buffer("sentences", torch.zeros(0, inputs), persistent=False)

    @classmethod
    def start(cls, inputs: int, hidden: int, width: int, seed: int) -> Self:
        """A head to train, drawn with `seed`."""
        torch.manual_seed(seed)
        return cls(inputs, hidden, width)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """A saved one, in eval mode, without sentences."""
        student = cls(**read_json(Path(folder) / "student.json"))
        student.head.load_state_dict(load_file(str(Path(folder) / "head.safetensors")))
        return student.eval()

    def save(self, folder: str | Path, classifier: EntailmentClassifier | None = None) -> None:
        """Write the folder, with the classifier that was trained with it, if any."""
        with whole_folder(folder) as temporary:
            save_file(self.head.state_dict(), str(temporary / "head.safetensors"))
            write_json(temporary / "student.json", self.sizes)
            if classifier is not None:
                save_classifier(classifier, temporary)

    def read(
        self, embeddings: Embeddings, *further: Embeddings, centre: Indices | None = None
    ) -> Tokens:
        """Take all sentences of `embeddings` (ids 0..m-1) as the table; they have one token each.

        Those of `further` languages follow. With `centre` each language's mean over these of its
        rows is taken off. Raises ValueError where an encoder has another width than the one trained
        on.
        """
        languages = (embeddings, *further)
        lengths = [len(language) for language in languages]
        count = sum(lengths)
        # What was read before goes first: each table can be a gigabyte.
        self.sentences = torch.empty(0, self.sizes["inputs"])
        self.sentences = torch.empty(count, self.sizes["inputs"])
        for table, language in zip(self.sentences.split(lengths), languages, strict=True):
            self._fill(table, language, centre)
        return Tokens(np.arange(count, dtype=np.int32), np.arange(count + 1), pad_id=0)

    def _fill(self, table: Tensor, embeddings: Embeddings, centre: Indices | None) -> None:
        if embeddings.width != self.sizes["inputs"]:
            raise ValueError(
                f"{embeddings.path} has {embeddings.width} dimensions, the student reads "
                f"{self.sizes['inputs']}. Embed the sentences with the encoder it was trained on."
            )
        for start in range(0, len(embeddings), ROWS_AT_ONCE):
            ids = range(start, min(start + ROWS_AT_ONCE, len(embeddings)))
            table[ids.start : ids.stop] = torch.from_numpy(embeddings.rows(ids))
        if centre is not None:
            table -= table[torch.from_numpy(centre)].mean(dim=0)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Embeddings [b, width] of the sentences `ids` [b, 1]; `lengths` are all one."""
        embeddings: Tensor = self.head(self.sentences[ids[:, 0]])
        return embeddings
