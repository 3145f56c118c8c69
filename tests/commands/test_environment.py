"""The environment: its lock, its making, its mending after a move."""

import compileall
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from commands.relocate_environment import relocate
from commands.write_environment import environment

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text()


def test_the_lock_pins_everything_and_says_how_it_was_made() -> None:
    lines = [line for line in LOCK.splitlines() if line and not line.lstrip().startswith("#")]

    assert "pip-compile" in LOCK.splitlines()[4]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][\w.]*", line) for line in lines)
    pins = dict(line.split("==") for line in lines)
    assert pins["torch"] == "2.13.0"
    assert int(pins["pillow"].split(".")[0]) < 13
    assert "torchvision" not in pins


def test_condas_environment_has_the_locks_pins() -> None:
    assert (ROOT / "environment.yaml").read_text() == environment(LOCK)
    assert environment("# a\nb==1.0\n    # via c\n").endswith("  - pip:\n      - b==1.0\n")


def test_scripts_follow_a_folder_that_has_moved(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    (old / ".venv/bin").mkdir(parents=True)
    (old / ".venv/folder").write_text(f"{old}\n")
    (old / ".venv/bin/snakemake").write_text(f"#!{old}/.venv/bin/python\nimport {old}er\n")
    program = b"\x7fELF\0" + f"{old}/lib".encode()
    (old / ".venv/bin/ruff").write_bytes(program)
    assert not relocate(old / ".venv")
    old.rename(new)

    assert relocate(new / ".venv")
    script = (new / ".venv/bin/snakemake").read_text()
    assert script == f"#!{new}/.venv/bin/python\nimport {old}er\n"
    assert (new / ".venv/bin/ruff").read_bytes() == program
    assert not relocate(new / ".venv")


def test_modules_of_a_copy_are_compiled_again(tmp_path: Path) -> None:
    module = tmp_path / ".venv/lib/module.py"
    module.parent.mkdir(parents=True)
    (tmp_path / ".venv/bin").mkdir()
    module.write_text("x = 1\n")
    compileall.compile_file(module, quiet=2)
    (compiled,) = module.parent.glob("__pycache__/*.pyc")
    os.utime(module, (1, 1))  # as a copy that does not keep times
    (tmp_path / ".venv/folder").write_text("/elsewhere\n")

    assert relocate(tmp_path / ".venv")
    assert int.from_bytes(compiled.read_bytes()[8:12], "little") == 1


def make_environment(folder: Path, pythons: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the script where only the shell scripts `pythons` bear the names of Python."""
    (folder / "bin").mkdir()
    for name, body in pythons.items():
        (folder / "bin" / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / "bin" / name).chmod(0o755)
    shell = shutil.which("sh")
    assert shell is not None
    return subprocess.run(
        [shell, str(ROOT / "commands/make_environment.sh")],
        cwd=folder, env=os.environ | {"PATH": str(folder / "bin")}, text=True,
        capture_output=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("pythons", [{}, {"python3": "exit 1"}], ids=["none", "too old"])
def test_without_a_new_python_it_says_what_to_install(
    tmp_path: Path, pythons: dict[str, str]
) -> None:
    result = make_environment(tmp_path, pythons)

    assert result.returncode == 1
    assert "no Python 3.11 or newer. On Debian or Ubuntu: apt-get install" in result.stderr


def test_without_the_module_venv_it_says_what_to_install(tmp_path: Path) -> None:
    result = make_environment(
        tmp_path, {"python3.12": 'case "$2" in *venv*) exit 1;; esac', "python3": "exit 1"}
    )

    assert result.returncode == 1
    assert "python3.12 has no module venv" in result.stderr
    assert "apt-get install python3.12-venv" in result.stderr


def test_the_first_python_that_will_do_makes_the_environment(tmp_path: Path) -> None:
    body = 'case "$*" in *commands*) echo "$0 $*";; esac'
    result = make_environment(
        tmp_path, {"python3.13": "exit 1", "python3.11": body, "python3": "exit 1"}
    )

    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith("bin/python3.11 -S -m commands.make_environment\n")


def test_a_move_that_was_killed_is_mended_and_never_guessed(tmp_path: Path) -> None:
    (tmp_path / ".venv/bin").mkdir(parents=True)
    script = tmp_path / ".venv/bin/snakemake"
    script.write_text("#!/old/.venv/bin/python\n")
    (tmp_path / ".venv/folder").write_text("")  # killed while it was written
    assert not relocate(tmp_path / ".venv")
    assert script.read_text() == "#!/old/.venv/bin/python\n"
    (tmp_path / ".venv/folder").write_text("/old\n")

    assert relocate(tmp_path / ".venv")
    assert script.read_text() == f"#!{tmp_path}/.venv/bin/python\n"
    assert {path.name for path in (tmp_path / ".venv/bin").iterdir()} == {"snakemake"}


def test_the_installation_needs_no_package() -> None:
    run = subprocess.run(
        [sys.executable, "-S", "-c", "import commands.make_environment"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
