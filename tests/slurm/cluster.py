"""A Slurm cluster on this machine for the tests: its life, its records, the death of a node."""

import os
import re
import shutil
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

HERE = Path(__file__).parent
PROGRAMS = ("slurmctld", "slurmd", "munged", "sbatch", "srun", "squeue", "scontrol")
SLURM_CONF = Path("/etc/slurm/slurm.conf")
MARK = "# written by tests/slurm/up.sh"


def missing() -> str | None:
    """Why no cluster can be brought up here; None where it can."""
    if os.geteuid() != 0:
        return "only root can bring up Slurm"
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    if absent:
        return (
            f"{', '.join(absent)} not installed (Debian, Ubuntu: apt-get install "
            "--no-install-recommends slurmctld slurmd slurm-client munge)"
        )
    if SLURM_CONF.exists() and MARK not in SLURM_CONF.read_text().splitlines():
        return f"{SLURM_CONF} is there: this machine belongs to a cluster"
    if any(process.info["name"] == "slurmctld" for process in psutil.process_iter(["name"])):
        return "slurmctld runs here already"
    return None


@dataclass(frozen=True)
class Job:
    """What Slurm recorded of a job; memory in megabytes, time limit in minutes."""

    number: int
    comment: str
    state: str
    partition: str
    node: str
    mem_mb: int
    runtime: int
    cpus_per_task: int
    gpus: int

    @property
    def rule(self) -> str:
        """The rule, from the comment `rule_<rule>_wildcards_<wildcards>`."""
        return self.comment.removeprefix("rule_").split("_wildcards_")[0]

    @classmethod
    def read(cls, line: str) -> "Job":
        """From a line of `scontrol show job --oneliner`."""
        field = dict(re.findall(r"(\S+?)=(\S*)", line))
        limit = re.fullmatch(r"(?:(\d+)-)?(\d+):(\d+):00", field["TimeLimit"])
        memory = re.search(r"mem=(\d+)([MG])", field["TRES"])
        gpus = re.search(r"gpu:(\d+)", field.get("TresPerJob", ""))
        assert limit is not None and memory is not None, line
        days, hours, minutes = map(int, limit.groups("0"))
        return cls(
            number=int(field["JobId"]),
            comment=field["Comment"],
            state=field["JobState"],
            partition=field["Partition"],
            node=field["NodeList"],
            mem_mb=int(memory[1]) * (1024 if memory[2] == "G" else 1),
            runtime=(days * 24 + hours) * 60 + minutes,
            cpus_per_task=int(field["CPUs/Task"]),
            gpus=int(gpus[1]) if gpus else 0,
        )


class Cluster:
    """The cluster that `up.sh` brings up and that keeps its files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> "Cluster":
        try:
            subprocess.run([HERE / "up.sh", self.folder], check=True)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        subprocess.run([HERE / "down.sh", self.folder], check=True)

    def jobs(self) -> list[Job]:
        """All jobs so far, in the order of their numbers, ended ones too."""
        lines = self.ask("scontrol", "show", "job", "--oneliner").splitlines()
        return sorted(
            (Job.read(line) for line in lines if line.startswith("JobId=")),
            key=lambda job: job.number,
        )

    def ask(self, *command: str) -> str:
        """Run one of Slurm's programs; they block long when the cluster is gone."""
        return subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=30
        ).stdout

    def kill_node(self, name: str) -> None:
        """Let a node die: its daemon and everything that runs on it, at once.

        Daemons first: one that sees its task die would report the job as failed.
        """
        daemons = [psutil.Process(int((self.folder / f"slurmd.{name}.pid").read_text()))]
        tasks = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):  # it has ended
                if process.environ().get("SLURMD_NODENAME") == name:
                    tasks.append(process)
                    daemons += _step_daemon(process)
        for process in [*daemons, *tasks]:
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def await_state(self, job: Job, state: str) -> None:
        """Wait until Slurm knows what became of a job."""
        limit = time.monotonic() + 120
        while f"JobState={state} " not in self.ask("scontrol", "show", "job", str(job.number)):
            assert time.monotonic() < limit, f"job {job.number} is not {state}"
            time.sleep(1)

    def revive_node(self, name: str) -> None:
        """Start a dead node again."""
        subprocess.run(["slurmd", "-N", name], check=True)


def _step_daemon(process: psutil.Process) -> list[psutil.Process]:
    """The daemon of the job step that a process began, if it did."""
    parent = process.parent()
    return [parent] if parent is not None and parent.name().startswith("slurmstepd") else []
