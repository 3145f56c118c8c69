"""`make environment` ended at any moment, and the same `make` after it, with small packages."""

import base64
import csv
import hashlib
import os
import random
import shutil
import signal
import subprocess
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from commands.make_environment import pip_environment
from commands.whole_packages import remove_broken_packages

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = tuple(f"package{number}" for number in range(5))
KILLS = 20


def write_wheel(folder: Path, name: str, version: str) -> None:
    """A wheel of thirty modules and a program, with RECORD as the format wants it."""
    metadata = f"{name}-{version}.dist-info"
    files = {f"{name}/module{n}.py": f"x = {version!r}\n{'#' * 5000}\n" for n in range(30)}
    files |= {
        f"{name}/__init__.py": f"def main():\n    print('{name} {version}')\n",
        f"{metadata}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{metadata}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{metadata}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
    }
    rows = [f"{path},{digest(text.encode())},{len(text)}" for path, text in files.items()]
    files[f"{metadata}/RECORD"] = "\n".join([*rows, f"{metadata}/RECORD,,", ""])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)


def digest(content: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip(
        "="
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A clone with a lock of five small packages, in two versions of which wheels are at hand."""
    folder = tmp_path / "clone"
    folder.mkdir()
    (tmp_path / "wheels").mkdir()
    for name in ("Makefile", "commands", "clseave_core"):
        (folder / name).symlink_to(ROOT / name)
    for name in PACKAGES:
        for version in ("1.0", "2.0"):
            write_wheel(tmp_path / "wheels", name, version)
    want(folder, "1.0")
    return folder


def want(project: Path, version: str) -> None:
    (project / "requirements.lock").write_text("".join(f"{p}=={version}\n" for p in PACKAGES))


def begin(project: Path, more: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    unset = ("VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS", "MAKELEVEL")
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    environment = kept | {
        "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(project.parent / "wheels"), **(more or {}),
    }  # fmt: skip
    return subprocess.Popen(
        ["make", "environment"], cwd=project, env=environment, start_new_session=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def make(project: Path, more: Mapping[str, str] | None = None) -> str:
    process = begin(project, more)
    said, _ = process.communicate()
    assert process.returncode == 0, said
    return said


def assert_whole(project: Path, version: str) -> None:
    """Every file of every package is what its RECORD says, and the programs run."""
    (site,) = (project / ".venv/lib").glob("python3*/site-packages")
    assert not [path.name for path in site.glob("~*")]
    assert {path.name for path in site.glob("package*.dist-info")} == {
        f"{name}-{version}.dist-info" for name in PACKAGES
    }
    for record in site.glob("*.dist-info/RECORD"):
        rows = list(csv.reader(record.read_text().splitlines()))
        assert any(row[0].endswith("/INSTALLER") for row in rows), record
        for path, told, _ in rows:
            assert (site / path).exists(), path
            assert not told or digest((site / path).read_bytes()) == told, path
    assert (project / ".venv/bin/activate").exists()
    assert not (project / ".venv/tmp").exists()
    for name in PACKAGES:
        said = subprocess.run([project / ".venv/bin" / name], capture_output=True, check=True)
        assert said.stdout.decode() == f"{name} {version}\n"


def end(process: subprocess.Popen[str], way: str) -> None:
    if way == "make alone, by SIGKILL":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGINT if way == "SIGINT" else signal.SIGKILL)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


@pytest.mark.slow
def test_whenever_the_installation_is_killed_the_same_command_heals_it(project: Path) -> None:
    rng = random.Random(20)
    ways = ("SIGINT", "SIGKILL", "make alone, by SIGKILL")
    start = time.monotonic()
    make(project)
    takes = time.monotonic() - start
    shutil.rmtree(project / ".venv")
    for version, longest in (("1.0", takes), ("2.0", takes / 2)):
        want(project, version)
        for kill in range(KILLS // 2):
            process = begin(project)
            time.sleep(rng.uniform(0, longest))
            end(process, ways[kill % len(ways)])
        make(project)
        assert_whole(project, version)


@pytest.mark.slow
def test_an_environment_without_pip_is_made_anew(project: Path) -> None:
    make(project)
    (site,) = (project / ".venv/lib").glob("python3*/site-packages")
    shutil.rmtree(site / "pip")
    (project / ".venv/installed").unlink()

    assert "Making .venv" in make(project)
    assert_whole(project, "1.0")


@pytest.mark.slow
def test_an_update_that_finds_no_packages_leaves_the_environment_as_it_is(project: Path) -> None:
    make(project)
    want(project, "3.0")
    os.utime(project / "requirements.lock", (2e9, 2e9))
    process = begin(project)
    said, _ = process.communicate()

    assert process.returncode != 0
    assert "The installation stopped; the same command goes on." in said
    assert_whole(project, "1.0")


@pytest.mark.slow
def test_neither_a_home_nor_room_for_temporary_files_is_needed(project: Path) -> None:
    make(project, {"HOME": "/proc/nonexistent", "TMPDIR": "/proc/nonexistent"})

    assert_whole(project, "1.0")


def test_pip_has_no_cache_where_none_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PIP_CACHE_DIR", "XDG_CACHE_HOME", "PIP_NO_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/proc/nonexistent")
    assert pip_environment(tmp_path)["PIP_NO_CACHE_DIR"] == "1"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert "PIP_NO_CACHE_DIR" not in pip_environment(tmp_path)
    assert pip_environment(tmp_path)["TMPDIR"] == str(tmp_path)


@pytest.mark.parametrize("name", ["Müller's study (a&b)", "a$b", "a{b}", "a b", "50%", "a\tb"])
def test_a_folder_in_which_no_job_would_start_is_refused_before_anything_is_installed(
    project: Path, name: str
) -> None:
    moved = project.rename(project.with_name(name))
    process = begin(moved)
    said, _ = process.communicate()

    assert process.returncode != 0
    assert "no job would start. Rename it, or put the project where folders" in said
    assert not (moved / ".venv").exists()


@pytest.mark.parametrize("lost", ["INSTALLER", "module", "part of a module", "RECORD"])
def test_a_package_that_is_not_whole_is_taken_away(tmp_path: Path, lost: str) -> None:
    site = tmp_path / ".venv/lib/python3.11/site-packages"
    metadata = site / "a-1.0.dist-info"
    metadata.mkdir(parents=True)
    (site / "~ld").mkdir()
    (tmp_path / "outside.py").touch()
    for name, text in (("module.py", "x = 1\n"), ("a-1.0.dist-info/INSTALLER", "pip\n")):
        (site / name).write_text(text)
    rows = "module.py,,6\n../../../../outside.py,,\na-1.0.dist-info/RECORD,,\n"
    (metadata / "RECORD").write_text(rows + "a-1.0.dist-info/INSTALLER,,4\n__pycache__/m.pyc,,\n")
    assert remove_broken_packages(tmp_path / ".venv") == []
    if lost == "INSTALLER":
        (metadata / "RECORD").write_text(rows)
    elif lost == "part of a module":
        (site / "module.py").write_text("x\n")
    else:
        {"module": site / "module.py", "RECORD": metadata / "RECORD"}[lost].unlink()

    assert remove_broken_packages(tmp_path / ".venv") == ["a-1.0.dist-info"]
    assert [path.name for path in site.iterdir() if lost != "RECORD"] == []
    assert not metadata.exists()
    assert (tmp_path / "outside.py").exists()
