"""Progress of long work: a bar on a terminal, a line every so often in a log file."""

import logging
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")
SECONDS_BETWEEN_LINES = 30.0

logger = logging.getLogger(__name__)


class Progress:
    """Counts work done: `advance(n)`; use as a context manager."""

    def __init__(self, title: str, total: int, unit: str, quiet: bool = False) -> None:
        self.quiet = quiet
        self.title, self.total, self.unit = title, total, unit
        self.done = 0
        self._start = self._last = time.monotonic()
        terminal = sys.stderr.isatty() and not quiet
        self._bar = (
            tqdm(total=total, desc=title, unit=f" {unit}", leave=False) if terminal else None
        )

    def advance(self, count: int = 1) -> None:
        """Say that `count` more units are done."""
        self.done += count
        if self._bar is not None:
            self._bar.update(count)
        now = time.monotonic()
        if not self.quiet and now - self._last >= SECONDS_BETWEEN_LINES:
            self._last = now
            rate = self.done / max(now - self._start, 1e-9)
            left = (self.total - self.done) / max(rate, 1e-9)
            logger.info(
                "%s: %d of %d %s, %.1f a second, about %.0f s left",
                self.title, self.done, self.total, self.unit, rate, left,
            )  # fmt: skip

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.close()
        if error[0] is None and not self.quiet:
            logger.info(
                "%s: %d %s in %.1f s",
                self.title,
                self.done,
                self.unit,
                time.monotonic() - self._start,
            )


def progress(items: Iterable[Item], title: str, total: int, unit: str) -> Iterator[Item]:
    """Yield `items`, reporting each one as a unit of work."""
    with Progress(title, total, unit) as bar:
        for item in items:
            yield item
            bar.advance()
