"""A cluster that refuses every job: what its scheduler says reaches the terminal, once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rehearsal.workflow import ROOT, copy_project

SAID = "sbatch: error: invalid partition specified: nowhere"


def stand_in(folder: Path, name: str, script: str) -> None:
    """Put a program of this name, a shell script, into `folder`."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.slow
def test_a_partition_that_the_site_has_not_is_told_in_sbatchs_own_words(tmp_path: Path) -> None:
    (programs := tmp_path / "bin").mkdir()
    stand_in(programs, "sbatch", f"echo '{SAID}' >&2\nexit 1")
    for name in ("sinfo", "squeue", "sacct", "sacctmgr", "scancel", "scontrol"):
        stand_in(programs, name, "exit 0")
    project = copy_project(tmp_path / "project")
    shutil.copytree(ROOT / "slurm", project / "slurm")
    run = subprocess.run(
        [sys.executable, "-m", "commands.run", "--study", "tiny", "--", "--profile", "slurm"],
        cwd=project,
        env=os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    told = run.stdout + run.stderr
    assert run.returncode != 0, told
    assert told.count(SAID) == 1, told
    assert "for the same reason" in told
    assert "Traceback" not in told
    assert "sbatch call" not in told
