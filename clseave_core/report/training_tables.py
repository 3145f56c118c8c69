"""Tables A.1 to A.3 of the thesis: the hyper-parameters in force, and dev errors by epoch."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import mean
from typing import Any

import pandas as pd

from clseave_core.evaluation.runs import Run, run_of
from clseave_core.report.formats import Table
from clseave_core.report.published import Published
from clseave_core.training.settings import TrainingSettings

Entries = Mapping[str, Mapping[str, Any]]

PUBLISHED_TRAININGS = ("clip_ve", "clseave", "autoencoder")
"""Trainings whose settings Table A.1 gives; its autoencoder is the one with ReLU."""
_FIRST = ("learning_rate", "weight_decay", "batch_size", "epochs", "loss", "optimizer")
_LOSSES = {"sentence_mse": "MSE", "token_mse": "MSE"}
_OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW"}
_ERRORS = {"mse": ("a_2", "squared"), "mae": ("a_3", "absolute")}


def hyper_parameters(
    methods: Entries, teachers: Entries, autoencoders: Entries, published: Published
) -> Table:
    """Table A.1: a column for every training behind the accuracy table, the published one beside.

    `methods` are those of the accuracy table; a teacher is there if one of them has it. What the
    study does not say has the default of `TrainingSettings`. A setting that is off is `none`. A
    training with the settings of an earlier one has no column; the caption names it.
    """
    used = dict.fromkeys(method["teacher"] for method in methods.values())
    columns = {name: _settings(teachers[name]["training"], "CrossEntropy") for name in used}
    beside = {name: name for name in columns if name in PUBLISHED_TRAININGS}
    for name, method in methods.items():
        if "student" in method and "trained_as" not in method:
            objective: str = method["objective"]
            columns[name] = _settings(method["training"], _LOSSES.get(objective, objective))
            beside |= {name: name} if name in PUBLISHED_TRAININGS else {}
    for name, autoencoder in autoencoders.items():
        column = f"autoencoder_{name}"
        columns[column] = _settings(autoencoder["training"], "MSE")
        beside |= {column: "autoencoder"} if autoencoder["activation"] == "relu" else {}
    alike = {
        name: next(other for other, theirs in columns.items() if theirs == settings)
        for name, settings in columns.items()
    }
    columns = {name: columns[name] for name, first in alike.items() if name == first}
    known = published.get("hyper_parameters", {})
    names = list(dict.fromkeys([*_FIRST, *(key for column in columns.values() for key in column)]))
    rows: dict[str, list[str]] = {"hyper_parameter": [name.replace("_", " ") for name in names]}
    for column, settings in columns.items():
        rows[column] = [settings.get(name, "") for name in names]
        if column in beside:
            said = known.get(beside[column], {})
            rows[f"{column}_published"] = [_value(said[n]) if n in said else "" for n in names]
    return Table(
        "table_a_1_hyper_parameters",
        "Hyper-parameters in force for the trainings behind the accuracy table, beside those that "
        "the thesis prints in Table A.1."
        + "".join(f" {name}: as {first}." for name, first in alike.items() if name != first),
        pd.DataFrame(rows),
    )


def dev_errors(error: str, histories: Iterable[str | Path], published: Published) -> Table:
    """Table A.2 (`error` = mse) or A.3 (mae): the students' dev error after each epoch.

    `histories` are `history.csv` of methods, languages and seeds, in the table's order; one without
    the error's columns is not of a student of sentence embeddings and has no row. Numbers are means
    over the seeds that were evaluated after the epoch (`seeds` says how many): sums over the
    dimensions with two decimals, as published, means over the dimensions with five.
    """
    number, word = _ERRORS[error]
    block = published.get(f"dev_{error}", {})
    names = (f"dev_{error}_sum", f"dev_{error}_per_dim")
    measured: dict[tuple[str, str], dict[int, list[tuple[float, float]]]] = {}
    for path in histories:
        run, history = _read(path)
        if not set(names) <= set(history.columns):
            continue
        by_epoch = measured.setdefault((run.method, run.language), {})
        for row in history.dropna(subset=list(names)).to_dict("records"):
            by_epoch.setdefault(int(row["epoch"]), []).append((row[names[0]], row[names[1]]))
    rows = []
    for (method, language), by_epoch in measured.items():
        known = block.get(method, {}).get(language, [])
        said = dict(enumerate(known, 1))
        for epoch in sorted({*by_epoch, *said}):
            seeds = by_epoch.get(epoch, [])
            rows.append(
                {
                    "method": method,
                    "language": language,
                    "epoch": str(epoch),
                    "seeds": str(len(seeds)),
                    f"{error}_sum": _mean([total for total, _ in seeds], ".2f"),
                    f"{error}_per_dim": _mean([each for _, each in seeds], ".5f"),
                    "published_sum": f"{said[epoch]:.2f}" if epoch in said else "",
                    "published_per_dim": (
                        f"{said[epoch] / block['dimensions']:.5f}" if epoch in said else ""
                    ),
                }
            )
    columns = (
        "method", "language", "epoch", "seeds", f"{error}_sum", f"{error}_per_dim",
        "published_sum", "published_per_dim",
    )  # fmt: skip
    return Table(
        f"table_{number}_dev_{error}",
        f"Dev mean {word} error of the students by epoch, summed over the dimensions of the "
        "embedding and per dimension. The published tables give the sum over 512 dimensions; a sum "
        "can be compared only between embeddings of the same size.",
        pd.DataFrame(rows, columns=list(columns)),
    )


def _settings(training: Mapping[str, Any], loss: str) -> dict[str, str]:
    """A training's settings as text; the schedule's length is filled in."""
    settings = TrainingSettings.from_study(training)
    values = settings.deciding() | {
        "planned_epochs": settings.schedule_epochs,
        "optimizer": _OPTIMIZERS[settings.optimizer],
        "loss": loss,
    }
    return {name: _value(value) for name, value in values.items()}


def _value(value: float | int | str | bool | None) -> str:
    """`1e-06`, `yes`, `none`: the same text for the same value, ours or published."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:g}"


def _read(path: str | Path) -> tuple[Run, pd.DataFrame]:
    """A history with the run it is about; ValueError where it has no epochs."""
    rows = pd.read_csv(path)
    if "epoch" not in rows or rows.empty:
        raise ValueError(
            f"{path} has no row or no column 'epoch'. Delete the file to have it made again."
        )
    return run_of(path), rows


def _mean(values: list[float], form: str) -> str:
    return format(mean(values), form) if values else ""
