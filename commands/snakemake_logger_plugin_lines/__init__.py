"""Snakemake's messages for a person: a line when a job ends, and what went wrong in full.

A logger plugin (`--logger lines`): Snakemake finds it by its name, on Python's path. Snakemake's
own complete log stays in .snakemake/log/.
"""

import logging
import sys
import time
from pathlib import Path
from typing import Any

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

LONG_MINUTES = 60
"""Of a job that may take so long, or that says nothing of its time, the start is told too."""
LOG_LINES = 20
"""Lines at the end of a failed job's log that are shown."""
TOLD = ("Nothing to be done", "Trying to restart")
"""Beginnings of the plain messages that a person wants to see; warnings are always shown."""
STOPPING = "Terminating processes on user request"


class Story:
    """Turns Snakemake's events, one after the other, into lines."""

    def __init__(self) -> None:
        self._begun: dict[int, tuple[str, float]] = {}
        self._planned = 0
        self._done = 0
        self._stopping = False

    def tell(self, record: logging.LogRecord) -> str | None:
        """What to print for one event; None for nothing."""
        said = record.__dict__
        match said.get("event"):
            case LogEvent.RUN_INFO:
                return self._plan(said["stats"])
            case LogEvent.JOB_INFO:
                return self._start(said, record.created)
            case LogEvent.JOB_FINISHED:
                return self._finish(int(said["job_id"]), record.created)
            case LogEvent.JOB_ERROR:
                return self._failure(said)
            case LogEvent.ERROR if said.get("exception") == "RuleException":
                return None  # the failure of a job, which is told at its JOB_ERROR
            case None | LogEvent.ERROR:
                return self._message(record.getMessage(), record.levelno)
        return None

    def _message(self, message: str, level: int) -> str | None:
        if message.startswith(STOPPING):
            self._stopping = True
            return "Stopping the running jobs; the same command goes on later."
        if self._stopping:
            return None
        return message if level >= logging.WARNING or message.startswith(TOLD) else None

    def _plan(self, stats: dict[str, int]) -> str:
        """`stats`: the number of jobs of each rule, and `total`."""
        rules = {rule: count for rule, count in stats.items() if rule not in ("total", "all")}
        self._planned = sum(rules.values())
        return f"{self._planned} jobs: {', '.join(f'{n} {rule}' for rule, n in rules.items())}"

    def _start(self, said: dict[str, Any], now: float) -> str | None:
        values = (f"seed{v}" if k == "seed" else str(v) for k, v in said["wildcards"].items())
        name = f"{said['rule_name']} {'/'.join(values)}".strip()
        self._begun[int(said["jobid"])] = (name, now)
        minutes = said["resources"].get("runtime")
        if isinstance(minutes, int) and minutes < LONG_MINUTES:
            return None
        return f"{name} starts at {time.strftime('%H:%M', time.localtime(now))}"

    def _finish(self, job: int, now: float) -> str | None:
        name, start = self._begun.pop(job, ("", now))
        if name in ("", "all"):
            return None
        self._done += 1
        place = f"{self._done:>{len(str(self._planned))}} of {self._planned}"
        return f"{place}  {name}, {_duration(now - start)}"

    def _failure(self, said: dict[str, Any]) -> str:
        name, _ = self._begun.get(int(said["jobid"]), (said["rule_name"], 0.0))
        if self._stopping:
            return f"stopped  {name}"
        lines = [f"FAILED  {name}"]
        for log in said["log"]:
            lines += [f"The end of its log {log}:", *_tail(Path(log))]
        return "\n".join(lines)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def _tail(log: Path) -> list[str]:
    if not log.exists():
        return ["  (it has none: the job did not get as far)"]
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return [f"  {line}" for line in lines[-LOG_LINES:]]


class LogHandler(LogHandlerBase):
    """What Snakemake asks of a logger plugin."""

    def __post_init__(self) -> None:
        self._story = Story()

    def emit(self, record: logging.LogRecord) -> None:
        """Print what there is to tell."""
        text = self._story.tell(record)
        if text:
            print(text, file=sys.stderr, flush=True)

    @property
    def writes_to_stream(self) -> bool:
        """It takes the place of Snakemake's own messages."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """The complete log is Snakemake's own."""
        return False

    @property
    def has_filter(self) -> bool:
        """It chooses itself what to tell."""
        return True

    @property
    def has_formatter(self) -> bool:
        """It formats itself."""
        return True

    @property
    def needs_rulegraph(self) -> bool:
        """It draws no graph."""
        return False
