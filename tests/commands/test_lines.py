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

    assert "what it said stands above" in str(Story().tell(failure))


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
    assert story.tell(record(None, stopping)) is None
    failure = record(LogEvent.JOB_ERROR, jobid=1, rule_name="predict", log=["a.log"])
    assert story.tell(failure) is None


REFUSED = (
    "SLURM sbatch failed. The error message was 'sbatch: error: invalid partition specified: gpu2\n"
    "sbatch: error: Batch job submission failed: Invalid partition name specified'.\n"
    "    sbatch call:\n        sbatch --parsable --partition gpu2 --wrap='python'\n"
    "For further error details see the cluster/cloud log and the log files of the involved rule(s)."
)


def test_what_the_scheduler_says_of_a_refused_job_is_told_once() -> None:
    story = Story()
    story.tell(job(1, "generate_pictures", 0.0))
    story.tell(job(2, "generate_world", 0.0))
    story.tell(job(3, "generate_pictures", 0.0))
    rules = ("generate_pictures", "generate_world", "generate_pictures")
    failures = [
        record(LogEvent.JOB_ERROR, jobid=number, rule_name=rule, log=["none.log"], rule_msg=REFUSED)
        for number, rule in enumerate(rules, 1)
    ]
    first, *others = (story.tell(failure) for failure in failures)
    assert str(first).splitlines() == [
        "FAILED  generate_pictures",
        "  SLURM sbatch failed. The error message was 'sbatch: error: invalid partition specified: "
        "gpu2",
        "  sbatch: error: Batch job submission failed: Invalid partition name specified'.",
    ]
    assert others == [
        "FAILED  generate_world, for the same reason",
        "FAILED  generate_pictures, for the same reason",
    ]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("SLURM-job '7' failed, SLURM status is: 'OUT_OF_MEMORY'. Reason: None. For further error "
         "details see the cluster/cloud log and the log files of the involved rule(s).",
         "SLURM-job '7' failed, SLURM status is: 'OUT_OF_MEMORY'. Reason: None."),
        ("Job submission failed with exception: [Errno 2] No such file or directory: 'sbatch'",
         "Job submission failed with exception: [Errno 2] No such file or directory: 'sbatch'"),
    ],
)  # fmt: skip
def test_what_the_executor_says_stands_before_the_log(tmp_path: Path, said: str, told: str) -> None:
    log = tmp_path / "a.log"
    log.write_text("12:00 it starts\n")
    failure = record(
        LogEvent.JOB_ERROR, jobid=1, rule_name="predict", log=[str(log)], rule_msg=said
    )
    assert str(Story().tell(failure)).splitlines() == [
        "FAILED  predict", f"  {told}", f"The end of its log {log}:", "  12:00 it starts",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("exception", "told"),
    [
        (
            "died with <Signals.SIGKILL: 9>.",
            "SIGKILL, perhaps since memory ran out.",
        ),
        (
            "returned non-zero exit status 137.",
            "SIGKILL, perhaps since memory ran out.",
        ),
        ("died with <Signals.SIGSEGV: 11>.", "SIGSEGV."),
    ],
)
def test_the_signal_that_ended_a_job_is_told(exception: str, told: str) -> None:
    story = Story()
    command = "Command 'set -euo pipefail;  python .snakemake/scripts/tmp1.predict.py'"
    story.tell(record(LogEvent.ERROR, f"{command} {exception}", exception="RuleException"))
    failure = record(
        LogEvent.JOB_ERROR, jobid=1, rule_name="predict", log=["none.log"], rule_msg=None
    )
    assert str(story.tell(failure)) == f"FAILED  predict\n  It was ended by {told}"
    other = record(LogEvent.JOB_ERROR, jobid=2, rule_name="train", log=["none.log"], rule_msg=None)
    assert "SIG" not in str(story.tell(other))


def test_a_job_that_is_refused_at_each_try_says_so_once_with_the_number_of_tries() -> None:
    story = Story()
    story.tell(job(1, "generate_pictures", 0.0))
    said = []
    for _ in range(3):
        failure = record(
            LogEvent.JOB_ERROR, jobid=1, rule_name="generate_pictures", log=[], rule_msg=REFUSED
        )
        said += [story.tell(failure), story.tell(record(None, "Trying to restart job 1."))]
    for words in ("Exiting because a job execution failed. Look above", "WorkflowError:\nAt least "
                  "one job did not complete successfully."):  # fmt: skip
        said.append(story.tell(record(LogEvent.ERROR, words, exception="WorkflowError")))
    first, *others = filter(None, said)

    assert first.startswith("FAILED  generate_pictures\n  SLURM sbatch failed. The error message")
    assert others == [
        "generate_pictures is tried again",
        "Failed in the end: generate_pictures (tried 3 times). The reasons stand above.",
    ]


def test_another_reason_at_the_next_try_is_told_too() -> None:
    story = Story()
    story.tell(job(1, "predict", 0.0))
    for reason in ("Invalid account", "Requested node configuration is not available"):
        refused = REFUSED.replace("Invalid partition name specified", reason)
        failure = record(LogEvent.JOB_ERROR, jobid=1, rule_name="predict", log=[], rule_msg=refused)
        assert reason in str(story.tell(failure))


def test_a_job_that_failed_once_and_ended_well_is_not_named_in_the_end() -> None:
    story = Story()
    for number, rule in ((1, "predict"), (2, "train_student")):
        story.tell(job(number, rule, 0.0))
        story.tell(record(LogEvent.JOB_ERROR, jobid=number, rule_name=rule, log=[], rule_msg="x"))
    story.tell(finished(1, 9.0))

    end = record(LogEvent.ERROR, "Exiting because a job execution failed.", exception="x")
    assert story.tell(end) == "Failed in the end: train_student. The reasons stand above."


def test_an_error_is_told_without_its_traceback() -> None:
    dump = (
        'Traceback (most recent call last):\n\n  File "/x/snakemake/cli.py", line 2316, in run\n'
        "    call()\n\nFileNotFoundError: [Errno 2] No such file or directory: 'nowhere.py'\n"
    )
    told = 'ValueError in file "rules/common.smk", line 30:\nno study x'
    rule = f'{told}\n  File "a.py", line 3, in f\n  File "b.py", line 4, in g'

    assert Story().tell(record(LogEvent.ERROR, dump, exception="FileNotFoundError")) == (
        "FileNotFoundError: [Errno 2] No such file or directory: 'nowhere.py'"
    )
    assert Story().tell(record(LogEvent.ERROR, rule, exception="ValueError")) == told


def test_one_warning_is_told_once() -> None:
    story = Story()
    warning = record(None, "no account is known")
    warning.levelno = logging.WARNING

    assert [story.tell(warning), story.tell(warning)] == ["no account is known", None]
