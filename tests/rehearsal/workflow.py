"""Run the workflow as a user does: in a copy of the project, with an environment of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.hidden_gpus import HIDDEN

ROOT = Path(__file__).resolve().parents[2]
PARTS = (
    "Snakefile", "config.yaml", "environment.yaml", "pyproject.toml", "rules", "studies", "schemas",
    "workflow_scripts", "clseave_core", "commands", "profiles",
)  # fmt: skip
EVERY_RULE = ROOT / "tests/workflow/every_rule.yaml"
"""A study with every rule that needs neither network, nor nouns, nor a further package."""
KEPT = ("PATH", "LANG", "TMPDIR", "VIRTUAL_ENV")
"""Variables of the surrounding process that a run sees; the user's own settings stay outside."""


def copy_project(target: Path) -> Path:
    """Put what the workflow needs into `target`, as a fresh clone has it."""
    target.mkdir(parents=True)
    no_caches = shutil.ignore_patterns("__pycache__")
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=no_caches)
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, target / name)
    return target


def snakemake(
    project: Path,
    arguments: Sequence[str],
    variables: Mapping[str, str],
    within: Sequence[str] = (),
) -> subprocess.CompletedProcess[str]:
    """Run Snakemake in `project` on two cores and return its result, both outputs as text.

    `within` are the words of a command that runs it, such as `WITHOUT_NETWORK`.
    """
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment |= {"HOME": str(project / "home"), "OMP_NUM_THREADS": "1", **HIDDEN, **variables}
    return subprocess.run(
        [*within, sys.executable, "-m", "snakemake", "--cores", "2", *arguments],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def told(project: Path, result: subprocess.CompletedProcess[str]) -> str:
    """What a failed run said, with the logs of its jobs, for the message of a test."""
    logs = sorted((project / "results").rglob("*.log"))
    tails = (f"--- {log.relative_to(project)}\n{log.read_text()[-2000:]}" for log in logs)
    return "\n".join([result.stdout[-6000:], *tails])
