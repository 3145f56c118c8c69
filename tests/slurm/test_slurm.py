"""The tiny study on a real Slurm with the project's own profile, its trainings disturbed.

A training is stopped once it has saved its state, and its job then meets what happens to jobs.
The study is also made without Slurm and undisturbed: both give the same bytes.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from signal import SIGCONT, SIGSTOP, SIGUSR1

import pytest
from safetensors import safe_open

from clseave_core.study.loading import load_study
from clseave_core.training.gpu_wish import VARIABLE
from clseave_core.training.history import Row, write_history
from tests.rehearsal.workflow import ROOT, copy_project
from tests.slurm.cluster import Cluster, Job, missing
from tests.workflow.test_shape import RULES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(missing() is not None, reason=missing() or ""),
]
TABLE = "results/accuracy_table.csv"
EPOCHS = {"train_teacher": 20, "train_student": 80}
"""So many that a training still runs when it is seen to have saved its first epoch."""
SETTINGS = {
    "presets": {
        "clip_ve": {"epochs": EPOCHS["train_teacher"]},
        "clseave": {"epochs": EPOCHS["train_student"], "evaluate_every": 20},
    },
    "teachers": {"hypothesis_only": {"training": {"epochs": EPOCHS["train_teacher"]}}},
    "compute": {"embed": {"threads": 2}, "train": {"mem_mb": 1500}},
}
LOCAL = {"download_file", "download_model", "translate_shard"}
GREEDY = Path(__file__).parent / "greedy"


def be_cancelled(cluster: Cluster, job: Job, pid: int) -> None:
    cluster.ask("scancel", str(job.number))


def exceed_its_memory(cluster: Cluster, job: Job, pid: int) -> None:
    os.kill(pid, SIGUSR1)  # see greedy/sitecustomize.py
    os.kill(pid, SIGCONT)


def pass_its_time_limit(cluster: Cluster, job: Job, pid: int) -> None:
    cluster.ask("scontrol", "update", f"JobId={job.number}", "TimeLimit=1")


def lose_its_node(cluster: Cluster, job: Job, pid: int) -> None:
    cluster.kill_node(job.node)
    cluster.await_state(job, "NODE_FAIL")
    cluster.revive_node(job.node)


Event = Callable[[Cluster, Job, int], None]
STATES: Mapping[Event, str] = {
    be_cancelled: "CANCELLED",
    exceed_its_memory: "FAILED",
    pass_its_time_limit: "TIMEOUT",
    lose_its_node: "NODE_FAIL",
}
"""What Slurm calls the end of a job; without cgroups too much memory is no state of its own."""
TEACHER, CONTROL, STUDENT = (
    "train_teacher/clip_ve/seed0",
    "train_teacher/hypothesis_only/seed0",
    "train_student/clseave/de/seed0",
)
"""The trainings, by the place of their log and their state."""
PLAN: Mapping[str, Sequence[Event]] = {
    TEACHER: [be_cancelled],
    CONTROL: [pass_its_time_limit],
    STUDENT: [exceed_its_memory, lose_its_node],
}
"""What happens to each training, one attempt after the other."""


class Study:
    """The tiny study in a copy of the project."""

    def __init__(self, folder: Path) -> None:
        self.folder = copy_project(folder)
        shutil.copytree(ROOT / "slurm", folder / "slurm")

    def begin(self, *arguments: str) -> None:
        """Start Snakemake; what it says goes to `said.txt`."""
        settings = [f"{key}={value}" for key, value in SETTINGS.items()]
        command = [sys.executable, "-m", "snakemake", TABLE, *arguments]
        with (self.folder / "said.txt").open("wb") as said:
            self.run = subprocess.Popen(
                [*command, "--config", "study=tiny", *settings],
                cwd=self.folder, stdout=said, stderr=subprocess.STDOUT,
                # The nodes only pretend to have GPUs: jobs are given one and compute on the CPU.
                env=os.environ
                | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(GREEDY), VARIABLE: "0"},
            )  # fmt: skip

    def said(self) -> str:
        """The end of what Snakemake said, for the message of a test."""
        return (self.folder / "said.txt").read_text()[-6000:]

    def made(self, place: str) -> Path:
        """A file or folder of the study."""
        return self.folder / "results/tiny" / place

    def stop(self, training: str, after: int | None) -> int:
        """Wait until a training has saved its state, stop it there, and return its pid.

        `after` is the pid of the attempt before, whose saved state is not waited for.
        """
        state = self.made("state") / training
        lock, saved = state.with_name(state.name + ".lock"), state / "current.safetensors"
        pid = self._await(lambda: _pid_other_than(after, lock), training)
        before = saved.stat().st_mtime_ns if after else 0
        self._await(lambda: saved.exists() and saved.stat().st_mtime_ns > before, training)
        os.kill(pid, SIGSTOP)
        return pid

    def _await(self, value: Callable[[], int | None], training: str) -> int:
        while not (found := value()):
            assert self.run.poll() is None, f"{training} saved no state\n{self.said()}"
            time.sleep(0.005)
        return found


def _pid_other_than(pid: int | None, lock: Path) -> int | None:
    """The pid in the lock file of a state, once it is another one."""
    words = lock.read_text() if lock.exists() else ""
    return int(words) if words and int(words) != pid else None


def jobs_of(jobs: Sequence[Job], training: str) -> list[Job]:
    """The jobs of a training, one for each attempt."""
    rule, *wildcards = training.replace("/seed", "/").split("/")
    return [job for job in jobs if job.comment == f"rule_{rule}_wildcards_{'_'.join(wildcards)}"]


def disturb(
    study: Study, cluster: Cluster, training: str, events: Sequence[Event]
) -> list[list[Row]]:
    """Let one event after the other happen to a training, each in an attempt of its own.

    Returns the history in the saved state before each.
    """
    pid, saved = None, []
    for event in events:
        pid = study.stop(training, after=pid)
        saved.append(saved_history(study.made(f"state/{training}")))
        event(cluster, jobs_of(cluster.jobs(), training)[-1], pid)
    return saved


def saved_history(state: Path) -> list[Row]:
    """The history in a saved state, whichever training it belongs to."""
    with safe_open(str(state / "current.safetensors"), framework="pt") as file:
        history: list[Row] = json.loads(file.metadata()["position"])["history"]
    return history


@dataclass(frozen=True)
class Run:
    """The study made on Slurm, what happened to it, and Slurm's records of its jobs."""

    study: Study
    jobs: list[Job]
    saved: Mapping[str, list[list[Row]]]
    """What each training had saved of its history, disturbance by disturbance."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    """The study as it is being made without Slurm, while the other mostly waits."""
    study = Study(tmp_path_factory.mktemp("undisturbed") / "project")
    study.begin("--cores", "2")
    yield study
    study.run.kill()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, undisturbed: Study) -> Run:
    study = Study(tmp_path_factory.mktemp("slurm") / "project")
    with Cluster(tmp_path_factory.mktemp("cluster")) as cluster, ThreadPoolExecutor() as pool:
        study.begin("--profile", "slurm")
        happening = {
            training: pool.submit(disturb, study, cluster, training, events)
            for training, events in PLAN.items()
        }
        try:
            code = study.run.wait()
        finally:
            study.run.kill()
        saved = {training: thread.result() for training, thread in happening.items()}
        jobs = cluster.jobs()
    assert code == 0, study.said()
    return Run(study, jobs, saved)


def test_resources_arrive(run: Run) -> None:
    study = load_study("tiny", SETTINGS)
    attempts: dict[str, int] = {}
    for job in run.jobs:
        attempt = attempts[job.comment] = attempts.get(job.comment, 0) + 1
        asked = study["compute"][re.findall(r'memory\("(\w+)"\)', RULES[job.rule])[0]]
        on_gpu = "gpu=1" in RULES[job.rule]
        assert job.mem_mb == asked["mem_mb"] * attempt
        assert job.cpus_per_task == asked["threads"]
        assert (job.partition, job.gpus) == (("gpu", 1) if on_gpu else ("cpu", 0))
        if STATES[pass_its_time_limit] != job.state:  # that one's limit was changed
            assert job.runtime == asked["runtime"] * attempt
    assert {job.cpus_per_task for job in run.jobs} == {1, 2}


def test_all_rules_but_the_local_ones_are_jobs(run: Run) -> None:
    ran = {path.stem for path in run.study.made("logs").iterdir()}

    assert ran - {job.rule for job in run.jobs} == LOCAL & ran == {"translate_shard"}


def test_each_attempt_is_a_job_of_its_own(run: Run) -> None:
    for training, events in PLAN.items():
        expected = [STATES[event] for event in events]
        assert [job.state for job in jobs_of(run.jobs, training)] == [*expected, "COMPLETED"]


def test_a_training_goes_on_from_its_saved_point(run: Run, tmp_path: Path) -> None:
    for training, histories in run.saved.items():
        kept = rows_of(run.study.made(f"{_results_of(training)}/history.csv"))
        epochs = EPOCHS[training.partition("/")[0]]
        assert [row["epoch"] for row in kept] == [str(n + 1) for n in range(epochs)]
        lengths = [0, *map(len, histories), epochs]
        assert lengths == sorted(set(lengths)), "each attempt adds to what was saved"
        for saved in histories:
            write_history(tmp_path / "saved.csv", saved)
            # A measure that no saved row has yet is a column of the whole history alone.
            before = rows_of(tmp_path / "saved.csv")
            # Another training of these epochs would have taken other seconds.
            assert before == [
                {name: row[name] for name in before[0]} for row in kept[: len(before)]
            ], training
        assert not run.study.made(f"state/{training}").exists()


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open() as file:
        return list(csv.DictReader(file))


def _results_of(training: str) -> str:
    return training.replace("train_teacher", "teacher").replace("train_student", "students")


def test_the_bytes_are_those_of_an_undisturbed_run(run: Run, undisturbed: Study) -> None:
    assert undisturbed.run.wait() == 0, undisturbed.said()
    for pattern in (
        "tables/*.csv", "scores/**/*.json", "predictions/**/*.parquet", "**/*.arrow",
        "**/*.safetensors",
    ):  # fmt: skip
        made = sorted(undisturbed.made("").glob(pattern))
        assert made, pattern
        for path in made:
            place = str(path.relative_to(undisturbed.made("")))
            assert run.study.made(place).read_bytes() == path.read_bytes(), place
    table = (run.study.folder / TABLE).read_bytes()
    assert table == (undisturbed.folder / TABLE).read_bytes()
