"""The history of a training: one row an epoch, as CSV and, if wished, for TensorBoard."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from clseave_core.files import write_csv
from clseave_core.training.settings import TrainingSettings

Row = dict[str, float | int | None]


def save_history(target: str | Path, rows: Sequence[Row], settings: TrainingSettings) -> None:
    """Write `history.csv` and, if the settings ask for it, event files beside it."""
    write_history(target, rows)
    if settings.tensorboard:
        write_events(Path(target).parent / "events", rows)


def write_history(target: str | Path, rows: Sequence[Row]) -> None:
    """Write `history.csv`; numbers with six significant digits, empty where not measured."""
    table = pd.DataFrame(list(rows)).map(lambda value: _text(value))
    write_csv(target, table)


def _text(value: float | int | None) -> str:
    if value is None or pd.isna(value):
        return ""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.6g}"


def event_writer() -> Any:
    """TensorBoard's class of writers.

    Raises ModuleNotFoundError with the command to run when TensorBoard is not installed.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "`tensorboard: true` needs the package tensorboard: pip install -e '.[tensorboard]'"
        ) from error
    return SummaryWriter


def write_events(folder: str | Path, rows: Sequence[Row]) -> None:
    """Write the history as TensorBoard event files; raises as `event_writer` does."""
    with event_writer()(str(folder)) as writer:
        for row in rows:
            for name, value in row.items():
                if name != "epoch" and value is not None:
                    writer.add_scalar(name, value, int(row["epoch"] or 0))
