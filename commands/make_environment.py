"""Make .venv from requirements.lock, or bring it to the lock's versions; go on after any kill.

    sh commands/make_environment.sh

Needs nothing but the standard library: it runs before anything is installed.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from clseave_core.study.environment import is_writable, own_folder
from clseave_core.study.folder_names import refuse_folders
from commands.whole_packages import remove_broken_packages

ENVIRONMENT = Path(".venv")
LOCK = Path(".venv.lock")
UNFINISHED = ENVIRONMENT / "unfinished"
"""Is there from before the first file of an environment until it has its pip."""
STOPPED = "The installation stopped; the same command goes on."


def main() -> int:
    """Make or mend the environment; the exit code."""
    try:
        refuse_folders(Path.cwd())
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        with _alone() as lock:
            if not _can_install():
                _make(lock)
            _install(lock)
    except (subprocess.CalledProcessError, KeyboardInterrupt):
        print(STOPPED, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{ENVIRONMENT} cannot be made: {error}. {STOPPED}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def _alone() -> Iterator[int]:
    """Hold a lock that children inherit: of a `make` that was killed, pip may still be at work."""
    with LOCK.open("a") as file:
        with suppress(OSError):  # a file system that has no locks
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Another installation is at work in .venv: waiting for it to end", flush=True)
                fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _can_install() -> bool:
    """Whether .venv is a whole environment with a whole pip, whatever else it lacks."""
    if UNFINISHED.exists() or not _runs():
        return False
    remove_broken_packages(ENVIRONMENT)
    return any(ENVIRONMENT.glob("lib/python3*/site-packages/pip-*.dist-info"))


def _runs() -> bool:
    code = "import sys; sys.exit(sys.prefix == sys.base_prefix)"
    python = ENVIRONMENT / "bin/python"
    return (
        python.exists() and subprocess.run([python, "-I", "-c", code], check=False).returncode == 0
    )


def _make(lock: int) -> None:
    python = os.path.realpath(sys.executable)  # not the one of the environment that goes
    print(f"Making {ENVIRONMENT} with Python {sys.version.split()[0]}", flush=True)
    ENVIRONMENT.mkdir(exist_ok=True)  # it may be a link to another disk
    UNFINISHED.touch()
    for left in ENVIRONMENT.iterdir():
        if left != UNFINISHED:
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
    _run([python, "-m", "venv", str(ENVIRONMENT)], lock)
    (ENVIRONMENT / "folder").write_text(f"{Path.cwd()}\n")  # see relocate_environment
    UNFINISHED.unlink()


def _install(lock: int) -> None:
    print(
        f"Installing what requirements.lock lists into {ENVIRONMENT} (some minutes the first time)",
        flush=True,
    )
    command = ["-m", "pip", "install", "--disable-pip-version-check", "-r", "requirements.lock"]
    _run([str(ENVIRONMENT / "bin/python"), *command], lock)


def pip_environment(temporary: Path) -> dict[str, str]:
    """The environment for pip, with a folder for its temporary files.

    Without its cache where that cannot be written: pip then fails when it builds a package.
    """
    cache = own_folder("PIP_CACHE_DIR", str(own_folder("XDG_CACHE_HOME", "~/.cache") / "pip"))
    without = {} if is_writable(cache) else {"PIP_NO_CACHE_DIR": "1"}
    return os.environ | {"TMPDIR": str(temporary.resolve())} | without


def _run(command: list[str], lock: int) -> None:
    """Run with temporary files in .venv: /tmp may be too small for a wheel of torch."""
    temporary = ENVIRONMENT / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    try:
        subprocess.run(command, env=pip_environment(temporary), pass_fds=[lock], check=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
