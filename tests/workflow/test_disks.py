"""Disks that are full or read-only, and two folders that share what they download and translate."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.rehearsal.workflow import copy_project
from tests.torture.judging import compare

TABLE = "results/accuracy_table.csv"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which nothing stood in the way of a run."""
    project = copy_project(tmp_path_factory.mktemp("reference") / "project")
    assert make_run(project).returncode == 0
    return project


def make_run(project: Path, target: str = TABLE) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable, "-m", "commands.run", "--study", "tiny", "--cores", "2", "--target", target,
    ]  # fmt: skip
    return subprocess.run(
        command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip


@contextmanager
def mounted(*words: str) -> Iterator[None]:
    """Something mounted at the last of `words`; skips where that is not permitted."""
    try:
        done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no command mount here")
    if done.returncode != 0:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", words[-1]], check=True)


def test_a_full_disk_is_named_and_with_room_the_same_command_goes_on(
    reference: Path, tmp_path: Path
) -> None:
    project = copy_project(tmp_path / "project")
    results = project / "results"
    results.mkdir()
    with mounted("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(results)):
        full = make_run(project)
        assert full.returncode == 1
        told = "cannot be written: no space left on device. Make room and give the same command"
        assert told in full.stdout
        assert not list(results.rglob("*.partial"))

        more = ["mount", "-o", "remount,size=200m", str(results)]
        subprocess.run(more, check=True)
        check_that_it_ends_well(project, reference)


def test_a_read_only_folder_is_named_and_once_writable_the_same_command_goes_on(
    reference: Path, tmp_path: Path
) -> None:
    project = copy_project(tmp_path / "project")
    results = project / "results"
    results.mkdir()
    with mounted("--bind", str(results), str(results)):
        read_only = ["mount", "-o", "remount,ro,bind", str(results)]
        subprocess.run(read_only, check=True)
        run = make_run(project)

        assert run.returncode == 2
        assert run.stdout == (
            "results/.run.lock cannot be written: Read-only file system. Make results writable, "
            "with room on its disk, and give the same command again.\n"
        )
        assert list(results.iterdir()) == []

        writable = ["mount", "-o", "remount,rw,bind", str(results)]
        subprocess.run(writable, check=True)
        check_that_it_ends_well(project, reference)


def check_that_it_ends_well(project: Path, reference: Path) -> None:
    """Give the command again: it must make the same bytes as in `reference`."""
    run = make_run(project)
    assert run.returncode == 0, run.stdout
    compared, differing = compare(reference, project)
    assert compared > 30
    assert differing == []
