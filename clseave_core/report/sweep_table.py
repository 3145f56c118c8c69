"""The table of a study's sweeps: every run, scored on dev only."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from clseave_core.evaluation.method_entries import differences

COLUMNS = (
    "study", "sweep", "method", "differs_in", "language", "seed", "best_epoch", "dev_loss",
    "dev_mse_per_dim", "dev_accuracy",
)  # fmt: skip


def sweep_table(study: Mapping[str, Any], name: str, histories: list[str]) -> pd.DataFrame:
    """One row for each run, language and seed, as text, beside the settings that the sweep varies.

    `histories` lie at `.../{method}/{language}/seed{seed}/history.csv`, among them those of the
    methods that the sweeps start from. The measures are those of the epoch with the lowest dev
    loss; no test score is read.
    """
    by_run = {_key(path): path for path in histories}
    rows = []
    for sweep, entry in study["sweep"].items():
        for method in (entry["method"], *entry["methods"]):
            for language in entry["languages"]:
                for seed in study["seeds"]:
                    path = by_run.get((method, language, f"seed{seed}"))
                    if path is None:
                        raise ValueError(
                            f"sweep {sweep} has no history of {method} in {language} with seed "
                            f"{seed}. Run its training."
                        )
                    rows.append(
                        {
                            "study": name,
                            "sweep": sweep,
                            "method": method,
                            "differs_in": differences(study, method, entry["method"]),
                            "language": language,
                            "seed": str(seed),
                            **_best(path),
                        }
                    )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _key(path: str) -> tuple[str, ...]:
    return Path(path).parts[-4:-1]


def _best(path: str) -> dict[str, str]:
    history = pd.read_csv(path).dropna(subset="dev_loss")
    best = history.sort_values("dev_loss", kind="stable").iloc[0]
    return {
        "best_epoch": str(int(best["epoch"])),
        "dev_loss": format(best["dev_loss"], ".6f"),
        "dev_mse_per_dim": format(best["dev_mse_per_dim"], ".6f"),
        "dev_accuracy": format(100 * best["dev_accuracy"], ".2f"),
    }
