"""`make run` with a Snakemake of our own making: locks, signals, exit codes, command lines."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clseave_core.study.sources import Sources
from commands.run import _parser, snakemake_command

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import sys
from commands import run
run.SNAKEMAKE = [sys.executable, "snakemake.py"]
sys.exit(run.main(sys.argv[1:]))
"""
SNAKEMAKE = """
import os, sys, time
from pathlib import Path
with open("calls.txt", "a") as calls:
    print(*sys.argv[1:], file=calls)
if "--unlock" in sys.argv:
    sys.exit(0)
Path("pid.txt").write_text(str(os.getpid()))
try:
    end = time.monotonic() + float(os.environ["SECONDS_TO_RUN"])
    while time.monotonic() < end:
        time.sleep(0.05)
except KeyboardInterrupt:
    Path("interrupted.txt").touch()
    sys.exit(1)
sys.exit(int(os.environ["EXIT_CODE"]))
"""

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `make run` in a folder whose workflow takes `seconds` and ends with `code`."""
    for name in ("studies", "schemas", "config.yaml"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "snakemake.py").write_text(SNAKEMAKE)
    running: list[subprocess.Popen[str]] = []

    def begin(*arguments: str, seconds: float = 0.0, code: int = 0) -> subprocess.Popen[str]:
        environment = os.environ | {
            "PYTHONPATH": str(ROOT), "SECONDS_TO_RUN": str(seconds), "EXIT_CODE": str(code),
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, "--study", "tiny", "--target", "x.json", *arguments],
            cwd=tmp_path, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        running.append(process)
        return process

    yield begin
    for process in running:
        process.send_signal(signal.SIGINT)  # which its workflow gets too
        process.communicate(timeout=60)


def wait_for(path: Path) -> str:
    """The content of a file that another process is about to write."""
    end = time.monotonic() + 60
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < end, f"{path} did not come"
        time.sleep(0.05)
    return path.read_text()


def ended(pid: int) -> None:
    """Wait for a process that is no child of ours."""
    end = time.monotonic() + 60
    while Path(f"/proc/{pid}").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text():
        assert time.monotonic() < end, f"process {pid} still lives"
        time.sleep(0.05)


def test_the_exit_code_is_the_workflows(start: Start) -> None:
    assert start(code=0).wait(60) == 0
    assert start(code=3).wait(60) == 3


def test_a_second_run_says_who_is_at_work_and_leaves(start: Start, tmp_path: Path) -> None:
    first = start(seconds=60)
    wait_for(tmp_path / "pid.txt")
    second = start()
    _, said = second.communicate(timeout=60)

    assert second.returncode == 75
    assert said.startswith(f"process {first.pid} has been making x.json of the study tiny")
    assert len((tmp_path / "calls.txt").read_text().splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_reaches_the_workflow_as_an_interrupt(
    start: Start, tmp_path: Path, number: signal.Signals
) -> None:
    run = start(seconds=60)
    wait_for(tmp_path / "pid.txt")
    run.send_signal(number)

    assert run.wait(60) == 128 + number
    assert (tmp_path / "interrupted.txt").exists()


@pytest.mark.slow
def test_the_orphan_of_a_killed_run_keeps_the_lock(start: Start, tmp_path: Path) -> None:
    run = start(seconds=60)
    orphan = int(wait_for(tmp_path / "pid.txt"))
    time.sleep(0.2)  # the record of the lock is written right after
    run.kill()
    run.wait(60)
    second = start()
    _, said = second.communicate(timeout=60)

    assert second.returncode == 75
    assert said.startswith(f"process {orphan} (left behind by process {run.pid}) has been making")
    os.kill(orphan, signal.SIGINT)
    ended(orphan)
    assert start().wait(60) == 0


def test_snakemakes_lock_of_a_killed_run_is_taken_away(start: Start, tmp_path: Path) -> None:
    locks = tmp_path / ".snakemake/locks"
    locks.mkdir(parents=True)
    (locks / "0.output.lock").write_text("x.json\n")

    assert start().wait(60) == 0
    first, second = (tmp_path / "calls.txt").read_text().splitlines()
    assert first == "--unlock --quiet all --config study=tiny"
    assert second.startswith("x.json --rerun-incomplete")


def test_a_snakemake_that_was_started_by_hand_is_left_alone(start: Start, tmp_path: Path) -> None:
    locks = tmp_path / ".snakemake/locks"
    locks.mkdir(parents=True)
    (locks / "0.output.lock").write_text("x.json\n")
    (tmp_path / "snakemake").write_text("import time\ntime.sleep(60)\n")
    by_hand = subprocess.Popen([sys.executable, "snakemake"], cwd=tmp_path)
    try:
        run = start()
        _, said = run.communicate(timeout=60)
    finally:
        by_hand.kill()
        by_hand.wait()

    assert run.returncode == 75
    assert said.startswith(f"process {by_hand.pid} (")
    assert not (tmp_path / "calls.txt").exists()


def test_an_unknown_study_is_named_before_anything_starts(start: Start, tmp_path: Path) -> None:
    run = start("--study", "tyni")
    _, said = run.communicate(timeout=60)

    assert run.returncode == 2
    assert said.startswith("there is no studies/tyni.yaml")
    assert "Traceback" not in said
    assert not (tmp_path / "calls.txt").exists()


SOURCES = Sources(
    "s",
    {
        "seeds": [0, 1],
        "methods": {"a": {"teacher": "x"}, "b": {"teacher": "t", "student": "u"}},
    },
    "R",
)


def test_the_teachers_that_students_wait_for_come_first() -> None:
    options = _parser().parse_args(["--target", "results/accuracy_table.csv"])
    command = snakemake_command("s", SOURCES, options)

    first = [f"results/s/teacher/t/seed{seed}/history.csv" for seed in (0, 1)]
    assert command[3:7] == ["results/accuracy_table.csv", "--prioritize", *first]


def test_with_a_configuration_of_the_users_own_nothing_comes_first() -> None:
    words = ["--target", "results/accuracy_table.csv", "--", "--config", "seeds=[5]"]

    assert "--prioritize" not in snakemake_command("s", SOURCES, _parser().parse_args(words))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--cores all --config study=s"),
        (["--cores", "4", "--gpus", "1"], "--cores 4 --resources gpu=1 --config study=s"),
        (["--", "--profile", "slurm"], "--profile slurm --config study=s"),
        (["--", "--config", "seeds=[1]"], "--cores all --config study=s seeds=[1]"),
        (["--", "-C", "a=1", "-k"], "--cores all --config study=s a=1 -k"),
        (["--", "--config=a=1", "-k"], "--cores all --config study=s a=1 -k"),
    ],
)
def test_snakemakes_command_line(arguments: list[str], words: str) -> None:
    options = _parser().parse_args(["--target", "t", *arguments])
    command = snakemake_command("s", SOURCES, options)

    start = "t --rerun-incomplete --show-failed-logs --logger lines "
    assert " ".join(command[3:]) == start + words


def test_a_dry_run_is_told_in_snakemakes_own_words() -> None:
    options = _parser().parse_args(["--target", "t", "--", "-n"])
    command = snakemake_command("s", SOURCES, options)

    assert command[-3:] == ["-n", "--config", "study=s"]
    assert "--logger" not in command
