"""The beginning of a file that is being downloaded.

The bytes lie beside the target as `<target>.part`, so that nothing ever takes them for the whole
file, with `<target>.part.json`: from which address and which version of the file they are. They
outlive a kill, and the next download goes on from them. The part file itself carries the lock that
keeps two processes from writing it at once; it turns into the target by a rename.
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from clseave_core.borders.files import reaching
from clseave_core.files import write_json

logger = logging.getLogger(__name__)

ELSEWHERE = "set `resources` to a folder of your own"
"""What to do where a download's place cannot be reached."""


@dataclass(frozen=True)
class Origin:
    """Where the bytes of a part file come from.

    `validator` is the server's strong ETag or its Last-Modified date; a server that sends neither
    gives no way to tell whether the file changed, and its bytes are not gone on from. `total` is
    the size in bytes of the whole file.
    """

    url: str
    validator: str | None
    total: int


class Partial:
    """A locked part file: `length`, `origin`, and what may be done with it."""

    def __init__(self, target: Path, stream: BinaryIO) -> None:
        self.target = target
        self._stream = stream
        self._origin_file = _origin_file(target)

    @property
    def length(self) -> int:
        """The number of bytes that are there."""
        return os.fstat(self._stream.fileno()).st_size

    @property
    def origin(self) -> Origin | None:
        """Whence the bytes are; None when there are none or their origin cannot be told."""
        if self.length == 0:
            return None
        with reaching(self._origin_file, "read", ELSEWHERE):
            try:
                return Origin(**json.loads(self._origin_file.read_text(encoding="utf-8")))
            except (FileNotFoundError, ValueError, TypeError, RecursionError):
                return None

    def begin(self, origin: Origin) -> None:
        """Forget what is there; the bytes to come are from `origin`."""
        self.discard()
        write_json(self._origin_file, asdict(origin))

    def append(self, chunk: bytes) -> None:
        """Add `chunk` at the end; it is in the file, not in a buffer, when this returns."""
        self._stream.write(chunk)
        self._stream.flush()

    def discard(self) -> None:
        """Throw the bytes away."""
        # The length goes first: bytes without an origin are never gone on from, but an origin
        # without its bytes would be harmless too.
        with reaching(self._origin_file, elsewhere=ELSEWHERE):
            self._stream.truncate(0)
            self._origin_file.unlink(missing_ok=True)

    def complete(self) -> None:
        """Make the part file the target."""
        with reaching(self.target, elsewhere=ELSEWHERE):
            os.fsync(self._stream.fileno())
            part_path(self.target).replace(self.target)
            self._origin_file.unlink(missing_ok=True)


def part_path(target: Path) -> Path:
    """Where the beginning of `target` lies while it is being downloaded."""
    return target.with_name(f"{target.name}.part")


def _origin_file(target: Path) -> Path:
    return target.with_name(f"{target.name}.part.json")


@contextmanager
def locked_partial(target: Path) -> Iterator[Partial | None]:
    """Yield the part file of `target`, waiting while another process holds it.

    Yields None when `target` is there already, or was finished by the process waited for. Raises
    FileError where the part file cannot be opened or locked.
    """
    with reaching(target, elsewhere=ELSEWHERE):
        target.parent.mkdir(parents=True, exist_ok=True)
    part = part_path(target)
    while not _is_there(target):
        with _opened(part) as stream:
            with reaching(part, elsewhere=ELSEWHERE):
                _wait_for_lock(stream, target)
            if not _is_at(stream, part):
                continue  # whoever held the lock made it the target, or removed it
            try:
                if not target.exists():  # finished before the part file was opened anew
                    yield Partial(target, stream)
                    return
            finally:
                if _is_at(stream, part) and part.stat().st_size == 0:
                    part.unlink()
    yield None


def _is_there(target: Path) -> bool:
    """Whether the target is there; it must be one that can be read, whoever made it."""
    with reaching(target, "read", ELSEWHERE):
        if not target.exists():
            return False
        with target.open("rb"):
            return True


def _opened(part: Path) -> BinaryIO:
    with reaching(part, elsewhere=ELSEWHERE):
        return part.open("ab")


def _is_at(stream: BinaryIO, path: Path) -> bool:
    """Tell whether the open file is still the one that `path` names."""
    return path.exists() and os.path.samestat(os.fstat(stream.fileno()), path.stat())


def _wait_for_lock(stream: BinaryIO, target: Path) -> None:
    """Lock the open part file, saying so when that means waiting."""
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        logger.info("another process is downloading %s; waiting for it", target)
        fcntl.flock(stream, fcntl.LOCK_EX)
