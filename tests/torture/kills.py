"""Kill the workflow with SIGKILL at chosen moments, start it again, and see that nothing is lost.

A pass takes the study from nothing to its end; an attempt is one `make run` of it, which ends with
a kill or with the study. Moments are found by watching from outside, processes and files: the
product has no hook for it.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import yaml
from safetensors import safe_open

from clseave_core.files import PARTIAL
from commands.run import SNAKEMAKE
from tests.hidden_gpus import HIDDEN
from tests.rehearsal.workflow import EVERY_RULE, KEPT, copy_project
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

STUDY = "torture"
RESULTS = Path("results") / STUDY
TRAINING = {"save_every_seconds": 0, "epochs": 6}
"""Trainings that save themselves after every step, and are long enough to be met there."""
PRESETS = ("clip_ve", "clseave", "autoencoder", "clteave", "translate_train", "frozen_head")
MOST_PASSES = 6
MOST_OF_ONE_TRAINING = 2
"""Kills of one training after its saved point, so that others get theirs."""
ALONE_OF_STAGES = 0.3
"""Share of the stages in which Snakemake alone is killed."""
PARTIALS = (STATE_FILE, OUTPUT_FILE)


def aims_of(
    rules: Collection[str], saved: int, state_files: int, output_files: int, seed: int
) -> list[Aim]:
    """One aim for each rule, and so many of the other phases."""
    names = sorted(rules)
    alone = set(random.Random(seed).sample(names, round(ALONE_OF_STAGES * len(names))))
    return [
        *(Aim(STAGE, name, ALONE if name in alone else GROUP) for name in names),
        *[Aim(SAVED)] * saved,
        *[Aim(STATE_FILE)] * state_files,
        *[Aim(OUTPUT_FILE)] * output_files,
    ]


def write_study(project: Path) -> None:
    """The tiny study of every rule with trainings that can be met after a saved point."""
    shutil.copy(EVERY_RULE, project / "studies")
    study = {
        "based_on": EVERY_RULE.stem,
        "description": "Every rule, saved at every step.",
        "presets": dict.fromkeys(PRESETS, TRAINING),
    }
    (project / f"studies/{STUDY}.yaml").write_text(yaml.safe_dump(study))


def start(project: Path, target: str) -> subprocess.Popen[bytes]:
    """`make run` in `project`, with what it says in its file said.txt."""
    command = [
        sys.executable, "-m", "commands.run", "--study", STUDY, "--target", target, "--cores", "2",
    ]  # fmt: skip
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment |= {"HOME": str(project / "home"), "OMP_NUM_THREADS": "1", **HIDDEN}
    with (project / "said.txt").open("ab") as said:
        return subprocess.Popen(
            command, cwd=project, env=environment, stdout=said, stderr=said,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip


def undisturbed(folder: Path, target: str) -> Path:
    """A copy of the project in which the study ran from start to end."""
    project = copy_project(folder)
    write_study(project)
    code = start(project, target).wait()
    if code != 0:
        raise RuntimeError(f"the undisturbed run ended with {code}: see {project / 'said.txt'}")
    return project


def torture(
    folder: Path, reference: Path, target: str, aims: Collection[Aim], seed: int,
    tell: Callable[[str], None] = print,
) -> Outcome:  # fmt: skip
    """Kill at each of `aims` and compare what comes out in the end with `reference`.

    Raises RuntimeError where an attempt ends with an error that is not our kill, or where aims are
    left after some passes.
    """
    chance = random.Random(seed)
    project = copy_project(folder)
    write_study(project)
    seconds = _seconds(reference)
    left, outcome = list(aims), Outcome()
    while left or not outcome.passes:
        if outcome.passes == MOST_PASSES:
            raise RuntimeError(f"after {MOST_PASSES} passes these moments were not met: {left}")
        shutil.rmtree(project / "results", ignore_errors=True)
        waiting: dict[str, Kill] = {}
        while True:
            hit = Counter(log for kill in outcome.kills for log in kill.saved)
            spared = {log for log, times in hit.items() if times >= MOST_OF_ONE_TRAINING}
            kill = _attempt(project, target, left, seconds, spared, chance)
            check_resuming(project, waiting, outcome)
            if kill is None:
                break
            waiting |= dict.fromkeys(kill.saved, kill)
            outcome.kills.append(kill)
            if kill.met:
                left.remove(kill.aim)
            phase = kill.aim.phase if kill.met else "a moment too late"
            ran = ", ".join(kill.rules) or "no job"
            tell(f"kill {len(outcome.kills)}: {kill.aim.how}; {ran}; {phase}; {len(left)} left")
        outcome.passes += 1
        outcome.mistakes += [f"{log}: was never gone on with" for log in waiting]
        compared, differing = compare(reference, project)
        outcome.compared += compared
        outcome.differing += differing
        tell(f"pass {outcome.passes}: {compared} files compared, {len(differing)} differ")
    return outcome


def _seconds(reference: Path) -> dict[str, float]:
    """How long the longest job of each rule took."""
    longest: dict[str, float] = {}
    for path in (reference / RESULTS / "benchmarks").rglob("*.tsv"):
        rule = path.relative_to(reference / RESULTS / "benchmarks").parts[0].removesuffix(".tsv")
        took = float(path.read_text().splitlines()[1].split("\t")[0])
        longest[rule] = max(took, longest.get(rule, 0.0))
    return longest


def _attempt(
    project: Path,
    target: str,
    left: list[Aim],
    seconds: dict[str, float],
    spared: Collection[str],
    chance: random.Random,
) -> Kill | None:
    """Run until one of the aims is met, and kill; None where the study came to its end.

    `spared` are logs of trainings that are not killed for the sake of their saved point any more.
    """
    runner = start(project, target)
    watch = _Watch(project, runner, spared)
    due: dict[int, tuple[Aim, float]] = {}
    while runner.poll() is None:
        watch.look()
        now = time.time()
        partial = next((aim for aim in left if aim.phase in PARTIALS and watch.partial(aim)), None)
        if partial is not None:
            kill = watch.kill(partial)
            if kill is not None:
                return kill
            continue
        for pid, rule in watch.jobs.items():
            aim = next((one for one in left if one.rule == rule), None)
            if pid not in due and aim is not None:
                due[pid] = (aim, now + chance.uniform(0, 0.8) * seconds.get(rule, 1.0))
        ripe = next(
            (aim for pid, (aim, at) in due.items() if pid in watch.jobs and at <= now), None
        )
        if ripe is None and any(aim.phase == SAVED for aim in left) and watch.worth_a_kill():
            time.sleep(chance.uniform(0, 0.5))
            ripe = next(aim for aim in left if aim.phase == SAVED)
        if ripe is not None:
            kill = watch.kill(ripe)
            if kill is not None:
                return kill
        time.sleep(0.001)
    if runner.returncode != 0:
        said = (project / "said.txt").read_text(errors="replace")[-3000:]
        raise RuntimeError(f"an attempt ended with {runner.returncode} by itself:\n{said}")
    return None


class _Watch:
    """What a running attempt does, as seen from outside."""

    def __init__(
        self, project: Path, runner: subprocess.Popen[bytes], spared: Collection[str]
    ) -> None:
        self.project, self.runner, self.spared = project, runner, spared
        self.began = time.time()
        self.results = project / RESULTS
        self.jobs: dict[int, str] = {}
        self._workflow: psutil.Process | None = None
        self._folders: list[Path] = []
        self._looked = 0.0

    def look(self) -> None:
        """Look at processes and folders again, where that is some time ago."""
        if time.time() - self._looked < 0.03:
            return
        self._looked = time.time()
        self._folders = [Path(folder) for folder, _, _ in os.walk(self.results)]
        try:
            if self._workflow is None:
                self._workflow = _snakemake(self.runner.pid)
            children = self._workflow.children(recursive=True) if self._workflow else []
            self.jobs = dict(_jobs(children))
        except psutil.NoSuchProcess:
            self.jobs = {}

    def partial(self, aim: Aim) -> Path | None:
        """A temporary file of the kind that `aim` wants, of a job that runs now."""
        for folder in self._folders:
            is_state = folder.is_relative_to(self.results / "state")
            if is_state != (aim.phase == STATE_FILE) or (is_state and self._is_spared(folder)):
                continue
            with suppress(FileNotFoundError), os.scandir(folder) as entries:
                paths = (Path(entry.path) for entry in entries if entry.name.endswith(PARTIAL))
                found = next((path for path in paths if self._is_of_a_job(path)), None)
                if found is not None:
                    return found
        return None

    def _is_of_a_job(self, partial: Path) -> bool:
        """Whether a job of this attempt writes this temporary file, by the pid in its name.

        An earlier kill leaves its own until the same file is written again, and an orphan goes on
        writing: neither is killed now. The time is for a pid that is used again.
        """
        pid = partial.name.removesuffix(PARTIAL).rpartition("-")[2]
        return pid.isdigit() and int(pid) in self.jobs and self._is_new(partial)

    def _is_new(self, path: Path) -> bool:
        """Whether it was written in this attempt.

        A file's time lags the clock by some milliseconds, so that an old file never seems new; the
        first job writes seconds after the beginning.
        """
        try:
            return path.stat().st_mtime > self.began
        except FileNotFoundError:
            return False

    def saved(self) -> list[Path]:
        """Saved points of this attempt, of trainings that run now; not those of an orphan."""
        paths = (folder / "current.safetensors" for folder in self._folders)
        return [path for path in paths if self._is_new(path) and _owner(path.parent) in self.jobs]

    def worth_a_kill(self) -> bool:
        """Whether a training that is not spared has a saved point."""
        return any(not self._is_spared(path.parent) for path in self.saved())

    def _is_spared(self, state: Path) -> bool:
        return self._log(state) in self.spared

    def _log(self, state: Path) -> str:
        """The log of the job with this folder for its state."""
        log = self.results / "logs" / state.relative_to(self.results / "state")
        return f"{log.relative_to(self.project)}.log"

    def kill(self, aim: Aim) -> Kill | None:
        """Kill as the aim says, and say what was killed; None where the moment had passed."""
        workflow = self._workflow
        if workflow is None or not workflow.is_running():
            return None
        running = [workflow.pid, *self.jobs]
        if aim.how == GROUP:
            os.kill(self.runner.pid, signal.SIGKILL)
            os.killpg(workflow.pid, signal.SIGKILL)
        else:
            os.kill(workflow.pid, signal.SIGKILL)
            running = [workflow.pid]
        self.runner.wait()
        _wait_for_end(running)
        points = {} if aim.how == ALONE else self._positions()
        partial = [
            str(path.relative_to(self.project))
            for folder, folders, files in os.walk(self.results)
            for path in (Path(folder) / name for name in [*folders, *files])
            if path.name.endswith(PARTIAL) and self._is_of_a_job(path)
        ]
        return Kill(
            aim, sorted(set(self.jobs.values())), points, partial, time.time()
        )  # fmt: skip

    def _positions(self) -> dict[str, tuple[int, int]]:
        """Epoch and batch of the saved points that this attempt left, by the job's log."""
        found = {}
        for path in self.saved():
            with safe_open(str(path), framework="pt") as file:
                position = json.loads(file.metadata()["position"])
            found[self._log(path.parent)] = (position["epoch"], position["batch"])
        return found


def _owner(state: Path) -> int | None:
    """The process that had the lock of this state last."""
    with suppress(FileNotFoundError, ValueError):
        return int(state.with_name(f"{state.name}.lock").read_text())
    return None


def _snakemake(pid: int) -> psutil.Process | None:
    """The Snakemake that works for `make run`; not the one that only unlocks."""
    for child in psutil.Process(pid).children():
        words = child.cmdline()
        if SNAKEMAKE[-1] in words and "--unlock" not in words:
            return child
    return None


def _jobs(processes: Collection[psutil.Process]) -> Iterator[tuple[int, str]]:
    """Scripts among the processes: pid and rule."""
    for process in processes:
        try:
            words = process.cmdline()
        except psutil.Error:
            continue
        script = next((word for word in words[1:3] if "/.snakemake/scripts/" in word), None)
        if script is not None and " " not in script:
            yield process.pid, Path(script).name.split(".")[1]


def _wait_for_end(pids: Collection[int]) -> None:
    """Until none of these runs; zombies of a killed parent are nobody's."""
    for pid in pids:
        while psutil.pid_exists(pid):
            try:
                if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                    break
            except psutil.NoSuchProcess:
                break
            time.sleep(0.005)
