"""What a kill was, and whether anything was lost by it."""

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path

NOT_COMPARED = {"logs", "benchmarks", "state"}
"""They hold times; so does the page."""
TIMES = {"seconds", "pairs_per_second"}
"""Columns of histories that are not compared."""
GROUP, ALONE = "process group", "Snakemake alone"
STAGE, SAVED, STATE_FILE, OUTPUT_FILE = (
    "while it runs", "in a training after its saved point", "saved state written, not yet renamed",
    "output written, not yet renamed",
)  # fmt: skip


@dataclass(frozen=True)
class Aim:
    """A moment to kill at, `phase` of any rule or of `rule`, and how."""

    phase: str
    rule: str | None = None
    how: str = GROUP


@dataclass
class Kill:
    """One kill: what ran, and what it left behind."""

    aim: Aim
    rules: list[str]
    """Rules of the jobs that ran."""
    saved: dict[str, tuple[int, int]]
    """Logs of the trainings that were killed after a saved point: its epoch and batch."""
    partial: list[str]
    """Temporary files that these jobs left."""
    at: float
    """When: seconds since the epoch."""

    @property
    def met(self) -> bool:
        """Whether it came at the moment that was aimed at, and not a little later."""
        if self.aim.phase == STAGE:
            return self.aim.rule in self.rules
        if self.aim.phase == SAVED:
            return bool(self.saved)
        is_state = self.aim.phase == STATE_FILE
        return bool(self.rules) and any(("/state/" in name) == is_state for name in self.partial)


@dataclass
class Outcome:
    """All kills of a torture, and what was found afterwards."""

    kills: list[Kill] = field(default_factory=list)
    passes: int = 0
    resumed: int = 0
    """Trainings that went on from their saved point after a kill."""
    compared: int = 0
    differing: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)


def check_resuming(project: Path, waiting: dict[str, Kill], outcome: Outcome) -> None:
    """See where the trainings that were killed, `waiting` by their logs, went on.

    It must be where they were saved, without an epoch before that. A log that is as the kill left
    it is of a training that waits on: a job's log is made anew when the job starts again.
    """
    for log, kill in list(waiting.items()):
        path = project / log
        if not path.exists() or path.stat().st_mtime <= kill.at:
            continue
        text = path.read_text(errors="replace")
        epochs = [int(number) for number in re.findall(r"loop: epoch (\d+), step ", text)]
        point = re.search(r"going on from the saved point: epoch (\d+), batch (\d+)", text)
        if point is None and not epochs:
            continue  # killed before it had read its state
        del waiting[log]
        saved = kill.saved[log]
        if point is None or (int(point[1]), int(point[2])) != saved:
            outcome.mistakes.append(f"{log}: saved at {saved}, but: {point and point[0]}")
        elif epochs and min(epochs) < saved[0]:
            outcome.mistakes.append(f"{log}: epoch {min(epochs)} again, saved at {saved}")
        else:
            outcome.resumed += 1


def compare(reference: Path, project: Path) -> tuple[int, list[str]]:
    """How many files of the results were compared, and which are missing, too many or differ."""
    of_reference, of_project = (_results(folder) for folder in (reference, project))
    differing = [
        name
        for name in sorted(of_reference | of_project)
        if name not in of_reference
        or name not in of_project
        or _content(reference / name) != _content(project / name)
    ]
    return len(of_reference | of_project), differing


def _content(path: Path) -> object:
    """The bytes of a file; of a history all cells but the times."""
    if path.name != "history.csv":
        return path.read_bytes()
    with path.open(newline="") as file:
        return [{k: v for k, v in row.items() if k not in TIMES} for row in csv.DictReader(file)]


def _results(project: Path) -> set[str]:
    results = project / "results"
    return {
        str(path.relative_to(project))
        for path in results.rglob("*")
        if path.is_file()
        and not path.name.startswith(".run.lock")
        and path.name != "report.html"
        and not path.name.startswith(".snakemake")
        and NOT_COMPARED.isdisjoint(path.relative_to(results).parts)
    }
