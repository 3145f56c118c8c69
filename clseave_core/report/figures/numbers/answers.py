"""What the English model and its students answered on one test set, side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from clseave_core.evaluation.prediction_tables import Codes, Predictions, read_predictions
from clseave_core.evaluation.runs import run_of

Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Answers:
    """n pairs: `labels`, `hypotheses`, `images` (ids) [n]; by language `predicted` [seeds, n].

    Seeds are in ascending order.
    """

    labels: Codes
    hypotheses: Codes
    images: npt.NDArray[np.str_]
    predicted: dict[str, Codes]

    @property
    def right(self) -> dict[str, Truths]:
        """By language whether the label was predicted: [seeds, n]."""
        return {name: said == self.labels for name, said in self.predicted.items()}

    @property
    def as_english(self) -> dict[str, Truths]:
        """By language whether the student of a seed says what English of that seed says.

        Empty where English was not evaluated.
        """
        if "en" not in self.predicted:
            return {}
        english = self.predicted["en"]
        return {name: said == english for name, said in self.predicted.items() if name != "en"}


def read_answers(files: Iterable[str | Path]) -> Answers:
    """Read the predictions of one test set, languages in the order of the files.

    Raises ValueError naming two files that do not hold the same pairs in the same order, and
    where languages have other seeds than the first.
    """
    said: dict[str, dict[int, Codes]] = {}
    first: Predictions | None = None
    for path in files:
        run = run_of(path)
        table = read_predictions(path, with_logits=False)
        first = first or table
        if table.fingerprint != first.fingerprint:
            raise ValueError(
                f"{first.path} and {path} do not hold the same pairs in the same order. Delete "
                "both to have them made again from one corpus."
            )
        said.setdefault(run.language, {})[run.seed] = table.predicted[0]
    if first is None:
        raise ValueError("there is no prediction to draw. Evaluate a method first.")
    seeds = sorted(next(iter(said.values())))
    for language, of_seeds in said.items():
        if sorted(of_seeds) != seeds:
            raise ValueError(
                f"{language} has predictions of the seeds {sorted(of_seeds)}, expected {seeds}. "
                "Give those of every seed."
            )
    return Answers(
        first.labels,
        first.pairs["hypothesis_id"].to_numpy().astype(np.int64),
        first.pairs["image_id"].to_numpy().astype(str),
        {name: np.stack([of_seeds[seed] for seed in seeds]) for name, of_seeds in said.items()},
    )
