"""The memory of what was translated: one SQLite file for all studies, languages and shards.

An answer is stored as soon as its request is answered and is never asked for again: a kill, another
shard count or another study loses nothing. The file uses SQLite's rollback journal, since the
newer write-ahead log needs memory shared between processes and so fails on network file systems;
writers wait for each other. The first answer to a sentence stays, so that two processes that asked
at the same time read the same afterwards.
"""

import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from clseave_core.translation.translator import Answer

BUSY_SECONDS = 120.0
_VERSION = 1
_PER_QUERY = 500
_TABLES = """
CREATE TABLE IF NOT EXISTS translations (
    provider TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, text TEXT NOT NULL,
    translation TEXT NOT NULL, unchanged INTEGER NOT NULL,
    PRIMARY KEY (provider, source, target, text)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pace (provider TEXT PRIMARY KEY, free_at REAL NOT NULL) WITHOUT ROWID;
"""


class TranslationCache:
    """Translations by (provider, source language, target language, text); a context manager.

    The file is opened, or made, on first use. Raises ValueError naming the file when it is not a
    translation cache of this version.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a later use opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def get(
        self, provider: str, source: str, target: str, texts: Sequence[str]
    ) -> dict[str, Answer]:
        """The known answers to `texts`, by text."""
        found: dict[str, Answer] = {}
        for start in range(0, len(texts), _PER_QUERY):
            some = texts[start : start + _PER_QUERY]
            rows = self._open().execute(
                "SELECT text, translation, unchanged FROM translations WHERE provider = ? AND "
                f"source = ? AND target = ? AND text IN ({', '.join('?' * len(some))})",
                (provider, source, target, *some),
            )
            for text, translation, unchanged in rows:
                found[text] = Answer(text, translation, bool(unchanged))
        return found

    def put(self, provider: str, source: str, target: str, answers: Iterable[Answer]) -> None:
        """Store answers, all or none; those of sentences that have one already are dropped."""
        rows = [
            (
                provider, source, target, answer.source,
                unicodedata.normalize("NFC", answer.translation), int(answer.unchanged),
            )
            for answer in answers
        ]  # fmt: skip
        empty = [row[3] for row in rows if not row[4].strip()]
        if empty:
            raise ValueError(f"{self.path}: an empty translation of {empty[0]!r} is not stored.")
        with self._writing() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO translations VALUES (?, ?, ?, ?, ?, ?)", rows
            )

    def forget_unchanged(self, provider: str, source: str, target: str) -> int:
        """Forget the answers of a language that equal their source; return how many."""
        with self._writing() as connection:
            return connection.execute(
                "DELETE FROM translations WHERE provider = ? AND source = ? AND target = ? "
                "AND unchanged = 1",
                (provider, source, target),
            ).rowcount

    def reserve(self, provider: str, now: float, seconds: float, at_most: float) -> float:
        """Reserve the next free moment for one request and return how long to wait for it.

        `now` is the wall clock, `seconds` the distance between two requests of all processes that
        use this file. No wait is longer than `at_most`, so that a clock that was set back cannot
        stop the work.
        """
        with self._writing() as connection:
            row = connection.execute(
                "SELECT free_at FROM pace WHERE provider = ?", (provider,)
            ).fetchone()
            moment = max(now, min(row[0], now + at_most)) if row else now
            connection.execute(
                "INSERT OR REPLACE INTO pace VALUES (?, ?)", (provider, moment + seconds)
            )
        return moment - now

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that holds the write lock from its start."""
        connection = self._open()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> sqlite3.Connection:
        """Open the file; make the tables in a new one, check the version of an old one."""
        connection: sqlite3.Connection | None = None
        try:
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
            connection.execute("PRAGMA journal_mode = DELETE")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                # Two processes may come here together; both statements may run twice.
                connection.executescript(
                    f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;"
                )
                version = _VERSION
        except sqlite3.OperationalError as error:
            raise OSError(
                f"{self.path} cannot be opened as translation cache: {error}. Let its folder be "
                "writable, or name another place for it."
            ) from error
        except sqlite3.DatabaseError as error:
            raise ValueError(
                f"{self.path} is not a translation cache: {error}. Move it away: a new one is "
                "made, and what it held is asked for again."
            ) from error
        if version != _VERSION:
            raise ValueError(
                f"{self.path} is a translation cache of version {version}; this program knows "
                f"version {_VERSION}. Move it away or use the program that wrote it."
            )
        return connection
