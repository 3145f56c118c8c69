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

from .reasons import INTERRUPTED, of_exception, of_executor, without_traceback

LONG_MINUTES = 60
"""Of a job that may take so long, or that says nothing of its time, the start is told too."""
LOG_LINES = 20
"""Lines at the end of a failed job's log that are shown."""
TOLD = ("Nothing to be done",)
"""Beginnings of the plain messages that a person wants to see; warnings are always shown."""
UNTOLD = ("Exception in run_job for rule", "Exception in run_array_jobs for rule")
"""Beginnings of errors that are told again when their job fails."""
RESTART = "Trying to restart job "
THE_END = ("Exiting because a job execution failed", "At least one job did not complete")
STOPPING = "Terminating processes on user request"


class Story:
    """Turns Snakemake's events, one after the other, into lines."""

    def __init__(self) -> None:
        self._begun: dict[int, tuple[str, float]] = {}
        self._planned = 0
        self._done = 0
        self._stopping = False
        self._ended = False
        self._warned: set[str] = set()
        self._failures: dict[int, int] = {}
        """How often each job failed."""
        self._last: dict[int, str] = {}
        """Why each job failed the last time, where that was before its log began."""
        self._reasons: dict[str, str] = {}
        """The reasons that were told, each with the first job that it was told of."""
        self._raised: dict[int | None, str] = {}
        """By thread: the error that the failure of a job comes from, which is told after it."""

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
                return self._failure(said, self._raised.pop(record.thread, ""))
            case LogEvent.ERROR if said.get("exception") == "RuleException":
                self._raised[record.thread] = record.getMessage()
                return None
            case None | LogEvent.ERROR:
                return self._message(record.getMessage(), record.levelno)
        return None

    def _message(self, message: str, level: int) -> str | None:
        if message.startswith(STOPPING):
            self._stopping = True
            return "Stopping the running jobs; the same command goes on later."
        if self._stopping or message.startswith(UNTOLD):
            return None
        if message.startswith(RESTART):
            return self._restart(int(message.removeprefix(RESTART).rstrip(".")))
        if self._failures and any(words in message for words in THE_END):
            return self._end()
        if level < logging.WARNING:
            return message if message.startswith(TOLD) else None
        told = without_traceback(message)
        if told in self._warned:
            return None
        self._warned.add(told)
        return told

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

    def _failure(self, said: dict[str, Any], raised: str) -> str | None:
        job = int(said["jobid"])
        name, _ = self._begun.get(job, (said["rule_name"], 0.0))
        executor = said.get("rule_msg")
        reason = of_executor(executor) if executor else of_exception(raised)
        if self._stopping or reason == INTERRUPTED:
            return None
        self._failures[job] = self._failures.get(job, 0) + 1
        logs = [Path(log) for log in said["log"] if log is not None and _has_text(Path(log))]
        if reason and not logs:
            first = self._reasons.setdefault(reason, name)
            before, self._last[job] = self._last.get(job), reason
            if before == reason:
                return None
            told = reason if first == name else f"for the same reason as {first}"
            return f"FAILED  {name}: {told}"
        lines = [f"FAILED  {name}{f': {reason}' if reason else ''}"]
        for log in logs:
            lines += [f"The end of its log {log}:", *_tail(log)]
        if not logs:
            lines += [f"The end of its log {log}:" for log in said["log"][:1]]
            lines.append("  (it has none: the job did not get as far)")
        return "\n".join(lines)

    def _restart(self, job: int) -> str | None:
        """Tell that a job is tried again: each time, or once where it never comes to its log."""
        name, _ = self._begun.get(job, (f"job {job}", 0.0))
        told = job in self._last and self._failures[job] > 1
        return None if told else f"{name} is tried again"

    def _end(self) -> str | None:
        """Name the jobs that failed in the end, once."""
        failed = [
            f"{self._begun[job][0]}{f' (tried {times} times)' if times > 1 else ''}"
            for job, times in self._failures.items()
            if job in self._begun
        ]
        if self._ended or not failed:
            return None
        self._ended = True
        return f"{len(failed)} failed: {', '.join(failed)}. The reasons stand above."


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def _has_text(log: Path) -> bool:
    """Snakemake leaves an empty log of a job that did not begin."""
    return log.is_file() and log.stat().st_size > 0


def _tail(log: Path) -> list[str]:
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
