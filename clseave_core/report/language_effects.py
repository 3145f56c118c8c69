"""What each language costs beside a control language: one table for each method with students.

The control of invented languages is English itself, taught as a language to transfer to: what is
lost there is lost by teaching a student at all. What a language loses beyond that is its own.
"""

from collections.abc import Iterable, Mapping
from math import asin, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.evaluation.differences import seed_differences
from clseave_core.evaluation.intervals import Floats, clustered_intervals, too_few_clusters
from clseave_core.evaluation.prediction_tables import read_predictions
from clseave_core.evaluation.references import english_reference
from clseave_core.evaluation.runs import Run, run_of
from clseave_core.files import read_table
from clseave_core.languages import language as known_language

COLUMNS = (
    "study", "testset", "method", "language", "name", "sentences", "seeds", "n", "accuracy",
    "english_accuracy", "gap_to_english", "control", "control_gap", "cost", "cost_low",
    "cost_high", "cost_seed_sd", "cohen_h",
)  # fmt: skip


def language_effects(
    study: Mapping[str, Any], name: str, predictions: Iterable[str | Path],
    hypotheses: str | Path, *, resamples: int, seed: int,
) -> pd.DataFrame:  # fmt: skip
    """The table as text: accuracies in percent, gaps and costs in points.

    A row for each test set, method, language but the control, and for all, seen and held-out
    sentences. `gap_to_english` is the English model's accuracy minus the student's, `cost` the
    control's accuracy minus the language's, on the same pairs and within each seed; its interval
    is the clustered one of the mean over seeds, and `cost_seed_sd` its spread over seeds.
    `cohen_h` is the cost as Cohen's effect size for two shares (Cohen 1988, section 6.2), from
    the unrounded accuracies. Raises ValueError where two runs do not hold the same pairs.
    """
    right, pairs = _read(predictions)
    control = study["control_language"]
    rows = []
    for testset in study["testsets"]:
        shown = pairs[testset]
        parts = _parts(shown, hypotheses)
        for method in study["methods"]:
            if (testset, method, control) not in right:
                continue
            english = english_reference(method, study["methods"], study["teachers"])
            theirs = right[testset, str(english), "en"]
            base = right[testset, method, control]
            for language in study["languages"]:
                mine = right.get((testset, method, language))
                if mine is None or language == control:
                    continue
                for part, chosen in parts.items():
                    if not chosen.any():
                        continue
                    accuracy, english_accuracy, control_accuracy = (
                        float(values[:, chosen].mean()) for values in (mine, theirs, base)
                    )
                    cost = seed_differences(base[:, chosen], mine[:, chosen])
                    low, high = clustered_intervals(
                        cost.of_pairs[None],
                        shown["image_id"][chosen], shown["hypothesis_id"][chosen],
                        resamples=resamples, seed=seed,
                    )[0]  # fmt: skip
                    few = too_few_clusters(
                        shown["image_id"][chosen], shown["hypothesis_id"][chosen]
                    )
                    rows.append(
                        {
                            "study": name,
                            "testset": testset,
                            "method": method,
                            "language": language,
                            "name": known_language(language).name,
                            "sentences": part,
                            "seeds": str(len(mine)),
                            "n": str(int(chosen.sum())),
                            "accuracy": _percent(accuracy),
                            "english_accuracy": _percent(english_accuracy),
                            "gap_to_english": _percent(english_accuracy - accuracy),
                            "control": control,
                            "control_gap": _percent(english_accuracy - control_accuracy),
                            "cost": _percent(float(cost.of_pairs.mean())),
                            "cost_low": "" if few else _percent(low),
                            "cost_high": "" if few else _percent(high),
                            "cost_seed_sd": "" if cost.seed_sd is None else _percent(cost.seed_sd),
                            "cohen_h": format(cohen_h(control_accuracy, accuracy), "z.4f"),
                        }
                    )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def cohen_h(share: float, other: float) -> float:
    """Cohen's h of two shares: 2 asin(sqrt(share)) - 2 asin(sqrt(other)); 0.2 counts as small."""
    return 2 * asin(sqrt(share)) - 2 * asin(sqrt(other))


def _read(
    predictions: Iterable[str | Path],
) -> tuple[dict[tuple[str, str, str], Floats], dict[str, pd.DataFrame]]:
    """How right each run is [seeds, n], and the pairs of each test set."""
    files: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    for path in map(str, predictions):
        run: Run = run_of(path)
        key = (run.testset, run.method, run.language)
        files.setdefault(key, []).append((run.seed, path))
    right: dict[tuple[str, str, str], Floats] = {}
    first: dict[str, Any] = {}
    for key, paths in files.items():
        said = [read_predictions(path, with_logits=False) for _, path in sorted(paths)]
        for one in said:
            other = first.setdefault(key[0], one)
            if one.fingerprint != other.fingerprint:
                raise ValueError(
                    f"{one.path} and {other.path} do not hold the same pairs. Delete them to have "
                    "them made again."
                )
        right[key] = np.stack([one.right for one in said])
    return right, {testset: one.pairs for testset, one in first.items()}


def _parts(pairs: pd.DataFrame, hypotheses: str | Path) -> dict[str, npt.NDArray[np.bool_]]:
    """Which pairs [n] are about all, seen and held-out sentences."""
    table = read_table(hypotheses, HYPOTHESES, ["hypothesis_id", "held_out"])
    kinds = table.set_index("hypothesis_id")["held_out"].reindex(pairs["hypothesis_id"])
    held_out = (kinds != "none").to_numpy()
    return {"all": np.ones(len(pairs), dtype=bool), "seen": ~held_out, "held_out": held_out}


def _percent(share: float) -> str:
    return format(100 * share, "z.2f")
