"""A scheduler that takes no job: stand-ins for Slurm's commands, of which `sbatch` refuses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rehearsal.workflow import ROOT, copy_project

COMMANDS = ("squeue", "sinfo", "sacct", "scontrol", "sacctmgr", "sshare", "scancel")
REFUSALS = {
    "partition": "invalid partition specified: gpu2\nsbatch: error: Batch job submission failed: "
    "Invalid partition name specified",
    "account": "Batch job submission failed: Invalid account or account/partition combination "
    "specified",
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", REFUSALS)
def test_what_sbatch_says_is_on_the_terminal_once(tmp_path: Path, kind: str) -> None:
    project = copy_project(tmp_path / "project")
    (project / "slurm").mkdir()
    (project / "slurm/config.yaml").write_text((ROOT / "slurm/config.yaml").read_text())
    programs = tmp_path / "bin"
    programs.mkdir()
    said = REFUSALS[kind]
    scripts = dict.fromkeys(COMMANDS, "exit 0") | {
        "sbatch": f"cat >&2 <<'END'\nsbatch: error: {said}\nEND\nexit 1"
    }
    for name, script in scripts.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    run = subprocess.run(
        [sys.executable, "-m", "commands.run", "--study", "tiny", "--target",
         "results/tiny/corpus/hypotheses.parquet", "--", "--profile", "slurm"],
        cwd=project, capture_output=True, text=True, check=False,
        env=os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1"},
    )  # fmt: skip

    assert run.returncode == 1
    assert run.stderr.count(said.rpartition("sbatch: error: ")[2]) == 1, run.stderr
    assert "(tried 3 times). The reasons stand above." in run.stderr
    assert "it has none" not in run.stderr
    assert "Traceback" not in run.stderr
