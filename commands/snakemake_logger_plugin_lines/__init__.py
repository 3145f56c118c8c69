"""Snakemake's messages for a person: a line when a job ends, and what went wrong in full.

A logger plugin (`--logger lines`): Snakemake finds it by its name, on Python's path. Snakemake's
own complete log stays in .snakemake/log/.
"""

import logging
import re
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
TOLD = ("Nothing to be done",)
"""Beginnings of the plain messages that a person wants to see; warnings are always shown."""
STOPPING = "Terminating processes on user request"
AFTER_THE_REASON = ("    sbatch call:", "    sbatch script:", "For further error details see")
"""Beginnings of what an executor says behind the scheduler's own words."""
TOLD_WITH_ITS_JOB = ("Exception in run_job for rule", "Exception in run_array_jobs for rule")
"""Beginnings of errors that are told again as the reason of a job."""
RESTART = "Trying to restart job "
THE_END = ("Exiting because a job execution failed", "At least one job did not complete")
_PLACES = re.compile(r'^  File ".*$\n?', re.MULTILINE)
_ERROR = re.compile(r"^[\w.]+(?:Error|Exception)\b", re.MULTILINE)
_KILLED = re.compile(r"died with <Signals\.(SIG\w+): \d+>|exit status (137|139)\b")
_SIGNALS = {"137": "SIGKILL", "139": "SIGSEGV"}


class Story:
    """Turns Snakemake's events, one after the other, into lines."""

    def __init__(self) -> None:
        self._begun: dict[int, tuple[str, float]] = {}
        self._planned = 0
        self._done = 0
        self._stopping = False
        self._exception = ""
        self._reasons: set[str] = set()
        self._tries: dict[int, int] = {}
        """How often each job failed."""
        self._last: dict[int, str] = {}
        """The reason that was told of each job last."""
        self._warned: set[str] = set()
        self._ended = False

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
                self._exception = record.getMessage()  # of a job that is told at its JOB_ERROR
                return None
            case None | LogEvent.ERROR:
                return self._message(record.getMessage(), record.levelno)
        return None

    def _message(self, message: str, level: int) -> str | None:
        self._stopping = self._stopping or message.startswith(STOPPING)
        if self._stopping:  # `make run` has said so
            return None
        if message.startswith(RESTART):
            return self._restart(int(message.removeprefix(RESTART).rstrip(".")))
        if self._tries and any(words in message for words in THE_END):
            return self._end()
        if level < logging.WARNING:
            return message if message.startswith(TOLD) else None
        told = without_traceback(message)
        if told in self._warned or message.startswith(TOLD_WITH_ITS_JOB):
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

    def _failure(self, said: dict[str, Any]) -> str | None:
        name, _ = self._begun.get(int(said["jobid"]), (said["rule_name"], 0.0))
        if self._stopping:
            return None
        reason, job = self._reason(said), int(said["jobid"])
        self._tries[job] = self._tries.get(job, 0) + 1
        before, self._last[job] = self._last.get(job), reason
        if reason and before == reason:
            return None
        if reason in self._reasons:
            return f"FAILED  {name}, for the same reason"
        lines = [f"FAILED  {name}"]
        if reason:
            self._reasons.add(reason)
            lines += [f"  {line}" for line in reason.splitlines()]
        logs = [Path(log) for log in said["log"] if Path(log).exists()]
        for log in logs:
            lines += [f"The end of its log {log}:", *_tail(log)]
        if not logs and not reason:
            lines.append("  It ended before its log began: what it said stands above.")
        return "\n".join(lines)

    def _restart(self, job: int) -> str | None:
        """Tell that a job is tried again; where it failed as before, that was told."""
        name, _ = self._begun.get(job, (f"job {job}", 0.0))
        told = self._last.get(job) and self._tries.get(job, 0) > 1
        return None if told else f"{name} is tried again"

    def _end(self) -> str | None:
        """Name the jobs that failed in the end, once."""
        failed = [
            f"{self._begun[job][0]}{f' (tried {tries} times)' if tries > 1 else ''}"
            for job, tries in self._tries.items()
            if job in self._begun
        ]
        if self._ended or not failed:
            return None
        self._ended = True
        return f"Failed in the end: {', '.join(failed)}. The reasons stand above."

    def _reason(self, said: dict[str, Any]) -> str:
        """What the executor or the scheduler said of a failed job, or the signal that ended it."""
        told = []
        for line in str(said.get("rule_msg") or "").splitlines():
            before = min((line.find(mark) for mark in AFTER_THE_REASON if mark in line), default=-1)
            told.append(line if before < 0 else line[:before])
            if before >= 0:
                break
        reason = "\n".join(line.rstrip() for line in told if line.strip())
        of_this_job = f".{said['rule_name']}.py'" in self._exception
        killed = _KILLED.search(self._exception) if of_this_job else None
        if killed is None:
            return reason
        signal = killed[1] or _SIGNALS[killed[2]]
        hint = ", perhaps since memory ran out" if signal == "SIGKILL" else ""
        return f"{reason}\nIt was ended by {signal}{hint}.".strip()


def without_traceback(message: str) -> str:
    """A message without the places in programs that its error came through."""
    if not message.startswith("Traceback"):
        return _PLACES.sub("", message).strip()
    begins = [match.start() for match in _ERROR.finditer(message)]
    return message[begins[-1] if begins else 0 :].strip()


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


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
