"""The labelled pairs of a split, as arrays that a training or a prediction indexes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from clseave_core.corpus.schemas import PAIRS
from clseave_core.files import read_table
from clseave_core.labels import LABEL_INDEX


@dataclass(frozen=True)
class Pairs:
    """n pairs in file order. `hypotheses` are rows of the hypotheses table (its ids are 0..m-1)."""

    pair_ids: npt.NDArray[Any]
    image_ids: npt.NDArray[Any]
    hypotheses: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read `corpus/<split>.parquet`."""
        rows = read_table(path, PAIRS)
        return cls(
            pair_ids=rows["pair_id"].to_numpy(dtype=object),
            image_ids=rows["image_id"].to_numpy(dtype=object),
            hypotheses=rows["hypothesis_id"].to_numpy(dtype=np.int64),
            labels=np.array([LABEL_INDEX[label] for label in rows["label"]], dtype=np.int64),
        )

    def __len__(self) -> int:
        return len(self.pair_ids)

    def select(self, rows: npt.NDArray[np.int64]) -> "Pairs":
        """The pairs `rows`, in this order."""
        return Pairs(
            self.pair_ids[rows], self.image_ids[rows], self.hypotheses[rows], self.labels[rows]
        )

    def split_rows(self, share: float, seed: int) -> tuple["Pairs", "Pairs"]:
        """Two parts, the second a `share` of the rows drawn at random, each in file order.

        As the thesis's scripts make their validation set: the same picture stands on both sides.
        """
        order = np.random.default_rng(seed).permutation(len(self))
        count = round(share * len(self))
        return self.select(np.sort(order[count:])), self.select(np.sort(order[:count]))
