"""The scores of one prediction file: loss, accuracy, F1, recall, confusion and two intervals."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from clseave_core.evaluation.checking import finite
from clseave_core.evaluation.intervals import (
    RESAMPLES,
    clustered_intervals,
    too_few_clusters,
    wilson_interval,
)
from clseave_core.evaluation.picture_pairs import picture_pairs
from clseave_core.evaluation.prediction_tables import (
    Predictions,
    held_out,
    read_predictions,
)
from clseave_core.labels import LABELS

Counts = npt.NDArray[np.int64]


def score_predictions(
    predictions: str | Path,
    hypotheses: str | Path,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, Any]:
    """Score a prediction table; `hypotheses` is `corpus/hypotheses.parquet` (for `held_out`).

    Shares and losses are fractions and nats, not rounded. A control with several draws is averaged
    over them: `n` counts pairs, `confusion` (rows: label, columns: prediction, both in the order
    of `labels`) counts predictions, that is pairs times draws. What does not exist, such as the
    recall of a class without pairs, is None. `fingerprint` is equal for two score files exactly
    when they are about the same pairs in the same order. With too few pictures or sentences
    there are no intervals, and `no_interval` says why.
    """
    said = read_predictions(predictions)
    right, n = said.right, len(said.pairs)
    images, sentences = said.pairs["image_id"], said.pairs["hypothesis_id"]
    confusion = _confusion(said)
    shown = picture_pairs(said.pairs)
    seen = ~held_out(said, hypotheses)
    few = too_few_clusters(images, sentences)
    clustered = clustered_intervals(right[None], images, sentences, resamples=resamples, seed=seed)[
        0
    ]
    return {
        "n": n,
        "draws": len(said.predicted),
        "images": int(images.nunique()),
        "sentences": int(sentences.nunique()),
        "loss": _cross_entropy(said),
        "accuracy": float(right.mean()),
        "wilson": None if few else list(wilson_interval(float(right.sum()), n)),
        "clustered": None if few else list(clustered),
        **({"no_interval": few} if few else {}),
        "macro_f1": macro_f1(confusion),
        "recall": dict(zip(LABELS, _recall(confusion), strict=True)),
        "labels": list(LABELS),
        "confusion": confusion.tolist(),
        **_share("seen", right[seen]),
        **_share("held_out", right[~seen]),
        "picture_pairs": len(shown),
        "paired_accuracy": shown.mean(shown.both_right(said)) if len(shown) else None,
        "fingerprint": said.fingerprint,
    }


def macro_f1(confusion: Counts) -> float:
    """Mean of the classes' F1 scores (each 2 tp / (2 tp + fp + fn), 0 where that is 0 / 0).

    `confusion` is [labels, predicted classes]. Raises ValueError where it is not square.
    """
    counts = finite("confusion", confusion, "[labels, predictions]")
    if counts.shape[0] != counts.shape[1] or counts.min() < 0:
        raise ValueError(
            f"confusion must be square and count predictions, got the shape {counts.shape} with "
            f"the least number {counts.min():g}."
        )
    hits = np.diag(confusion)
    mentions = confusion.sum(axis=0) + confusion.sum(axis=1)
    return float((2 * hits / np.maximum(mentions, 1)).mean())


def _confusion(said: Predictions) -> Counts:
    """Predictions per (label, predicted class): int64 [3, 3]."""
    cells = said.labels * len(LABELS) + said.predicted
    counts = np.bincount(cells.ravel(), minlength=len(LABELS) ** 2)
    return counts.reshape(len(LABELS), len(LABELS))


def _recall(confusion: Counts) -> list[float | None]:
    """Per class the share of its pairs that were predicted as it, None for a class without any."""
    return [
        float(row[number] / row.sum()) if row.sum() else None
        for number, row in enumerate(confusion)
    ]


def _cross_entropy(said: Predictions) -> float:
    """Mean of log(sum(exp(logits))) - logit of the label, in nats, without overflow."""
    if said.logits is None:
        raise ValueError(f"{said.path} was read without its logits, so it has no loss.")
    highest = said.logits.max(axis=2)
    total = highest + np.log(np.exp(said.logits - highest[..., None]).sum(axis=2))
    own = said.logits[:, np.arange(len(said.labels)), said.labels]
    return float((total - own).mean())


def _share(name: str, right: npt.NDArray[np.float64]) -> dict[str, Any]:
    """Number of pairs and accuracy of a part of the test set."""
    return {
        f"{name}_n": len(right),
        f"{name}_accuracy": float(right.mean()) if len(right) else None,
    }
