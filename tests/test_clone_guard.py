"""Tests do not see what earlier runs have left in the clone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clone_guard import ROOT, SeesTheCloneError
from tests.rehearsal.workflow import copy_project


def test_the_clones_results_are_closed_to_tests() -> None:
    assert not Path("results").exists()
    assert Path("README.md").read_text() == (ROOT / "README.md").read_text()
    for touch in (Path.read_bytes, Path.mkdir, os.listdir, os.remove):
        for name in ("results/accuracy_table.csv", "resources/downloads"):
            with pytest.raises(SeesTheCloneError, match="give the test a folder of its own"):
                touch(ROOT / name)


@pytest.mark.parametrize("module", ["snakemake", "commands.run"])
def test_no_test_runs_the_workflow_in_the_clone(module: str) -> None:
    with pytest.raises(SeesTheCloneError, match="runs in the clone"):
        subprocess.run([sys.executable, "-m", module, "-n"], cwd=ROOT, check=False)


@pytest.mark.slow
def test_make_accuracy_table_then_make_test_in_one_clone(tmp_path: Path) -> None:
    """The tests of the workflow's shape, in a clone with the files that they plan."""
    clone = copy_project(tmp_path / "clone")
    shutil.copytree(ROOT / "tests", clone / "tests")
    shutil.copytree(ROOT / "slurm", clone / "slurm")
    for name in ("Makefile", "requirements.lock", "README.md"):
        shutil.copy(ROOT / name, clone)
    results = clone / "results/pocket"
    for name in ("history.csv", "hypotheses.arrow", "model/config.json"):
        path = results / "teacher/hypothesis_only/seed0" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    sentences = results / "students/frozen/use/de.arrow"
    sentences.parent.mkdir(parents=True)
    sentences.touch()
    targets = [str(path.relative_to(clone)) for path in (*results.rglob("*.csv"), sentences)]
    command = [sys.executable, "-m", "snakemake", "-n", *targets]
    said = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=True)
    assert "Nothing to be done" in said.stdout + said.stderr

    name = "test_what_needs_no_pictures_waits_for_a_job_that_takes_more_threads"
    tests = ["-q", "-p", "no:xdist", f"tests/workflow/test_shape.py::{name}"]
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *tests],
        cwd=clone, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert result.returncode == 0, result.stdout
