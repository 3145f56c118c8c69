"""One run at a time in a working folder: a lock that the operating system holds and lets go.

The lock belongs to the open file, which the workflow's own process inherits: when `make run` is
killed and its Snakemake lives on, the folder stays locked until that one has ended too. No kill can
leave a stale lock.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

import psutil


@dataclass
class Holder:
    """Who runs what in the folder; `snakemake` is the pid of the workflow's process."""

    study: str
    target: str
    pid: int = field(default_factory=os.getpid)
    since: str = field(default_factory=lambda: time.strftime("%Y-%m-%d %H:%M:%S"))
    snakemake: int | None = None

    def alive(self) -> int | None:
        """The first of its two processes that still lives."""
        return next((pid for pid in (self.pid, self.snakemake) if pid and _lives(pid)), None)


class FolderBusyError(RuntimeError):
    """Another run works in the folder; the message says who."""


class FolderUnusableError(RuntimeError):
    """Nothing can be written in the folder; the message says why."""


class FolderLock:
    """A lock that is held; `descriptor` is what a child process must inherit to hold it too."""

    def __init__(self, file: IO[str], holder: Holder) -> None:
        self._file, self._holder = file, holder
        self.descriptor = file.fileno()
        self._write()

    def name_workflow(self, pid: int) -> None:
        """Record the process that holds the lock beside this one."""
        self._holder.snakemake = pid
        self._write()

    def _write(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        json.dump(asdict(self._holder), self._file)
        self._file.flush()


@contextmanager
def folder_lock(path: str | Path, holder: Holder) -> Iterator[FolderLock]:
    """Hold the lock file `path`.

    Raises FolderBusyError, which names the process that has it, or FolderUnusableError where the
    file cannot be written.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise _unusable(path, error) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise FolderBusyError(_who(file.read(), path)) from None
        try:
            lock = FolderLock(file, holder)
        except OSError as error:
            raise _unusable(path, error) from error
        yield lock


def _unusable(path: Path, error: OSError) -> FolderUnusableError:
    return FolderUnusableError(
        f"{path} cannot be written: {error.strerror}. Make {path.parent} writable, with room on "
        "its disk, and give the same command again."
    )


def refuse_beside_snakemake(folder: str | Path = ".") -> None:
    """Raise FolderBusyError when a Snakemake that was started by hand works in `folder`.

    It does not know our lock, and to take Snakemake's own lock away would let two write at once.
    """
    folder = Path(folder).resolve()
    if not any((folder / ".snakemake" / "locks").glob("*.lock")):
        return
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            here = Path(process.cwd()) == folder
        except psutil.Error:  # it has ended, or is another user's
            continue
        if here and any(Path(word).name.endswith("snakemake") for word in words[:3]):
            raise FolderBusyError(
                f"process {process.pid} ({' '.join(words[:6])} ...) already runs the workflow in "
                f"{folder}. Wait for it, or end it with `kill -INT {process.pid}`."
            )


def _who(record: str, path: Path) -> str:
    try:
        holder = Holder(**json.loads(record))
    except (json.JSONDecodeError, TypeError):  # it has only just taken the lock
        return f"another run holds {path}. Wait for it to end."
    pid = holder.alive()
    if pid is None:
        return f"another run holds {path} (on another machine?): {record}. Wait for it to end."
    left = "" if pid == holder.pid else f" (left behind by process {holder.pid})"
    return (
        f"process {pid}{left} has been making {holder.target} of the study {holder.study} in this "
        f"folder since {holder.since}. Wait for it, or end it with `kill -INT {pid}`."
    )


def _lives(pid: int) -> bool:
    return psutil.pid_exists(pid) and bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
