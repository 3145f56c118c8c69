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


def failed(
    number: int, rule: str, logs: list[str | None] | None = None, executor: str | None = None
) -> Any:
    return record(
        LogEvent.JOB_ERROR, jobid=number, rule_name=rule, log=logs or [], rule_msg=executor
    )


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
    assert story.tell(failed(1, "predict")) is None
    assert story.tell(record(LogEvent.ERROR, "At least one job did not complete")) is None


def test_a_job_that_an_interrupt_ends_before_snakemake_knows_of_it_has_not_failed() -> None:
    story = Story()
    story.tell(job(1, "predict", 0.0, lang="de"))
    died = "RuleException:\nCommand 'python x.py' died with <Signals.SIGINT: 2>."
    story.tell(record(LogEvent.ERROR, died, exception="RuleException"))

    assert story.tell(failed(1, "predict")) is None


SBATCH = (
    "SLURM sbatch failed. The error message was 'sbatch: error: {error}\n"
    "sbatch: error: Batch job submission failed: {reason}'.\n    sbatch call:\n"
    '        sbatch --parsable --export=ALL -A x --wrap="python -m snakemake"\n'
    "For further error details see the cluster/cloud log and the log files of the involved rule(s)."
)


def test_a_partition_that_the_site_has_not_is_told_once_in_the_schedulers_own_words(
    tmp_path: Path,
) -> None:
    """Three tries of two jobs, each with the empty log that Snakemake leaves."""
    log = tmp_path / "a.log"
    log.touch()
    story = Story()
    refused = SBATCH.format(
        error="invalid partition specified: gpu2", reason="Invalid partition name specified"
    )
    for number, rule in ((1, "generate_world"), (2, "generate_pictures")):
        story.tell(job(number, rule, 0.0))
    said = []
    for attempt in range(3):
        for number in (1, 2):
            said.append(story.tell(failed(number, "x", [str(log)], refused)))
            if attempt < 2:
                said.append(story.tell(record(None, f"Trying to restart job {number}.")))
    end = record(None, "Exiting because a job execution failed. Look above for error messages")
    end.levelno = logging.ERROR
    said += [story.tell(end), story.tell(record(LogEvent.ERROR, "WorkflowError: At least one job "
                                                "did not complete successfully."))]  # fmt: skip

    first, *others = filter(None, said)
    assert first == (
        "FAILED  generate_world: sbatch: error: invalid partition specified: gpu2; sbatch: error: "
        "Batch job submission failed: Invalid partition name specified. Correct what it names: "
        "partition and account in slurm/config.yaml, memory, threads and runtime under compute: in "
        "the study."
    )
    assert others == [
        "generate_world is tried again",
        "FAILED  generate_pictures: for the same reason as generate_world",
        "generate_pictures is tried again",
        "2 failed: generate_world (tried 3 times), generate_pictures (tried 3 times). "
        "The reasons stand above.",
    ]


def test_another_reason_at_the_second_try_is_told_too() -> None:
    story = Story()
    story.tell(job(1, "predict", 0.0))
    for reason in ("Invalid account", "Requested node configuration is not available"):
        said = str(
            story.tell(failed(1, "predict", executor=SBATCH.format(error="x", reason=reason)))
        )
        assert f"Batch job submission failed: {reason}. Correct" in said


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        ("died with <Signals.SIGKILL: 9>.", "killed (SIGKILL), perhaps for want of memory"),
        ("returned non-zero exit status 137.", "killed (SIGKILL), perhaps for want of memory"),
        ("died with <Signals.SIGSEGV: 11>.", "ended by the signal SIGSEGV"),
    ],
)
def test_a_job_that_a_signal_ended_says_so(raised: str, told: str) -> None:
    story = Story()
    story.tell(job(1, "predict", 0.0, lang="de"))
    message = f"RuleException:\nCalledProcessError in file \"x.smk\", line 3:\nCommand 'x' {raised}"
    story.tell(record(LogEvent.ERROR, message, exception="RuleException"))

    assert str(story.tell(failed(1, "predict"))).startswith(f"FAILED  predict de: {told}")


def test_the_reasons_of_two_jobs_that_fail_at_once_are_not_mixed() -> None:
    story = Story()
    for number, died in (
        (1, "died with <Signals.SIGKILL: 9>."),
        (2, "died with <Signals.SIGBUS: 7>."),
    ):
        raised = record(LogEvent.ERROR, f"RuleException: {died}", exception="RuleException")
        raised.thread = number
        story.tell(raised)
    failure = failed(1, "predict")
    failure.thread = 1

    assert "SIGKILL" in str(story.tell(failure))


@pytest.mark.parametrize(
    ("status", "advice"),
    [("OUT_OF_MEMORY", "Raise mem_mb"), ("TIMEOUT", "Raise runtime"), ("NODE_FAIL", "")],
)
def test_what_slurm_says_of_a_job_that_it_ended_is_told(status: str, advice: str) -> None:
    message = (
        f"SLURM-job '7' failed, SLURM status is: '{status}'. Detailed failure reason unavailable "
        "(status command is not 'sacct').For further error details see the cluster/cloud log and "
        "the log files of the involved rule(s)."
    )
    said = str(Story().tell(failed(1, "train_teacher", ["nowhere.log", None], message)))

    assert f"SLURM status is: '{status}'" in said
    assert advice in said
    assert "For further" not in said


def test_an_error_with_a_traceback_is_told_without_it() -> None:
    story = Story()
    dump = (
        'Traceback (most recent call last):\n\n  File "/x/snakemake/cli.py", line 2316, in run\n'
        "    call()\n\nFileNotFoundError: [Errno 2] No such file or directory: 'nowhere.py'\n"
    )
    rule = (
        'ValueError in file "rules/common.smk", line 30:\nno study x\n  File "a.py", line 3, in f'
    )

    assert story.tell(record(LogEvent.ERROR, dump, exception="FileNotFoundError")) == (
        "FileNotFoundError: [Errno 2] No such file or directory: 'nowhere.py'"
    )
    assert story.tell(record(LogEvent.ERROR, rule, exception="ValueError")) == (
        'ValueError in file "rules/common.smk", line 30:\nno study x'
    )


def test_one_warning_is_told_once() -> None:
    story = Story()
    warning = record(None, "no account is known")
    warning.levelno = logging.WARNING

    assert [story.tell(warning), story.tell(warning)] == ["no account is known", None]
