"""What a person reads of a run: Snakemake's events as lines."""

import logging
from pathlib import Path
from typing import Any

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from commands.snakemake_logger_plugin_lines import Story


def record(event: LogEvent | None, message: str = "", at: float = 0.0, **said: Any) -> Any:
    level = logging.ERROR if event in (LogEvent.JOB_ERROR, LogEvent.ERROR) else logging.INFO
    made = logging.LogRecord("snakemake", level, "", 0, message, None, None)
    made.__dict__.update(said, event=event, created=at)
    return made


def job(number: int, rule: str, at: float, runtime: int | None = 15, **wildcards: str) -> Any:
    resources = {} if runtime is None else {"runtime": runtime}
    return record(
        LogEvent.JOB_INFO, at=at, jobid=number, rule_name=rule, wildcards=wildcards,
        resources=resources,
    )  # fmt: skip


def finished(number: int, at: float) -> Any:
    return record(LogEvent.JOB_FINISHED, at=at, job_id=number)


def test_a_line_when_a_job_ends() -> None:
    story = Story()
    stats = {"predict": 9, "train_student": 1, "all": 1, "total": 11}

    assert story.tell(record(LogEvent.RUN_INFO, stats=stats)) == (
        "10 jobs: 9 predict, 1 train_student"
    )
    assert story.tell(job(4, "predict", 10.0, method="clseave", lang="de", seed="0")) is None
    assert story.tell(finished(4, 13.4)) == " 1 of 10  predict clseave/de/seed0, 3 s"
    assert story.tell(job(0, "all", 13.5)) is None
    assert story.tell(finished(0, 13.6)) is None


@pytest.mark.parametrize(
    ("seconds", "said"), [(59.4, "59 s"), (60.0, "1 min 00 s"), (3725.0, "1 h 02 min")]
)
def test_durations_are_told_in_the_unit_that_fits(seconds: float, said: str) -> None:
    story = Story()
    story.tell(job(1, "predict", 0.0))

    assert story.tell(finished(1, seconds)) == f"1 of 0  predict, {said}"


@pytest.mark.parametrize("runtime", [60, None])
def test_the_start_of_a_long_job_is_told(runtime: int | None) -> None:
    said = Story().tell(job(1, "train_student", 0.0, runtime, lang="de"))

    assert str(said).startswith("train_student de starts at ")


def test_a_failure_shows_the_end_of_its_log_once(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("\n".join(f"line {number}" for number in range(30)))
    story = Story()
    story.tell(job(1, "predict", 0.0, lang="de"))
    failure = record(LogEvent.JOB_ERROR, jobid=1, rule_name="predict", log=[str(log)])
    lines = str(story.tell(failure)).splitlines()

    assert lines[:3] == ["FAILED  predict de", f"The end of its log {log}:", "  line 10"]
    assert lines[-1] == "  line 29"
    assert (
        story.tell(record(LogEvent.ERROR, "RuleException: ...", exception="RuleException")) is None
    )


def test_a_job_that_failed_before_its_log_says_so() -> None:
    failure = record(LogEvent.JOB_ERROR, jobid=1, rule_name="predict", log=["nowhere.log"])

    assert "it has none" in str(Story().tell(failure))


def test_other_errors_and_warnings_are_shown_in_full() -> None:
    story = Story()
    warning = record(None, "disk nearly full")
    warning.levelno = logging.WARNING

    error = record(LogEvent.ERROR, "MissingInputException: x", exception="MissingInputException")
    assert story.tell(error) == "MissingInputException: x"
    assert story.tell(warning) == "disk nearly full"
    assert story.tell(record(None, "Nothing to be done (all ...).")) is not None
    assert story.tell(record(None, "Select jobs to execute...")) is None
    assert story.tell(record(LogEvent.PROGRESS, done=1, total=2)) is None


def test_what_stops_at_the_users_wish_has_not_failed() -> None:
    story = Story()
    story.tell(job(1, "predict", 0.0, lang="de"))

    stopping = "Terminating processes on user request, this might take some time."
    assert "the same command goes on later" in str(story.tell(record(None, stopping)))
    failure = record(LogEvent.JOB_ERROR, jobid=1, rule_name="predict", log=["a.log"])
    assert story.tell(failure) == "stopped  predict de"
