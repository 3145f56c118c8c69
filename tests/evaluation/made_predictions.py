"""Small prediction and hypothesis tables whose scores can be worked out by hand."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.evaluation.schemas import PREDICTIONS
from clseave_core.files import write_table
from clseave_core.labels import LABEL_INDEX

E, N, C = "entailment", "neutral", "contradiction"
SURE = float(np.log(8))
"""The logit, beside two of 0, of a class with probability 0.8; the others have 0.1 each."""


def prediction_rows(
    labels: Sequence[str],
    predictions: Sequence[str],
    images: Sequence[str] | None = None,
    sentences: Sequence[int] | None = None,
    draw: int = 0,
) -> pd.DataFrame:
    """Pairs p0, p1, ... with sure logits; each has its own picture and sentence unless given."""
    n = len(labels)
    logits = np.zeros((n, 3), dtype=np.float32)
    logits[np.arange(n), [LABEL_INDEX[label] for label in predictions]] = SURE
    return pd.DataFrame(
        {
            "draw": draw,
            "pair_id": [f"p{number}" for number in range(n)],
            "image_id": images if images is not None else [f"i{number}" for number in range(n)],
            "hypothesis_id": sentences if sentences is not None else range(n),
            "label": labels,
            "prediction": predictions,
            "logit_entailment": logits[:, 0],
            "logit_neutral": logits[:, 1],
            "logit_contradiction": logits[:, 2],
        }
    )


def right_and_wrong(pattern: str, **columns: Any) -> pd.DataFrame:
    """Rows with label entailment: `+` is predicted as it, `-` as neutral."""
    predictions = [E if sign == "+" else N for sign in pattern]
    return prediction_rows([E] * len(pattern), predictions, **columns)


def write_predictions(path: Path, rows: pd.DataFrame) -> Path:
    write_table(path, rows, PREDICTIONS)
    return path


def write_hypotheses(path: Path, held_out: Sequence[str]) -> Path:
    """Sentences 0, 1, ... with the given `held_out`."""
    rows = pd.DataFrame(
        {
            "hypothesis_id": range(len(held_out)),
            "text": [f"sentence {number}" for number in range(len(held_out))],
            "held_out": held_out,
            "template": None,
            "spans": None,
        }
    )
    write_table(path, rows, HYPOTHESES)
    return path
