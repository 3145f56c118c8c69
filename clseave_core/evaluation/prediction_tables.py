"""One file of predictions, checked, as arrays of draws and pairs."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.evaluation.schemas import PREDICTIONS
from clseave_core.files import read_table
from clseave_core.labels import LABEL_INDEX, LABELS

LOGITS = [f"logit_{label}" for label in LABELS]
_OF_A_PAIR = ["pair_id", "image_id", "hypothesis_id", "label"]

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Predictions:
    """What a method said about n pairs, in d draws (1 unless the method is a randomised control).

    `pairs` has the columns pair_id, image_id, hypothesis_id, label, one row a pair; `labels` [n]
    and `predicted` [d, n] are numbers of classes; `logits` is float64 [d, n, 3], or None.
    """

    path: str
    pairs: pd.DataFrame
    labels: Codes
    predicted: Codes
    logits: npt.NDArray[np.float64] | None

    @property
    def right(self) -> npt.NDArray[np.float64]:
        """For each pair the share of draws in which its label was predicted: [n]."""
        right: npt.NDArray[np.float64] = (self.predicted == self.labels).mean(axis=0)
        return right

    @property
    def fingerprint(self) -> str:
        """Equal for two files exactly when they hold the same labelled pairs in the same order."""
        digest = hashlib.sha256()
        for column in _OF_A_PAIR:
            digest.update("\n".join(self.pairs[column].astype(str)).encode() + b"\n\n")
        return digest.hexdigest()


def read_predictions(path: str | Path, *, with_logits: bool = True) -> Predictions:
    """Read and check a prediction table; without logits only the columns that accuracy needs.

    Raises ValueError, naming file and row, on an unknown class, a pair that is there twice, draws
    that differ in their pairs, a logit that is not finite, or a prediction other than the class
    with the highest logit.
    """
    logits = LOGITS if with_logits else []
    rows = read_table(path, PREDICTIONS, ["draw", *_OF_A_PAIR, "prediction", *logits])
    if rows.empty:
        raise ValueError(f"{path} holds no prediction. Delete it to have it made again.")
    rows = rows.sort_values("draw", kind="stable")
    labels, predicted = (_classes(path, rows, column) for column in ("label", "prediction"))
    draws = rows["draw"].nunique()
    n = int((rows["draw"] == rows["draw"].iloc[0]).sum())
    pairs = rows[_OF_A_PAIR].head(n).reset_index(drop=True)
    _check_draws(path, rows, pairs)
    values = None
    if with_logits:
        flat = rows[LOGITS].to_numpy(np.float64)
        _check_logits(path, rows, flat, predicted)
        values = flat.reshape(draws, n, len(LABELS))
    return Predictions(str(path), pairs, labels[:n], predicted.reshape(draws, n), values)


def held_out(said: Predictions, hypotheses: str | Path) -> npt.NDArray[np.bool_]:
    """For each pair whether its sentence is held out of all student training: [n].

    `hypotheses` is `corpus/hypotheses.parquet`. Raises ValueError for a sentence that it lacks.
    """
    table = read_table(hypotheses, HYPOTHESES, ["hypothesis_id", "held_out"])
    known: pd.Series = table.set_index("hypothesis_id")["held_out"]
    found = known.reindex(said.pairs["hypothesis_id"])
    if found.isna().any():
        raise ValueError(
            f"{said.path}: hypothesis {found.index[int(found.isna().to_numpy().argmax())]} does "
            f"not stand in {hypotheses}. They come from different corpora: delete the predictions "
            "to have them made again."
        )
    return (found != "none").to_numpy()


def _classes(path: str | Path, rows: pd.DataFrame, column: str) -> Codes:
    """The numbers of the classes in `column`."""
    codes = rows[column].map(LABEL_INDEX)
    if codes.isna().any():
        row = codes.index[int(codes.isna().to_numpy().argmax())]
        raise ValueError(
            f"{path} row {row}: {column} {rows[column][row]!r} is not one of {', '.join(LABELS)}. "
            "Delete the file to have it made again."
        )
    numbers: Codes = codes.to_numpy().astype(np.int64)
    return numbers


def _check_draws(path: str | Path, rows: pd.DataFrame, pairs: pd.DataFrame) -> None:
    """Every draw must hold the same pairs in the same order, each of them once."""
    first = rows["draw"].iloc[0]
    twice = pairs["pair_id"].duplicated().to_numpy()
    if twice.any():
        row = int(twice.argmax())
        raise ValueError(
            f"{path} row {rows.index[row]}: pair {pairs['pair_id'][row]!r} is there twice in draw "
            f"{first}. Delete the file to have it made again."
        )
    for draw, part in rows.groupby("draw", sort=True):
        if not part[_OF_A_PAIR].reset_index(drop=True).equals(pairs):
            raise ValueError(
                f"{path}: draw {draw} ({len(part)} rows) does not hold the pairs of draw {first} "
                f"({len(pairs)} rows) in the same order. Delete the file to have it made again."
            )


def _check_logits(
    path: str | Path, rows: pd.DataFrame, logits: npt.NDArray[np.float64], predicted: Codes
) -> None:
    """Logits must be finite, and the predicted class must have the highest."""
    finite = np.asarray(np.isfinite(logits).all(axis=1))
    chosen = np.take_along_axis(logits, predicted[:, None], axis=1)[:, 0]
    wrong = np.logical_or(~finite, chosen < logits.max(axis=1))
    if wrong.any():
        row = int(wrong.argmax())
        fault = (
            f"the prediction is {LABELS[predicted[row]]} but another logit is higher"
            if finite[row]
            else "a logit is not finite"
        )
        raise ValueError(
            f"{path} row {rows.index[row]}: {fault} "
            f"({', '.join(f'{value:g}' for value in logits[row])} for {', '.join(LABELS)}). "
            "The model that predicted it is broken; train it again."
        )
