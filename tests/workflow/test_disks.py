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


def test_a_full_disk_is_named_and_with_room_the_same_command_goes_on(tmp_path: Path) -> None:
    reference = copy_project(tmp_path / "reference")
    assert make_run(reference).returncode == 0
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
        assert make_run(project).returncode == 0
        compared, differing = compare(reference, project)
        assert compared > 30
        assert differing == []


def test_a_read_only_folder_is_named_and_left_as_it_is(tmp_path: Path) -> None:
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
