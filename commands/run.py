"""Run the workflow for a study and a target, on from wherever it stands, after any kill.

python -m commands.run --study thesis --target results/accuracy_table.csv
"""

import argparse
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType

import psutil

from clseave_core.report.terminal_table import show_table
from clseave_core.study.configuration import configured_study
from clseave_core.study.sources import Sources
from commands.folder_lock import (
    FolderBusyError,
    FolderLock,
    FolderUnusableError,
    Holder,
    folder_lock,
    refuse_beside_snakemake,
)

LOCK = Path("results/.run.lock")
TABLE = "accuracy_table.csv"
BUSY = 75  # EX_TEMPFAIL of sysexits.h: try again later
UNUSABLE = 2
ELSEWHERE = {"--profile", "--workflow-profile", "--executor", "-e"}
DRY = {"-n", "--dry-run", "--dryrun"}
SNAKEMAKE = [sys.executable, "-m", "commands.quiet_snakemake"]
GRACE_SECONDS = 0.3
"""For Snakemake to note that it is interrupted, before its jobs end and count as failed."""


def main(arguments: list[str] | None = None) -> int:
    """Run, and return the exit code: 0, Snakemake's own, 75 where another run is at work."""
    options = _parser().parse_args(arguments)
    try:
        study, sources = configured_study(options.study)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    if _missing_gpus(options):
        return UNUSABLE
    try:
        with folder_lock(LOCK, Holder(study, options.target)) as lock:
            refuse_beside_snakemake()
            code = _run(study, sources, options, lock)
    except FolderBusyError as error:
        print(error, file=sys.stderr)
        return BUSY
    except FolderUnusableError as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    if code == 0 and Path(options.target).name == TABLE and not _is_dry(options):
        print(f"\n{show_table(options.target)}\n{options.target}")
    return code


def _missing_gpus(options: argparse.Namespace) -> bool:
    """Whether GPUs were asked for that are not here, which is said.

    With a profile or an executor jobs may run on other machines, and find out themselves.
    """
    elsewhere = any(word.split("=")[0] in ELSEWHERE for word in options.more)
    if not options.gpus or elsewhere or "SNAKEMAKE_PROFILE" in os.environ or _is_dry(options):
        return False
    command = [sys.executable, "-m", "commands.gpus", str(options.gpus)]
    return subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode != 0


def _run(study: str, sources: Sources, options: argparse.Namespace, lock: FolderLock) -> int:
    """After a SIGKILL Snakemake needs exactly these two: its lock away, then rerun-incomplete."""
    if any(Path(".snakemake/locks").glob("*.lock")):
        code = _supervise(
            [*SNAKEMAKE, "--unlock", "--quiet", "all", "--config", f"study={study}"], lock
        )
        if code != 0:
            return code
    return _supervise(snakemake_command(study, sources, options), lock)


def snakemake_command(study: str, sources: Sources, options: argparse.Namespace) -> list[str]:
    """Snakemake's command line; with a profile, the profile says how many cores."""
    command = [*SNAKEMAKE, options.target]
    # Else a control may be trained first, while a core waits for the students' teacher. With a
    # --config of the user's own the study may be another than `sources` knows.
    configured = any(word.startswith(("--config", "-C")) for word in options.more)
    if Path(options.target).name == TABLE and not configured and sources.awaited_teachers:
        command += ["--prioritize", *sources.awaited_teachers]
    command += ["--rerun-incomplete", "--show-failed-logs"]
    if not _is_dry(options):
        command += ["--logger", "lines"]
    if not any(word == "--profile" or word.startswith("--profile=") for word in options.more):
        command += ["--cores", options.cores]
    if options.gpus is not None:
        command += ["--resources", f"gpu={options.gpus}"]
    return [*command, *_with_study(options.more, study)]


def _is_dry(options: argparse.Namespace) -> bool:
    return not DRY.isdisjoint(options.more)


def _with_study(words: list[str], study: str) -> list[str]:
    """Put `study=...` among the values of --config; of two --config Snakemake reads the last."""
    words = [part for word in words for part in _apart(word)]
    place = next((i for i, word in enumerate(words) if word in ("--config", "-C")), len(words))
    return [*words[:place], "--config", f"study={study}", *words[place + 1 :]]


def _apart(word: str) -> list[str]:
    """`--config=key=value` as two words, which is how further values can join it."""
    option, _, value = word.partition("=")
    return [option, value] if option in ("--config", "-C") and value else [word]


def _supervise(command: list[str], lock: FolderLock) -> int:
    """Run `command` with the lock; pass on what is to end it, and wait until it has ended.

    The child has a process group of its own, so that an interrupt reaches it and its jobs once,
    whether it comes from a terminal or from `kill`. A request to terminate is passed on as an
    interrupt: at a SIGTERM Snakemake would go on for as long as its running jobs take. The jobs are
    asked to terminate, which ends a Python that is still importing without a word.
    """
    received: list[int] = []
    children: list[subprocess.Popen[bytes]] = []

    def pass_on(number: int, _: FrameType | None) -> None:
        if not received:
            print("Stopping; the same command goes on later.", file=sys.stderr, flush=True)
        received.append(number)
        for child in children:
            _interrupt(child)

    ending = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup wants it
        ending.append(signal.SIGHUP)
    before = {number: signal.signal(number, pass_on) for number in ending}
    try:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, env=_environment(), process_group=0,
            pass_fds=[lock.descriptor],
        )  # fmt: skip
        children.append(child)
        lock.name_workflow(child.pid)
        if received:
            _interrupt(child)
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 128 + received[0] if received else code


def _interrupt(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.send_signal(signal.SIGINT)
        threading.Timer(GRACE_SECONDS, _terminate_jobs, [child.pid]).start()


def _terminate_jobs(group: int) -> None:
    """Ask all processes of a group to terminate, but for its first, which is Snakemake."""
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, psutil.Error):
            if process.pid != group and os.getpgid(process.pid) == group:
                process.terminate()


def _environment() -> dict[str, str]:
    """The environment with the folder of the logger plugin `lines` on Python's path, and a HOME.

    Snakemake stops where nobody knows the user's.
    """
    path = [str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"HOME": _home()} | os.environ | {"PYTHONPATH": os.pathsep.join(path)}


def _home() -> str:
    try:
        return str(Path.home())
    except RuntimeError:  # a user of a container, whom no list of users knows
        return "/nonexistent"


def _count(word: str) -> int:
    """A number of GPUs, which Snakemake would refuse later and in other words."""
    if not (word.isascii() and word.isdigit()):
        raise argparse.ArgumentTypeError(f"{word!r} is no number of GPUs. Give 0, 1, 2 or more.")
    return int(word)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m commands.run", description=__doc__)
    parser.add_argument("--study", help="a file of studies/; by default that of config.yaml")
    parser.add_argument("--target", default=f"results/{TABLE}", help="the file to make")
    parser.add_argument("--cores", default="all", help="cores to use (default: all)")
    parser.add_argument(
        "--gpus", type=_count, help="jobs that may use a GPU at the same time; 0 is the CPU"
    )
    parser.add_argument("more", nargs="*", help="after --: more options for Snakemake")
    return parser


if __name__ == "__main__":
    sys.exit(main())
