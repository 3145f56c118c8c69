"""A few of the kills of `make torture`, and its own judgement."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from commands.run import SNAKEMAKE
from tests.torture import kills
from tests.torture.__main__ import report
from tests.torture.judging import (
    ALONE,
    GROUP,
    OUTPUT_FILE,
    SAVED,
    STAGE,
    STATE_FILE,
    Aim,
    Kill,
    Outcome,
    check_resuming,
    compare,
)
from tests.torture.kills import RESULTS, aims_of, torture, undisturbed

TABLE = "results/accuracy_table.csv"
AIMS = [
    Aim(STAGE, "train_student", ALONE), Aim(STAGE, "prepare_corpus"), Aim(SAVED), Aim(SAVED),
    Aim(STATE_FILE),
]  # fmt: skip
RUN = "import subprocess, sys; subprocess.run([sys.executable, *sys.argv[1:]], process_group=0)"
WORKFLOW = "import subprocess, sys; subprocess.run([sys.executable, *sys.argv[2:]])"
JOB = """
import os, sys, time
from pathlib import Path
left, own = (Path(sys.argv[1], f".{name}.csv.host-{os.getpid()}.partial") for name in ("a", "b"))
left.touch()
os.utime(left, (0, 0))
time.sleep(0.5)
own.touch()
time.sleep(20)
"""
"""Waits with a temporary file of its own, beside one of an earlier process with its pid."""


@pytest.mark.slow
def test_killed_anywhere_the_study_gives_the_same_bytes(tmp_path: Path) -> None:
    reference = undisturbed(tmp_path / "undisturbed", TABLE)

    outcome = torture(tmp_path / "tortured", reference, TABLE, AIMS, seed=3)

    assert sum(kill.met for kill in outcome.kills) == len(AIMS)
    assert {kill.aim.how for kill in outcome.kills} == {GROUP, ALONE}
    assert outcome.resumed >= 2
    assert outcome.compared > 30
    assert (outcome.differing, outcome.mistakes) == ([], [])


def test_aims() -> None:
    aims = aims_of({"d", "b", "a", "c"}, saved=2, state_files=1, output_files=0, seed=1)

    assert [(aim.phase, aim.rule) for aim in aims] == [
        *((STAGE, rule) for rule in "abcd"), (SAVED, None), (SAVED, None), (STATE_FILE, None),
    ]  # fmt: skip
    assert [aim.how for aim in aims].count(ALONE) == 1  # 0.3 of four stages


def kill(phase: str, rule: str | None = None, **left: object) -> Kill:
    values: dict[str, object] = {
        "rules": ["a"], "saved": {}, "partial": [], "at": 0.0,
    }  # fmt: skip
    return Kill(Aim(phase, rule), **(values | left))  # type: ignore[arg-type]


def test_when_a_kill_has_met_its_moment() -> None:
    assert kill(STAGE, "a").met and not kill(STAGE, "b").met
    assert kill(SAVED, saved={"log": (1, 2)}).met and not kill(SAVED).met
    state, output = "results/t/state/x/.c.h-1.partial", "results/t/.c.h-1.partial"
    assert kill(STATE_FILE, partial=[state]).met and not kill(STATE_FILE, partial=[output]).met
    assert not kill(STATE_FILE, rules=[], partial=[state]).met  # nothing ran


def test_no_file_of_an_earlier_kill_or_an_orphan_is_taken_for_a_job_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, tables = tmp_path / ".snakemake/scripts/x.predict.py", tmp_path / RESULTS / "tables"
    for folder in (job.parent, tables):
        folder.mkdir(parents=True)
    job.write_text(JOB)
    command = [sys.executable, "-c", RUN, "-c", WORKFLOW, SNAKEMAKE[-1], str(job), str(tables)]
    monkeypatch.setattr(kills, "start", lambda *_: subprocess.Popen(command))
    of_a_killed = tables / f".c.csv.host-{subprocess.Popen(['true']).pid}.partial"
    of_an_orphan = tables / f".d.csv.host-{os.getpid()}.partial"
    for path in (of_a_killed, of_an_orphan):
        path.touch()
    os.utime(of_an_orphan, (2**32, 2**32))  # it goes on writing

    found = kills._attempt(tmp_path, "all", [Aim(OUTPUT_FILE)], {}, (), random.Random(0))

    assert found is not None and found.met
    assert found.rules == ["predict"]
    assert [Path(name).name[:3] for name in found.partial] == [".b."]


def test_a_saved_point_is_of_a_training_that_runs_in_this_attempt(tmp_path: Path) -> None:
    state = tmp_path / RESULTS / "state/train_student/x"
    state.mkdir(parents=True)
    point, lock = state / "current.safetensors", state.with_name("x.lock")
    point.touch()
    with subprocess.Popen(["true"]) as runner:
        watch = kills._Watch(tmp_path, runner, ())
    watch.look()
    watch.jobs = {os.getpid(): "train_student"}
    for pid, seconds, expected in (
        (os.getpid(), 1, [point]),
        (os.getpid(), -1, []),  # of an earlier attempt
        (os.getppid(), 1, []),  # of an orphan
    ):
        lock.write_text(str(pid))
        os.utime(point, (watch.began + seconds,) * 2)
        assert watch.saved() == expected


def test_rules_that_no_kill_met_are_named() -> None:
    met = Outcome(kills=[kill(STAGE, "a")])

    assert "| 1 of 3 rules; the others: b, c |" in report(met, ["c", "b", "a"])
    assert "| 1 of 1 rules; the others: none |" in report(met, ["a"])


def test_what_is_no_going_on_is_told(tmp_path: Path) -> None:
    log = tmp_path / "log"
    killed = kill(SAVED, saved={"log": (2, 3)}, at=1_000_000.0)
    for said, waits, resumed, mistakes in (
        ("going on from the saved point: epoch 2, batch 3\nloop: epoch 2, step 8\n", 0, 1, 0),
        ("going on from the saved point: epoch 2, batch 0\nloop: epoch 2, step 8\n", 0, 0, 1),
        ("going on from the saved point: epoch 2, batch 3\nloop: epoch 1, step 4\n", 0, 0, 1),
        ("loop: epoch 1, step 4\n", 0, 0, 1),
        ("train_student starts\n", 1, 0, 0),
    ):
        log.write_text(said)
        waiting, outcome = {"log": killed}, Outcome()
        check_resuming(tmp_path, waiting, outcome)
        found = (len(waiting), outcome.resumed, len(outcome.mistakes))
        assert found == (waits, resumed, mistakes), said

    os.utime(log, (999_999, 999_999))  # as the kill left it
    log_before = {"log": killed}
    check_resuming(tmp_path, log_before, Outcome())
    assert log_before


def test_times_in_a_history_are_not_compared(tmp_path: Path) -> None:
    for folder, row in (("a", "1,0.5,3.1"), ("b", "1,0.5,4.2"), ("c", "1,0.6,3.1")):
        (tmp_path / folder / "results").mkdir(parents=True)
        history = tmp_path / folder / "results/history.csv"
        history.write_text(f"epoch,dev_loss,seconds\n{row}\n")

    assert compare(tmp_path / "a", tmp_path / "b") == (1, [])
    assert compare(tmp_path / "a", tmp_path / "c") == (1, ["results/history.csv"])


def test_a_missing_file_one_too_many_and_another_byte_are_told(tmp_path: Path) -> None:
    of_reference = {"same": "1", "missing": "1", "other": "1", "s/logs/x": "1"}
    of_project = {"same": "1", "many": "1", "other": "2", "s/logs/x": "2"}
    for folder, files in (("a", of_reference), ("b", of_project)):
        for name, content in files.items():
            path = tmp_path / folder / "results" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)

    assert compare(tmp_path / "a", tmp_path / "b") == (
        4, ["results/many", "results/missing", "results/other"],
    )  # fmt: skip
