"""What made the results: versions, models, and the time that each rule took.

Read from the provenance that every job leaves beside its log, and from the benchmarks. Times
differ from run to run, so that the page keeps them in one section of their own.
"""

import csv
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clseave_core.files import read_json
from clseave_core.report.page.study import Entries

CPU = "cpu"


@dataclass(frozen=True)
class Model:
    """A pretrained model: whence it is and the commit that was read, or what is known of it."""

    name: str
    source: str
    commit: str


@dataclass(frozen=True)
class RuleTime:
    """The jobs of a rule: their number, the sum of their seconds, the largest memory in MB."""

    rule: str
    jobs: int
    seconds: float
    memory: float


@dataclass(frozen=True)
class Times:
    """Time of the jobs whose results lie in the study's folder; `gpu_seconds` of those on a GPU.

    `devices` are the devices and `machines` the systems that the jobs name.
    """

    rules: Sequence[RuleTime]
    gpu_seconds: float
    devices: Sequence[str]
    machines: Sequence[str]

    @property
    def seconds(self) -> float:
        """All jobs together, as if they had run one after the other."""
        return sum(rule.seconds for rule in self.rules)

    @property
    def jobs(self) -> int:
        """How many jobs there were."""
        return sum(rule.jobs for rule in self.rules)


def read_provenance(logs: str | Path) -> dict[str, Mapping[str, Any]]:
    """What each job left, by the path of its log without ending, relative to `logs`."""
    logs = Path(logs)
    return {
        path.relative_to(logs).with_suffix("").as_posix(): read_json(path)
        for path in sorted(logs.rglob("*.json"))
    }


def versions(jobs: Iterable[Mapping[str, Any]], project: str | Path) -> dict[str, str]:
    """Every version that a job names, and clseave's from `project` (pyproject.toml).

    Where jobs differ, all versions stand beside each other.
    """
    found: dict[str, set[str]] = {}
    for job in jobs:
        for name, value in job.get("versions", {}).items():
            found.setdefault(name, set()).add(value)
    of_project = tomllib.loads(Path(project).read_text(encoding="utf-8"))["project"]["version"]
    named = {name: ", ".join(sorted(values)) for name, values in sorted(found.items())}
    first = ("python", "torch", "transformers", "snakemake")
    return (
        {"clseave": of_project} | {name: named.pop(name) for name in first if name in named} | named
    )


def models(entries: Entries, world_seed: int, jobs: Iterable[Mapping[str, Any]]) -> list[Model]:
    """Each pretrained model of the study, with the commit that a job read from `source.json`."""
    sources = [source for job in jobs for source in job.get("models", {}).values()]
    found = []
    for name, entry in entries.items():
        if "generate" in entry:
            kind, commit = "pretrained in this study", f"world seed {world_seed}"
        elif entry.get("path"):
            kind, commit = str(entry["path"]), "a folder of the user's own"
        elif "id" not in entry:
            kind, commit = f"package {entry.get('package', name)}", "as in requirements.lock"
        else:
            wanted = str(entry.get("revision", "main"))
            kind = f"{entry['id']} at {wanted}"
            read = {
                str(source["commit"])
                for source in sources
                if (source["id"], source["revision"]) == (entry["id"], wanted)
            }
            commit = ", ".join(sorted(read)) or "not recorded"
        found.append(Model(name, kind, commit))
    return found


def times(benchmarks: str | Path, jobs: Mapping[str, Mapping[str, Any]]) -> Times:
    """Sum Snakemake's benchmark files by rule, the longest first."""
    benchmarks = Path(benchmarks)
    sums: dict[str, list[tuple[float, float]]] = {}
    gpu = 0.0
    for path in sorted(benchmarks.rglob("*.tsv")):
        place = path.relative_to(benchmarks)
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                seconds = _number(row["s"])
                sums.setdefault(place.with_suffix("").parts[0], []).append(
                    (seconds, _number(row["max_rss"]))
                )
                job = jobs.get(place.with_suffix("").as_posix(), {})
                gpu += seconds if job.get("device", CPU) != CPU else 0
    rules = [
        RuleTime(rule, len(each), sum(s for s, _ in each), max(memory for _, memory in each))
        for rule, each in sums.items()
    ]
    rules.sort(key=lambda rule: (-rule.seconds, rule.rule))
    devices = {str(job["device"]) for job in jobs.values() if "device" in job}
    machines = {str(job["machine"]) for job in jobs.values() if "machine" in job}
    return Times(rules, gpu, sorted(devices), sorted(machines))


def _number(cell: str) -> float:
    """Snakemake writes `-` or `NA` for what it could not measure."""
    try:
        return float(cell)
    except ValueError:
        return 0.0
