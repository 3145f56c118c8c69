"""The memory of what was translated: one SQLite file for all studies, languages and shards.

An answer is stored as soon as its request is answered and is never asked for again: a kill, another
shard count or another study loses nothing. The file uses SQLite's rollback journal, since the
newer write-ahead log needs memory shared between processes and so fails on network file systems;
writers wait for each other. The first answer to a sentence stays, so that two processes that asked
at the same time read the same afterwards.

One text that answers several different sentences is nobody's translation: such answers are not
kept, and the one that was stored before its likes came is forgotten.
"""

import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import AbstractContextManager, contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

from clseave_core.borders.databases import database
from clseave_core.translation.translator import Answer

BUSY_SECONDS = 120.0
_ELSEWHERE = "set `translation_cache` of config.yaml to a place of your own"
_VERSION = 2
_PER_QUERY = 500
_TRANSLATIONS = """
CREATE TABLE IF NOT EXISTS translations (
    provider TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, text TEXT NOT NULL,
    translation TEXT NOT NULL, unchanged INTEGER NOT NULL, letters INTEGER,
    PRIMARY KEY (provider, source, target, text)
) WITHOUT ROWID"""
_PACE = """
CREATE TABLE IF NOT EXISTS pace (provider TEXT PRIMARY KEY, free_at REAL NOT NULL) WITHOUT ROWID"""
_SHARED = """
CREATE TABLE IF NOT EXISTS shared (
    provider TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, letters INTEGER NOT NULL,
    text TEXT NOT NULL, PRIMARY KEY (provider, source, target, letters, text)
) WITHOUT ROWID"""
_SAME_LETTERS = """
CREATE INDEX IF NOT EXISTS same_letters ON translations (provider, source, target, letters)"""
_OF_FIRST = "ALTER TABLE translations ADD COLUMN letters INTEGER"
"""`letters` is a digest of a translation's letters. It is NULL where an earlier version stored an
answer that today's checks have not seen. `shared` remembers the letters that answered several
different sentences, with these."""

Misfits = Callable[[str, str, str], Set[str]]
"""Of an answer and two sentences that it was given to: those of which it cannot be a translation
(`Plausibility.misfits`)."""
_SEVERAL = 2
"""So many other sentences with an answer show that it is no translation of this one, either."""


class TranslationCache:
    """Translations by (provider, source language, target language, text); a context manager.

    The file is opened, or made, on first use. Raises ValueError naming the file when it is not a
    translation cache of this version, FileError when it cannot be opened, read or written.
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
        return self._get(provider, source, target, texts, checked=True)

    def unchecked(
        self, provider: str, source: str, target: str, texts: Sequence[str]
    ) -> dict[str, Answer]:
        """Those answers to `texts` that an earlier version stored with fewer checks, by text."""
        return self._get(provider, source, target, texts, checked=False)

    def _get(
        self, provider: str, source: str, target: str, texts: Sequence[str], *, checked: bool
    ) -> dict[str, Answer]:
        found: dict[str, Answer] = {}
        for start in range(0, len(texts), _PER_QUERY):
            some = texts[start : start + _PER_QUERY]
            connection = self._open()
            with self._border():
                rows = connection.execute(
                    "SELECT text, translation, unchanged FROM translations WHERE provider = ? AND "
                    "source = ? AND target = ? AND (letters IS NOT NULL) = ? "
                    f"AND text IN ({', '.join('?' * len(some))})",
                    (provider, source, target, int(checked), *some),
                ).fetchall()
            for text, translation, unchanged in rows:
                found[text] = Answer(text, translation, bool(unchanged))
        return found

    def put(
        self,
        provider: str,
        source: str,
        target: str,
        answers: Iterable[Answer],
        misfits: Misfits = lambda answer, one, other: frozenset(),
    ) -> dict[str, str]:
        """Store answers, but for those that other sentences were given and `misfits` tells.

        Answers of sentences that have one already are dropped. Returns, by sentence, another one
        that has the same answer: of the answers not stored, and of those that were stored before
        and now are forgotten.
        """
        rows = [
            (
                provider, source, target, answer.source,
                unicodedata.normalize("NFC", answer.translation), int(answer.unchanged),
                _digest_of_letters(answer.translation),
            )
            for answer in answers
        ]  # fmt: skip
        empty = [row[3] for row in rows if not row[4].strip()]
        if empty:
            raise ValueError(f"{self.path}: an empty translation of {empty[0]!r} is not stored.")
        shared: dict[str, str] = {}
        with self._writing() as connection:
            for row in rows:
                shared |= _store(connection, row, misfits)
        return shared

    def forget(self, provider: str, source: str, target: str, texts: Sequence[str]) -> None:
        """Forget the answers to `texts`."""
        with self._writing() as connection:
            _forget(connection, (provider, source, target), texts)

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
        with self._border():
            connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            with self._border():
                connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:  # SQLite itself ends it where the disk is full
                connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                with self._border():
                    raise
            raise

    def _border(self) -> AbstractContextManager[None]:
        return database(self.path, "translation cache", _ELSEWHERE)

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            with self._border():
                self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> sqlite3.Connection:
        """Open the file; make the tables in a new one, check the version of an old one."""
        with self._border():
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
            connection.execute("PRAGMA journal_mode = DELETE")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version in (0, 1):
                version = _bring_up_to_date(connection)
        if version != _VERSION:
            raise ValueError(
                f"{self.path} is a translation cache of version {version}; this program knows "
                f"version {_VERSION}. Move it away or use the program that wrote it."
            )
        return connection


def _bring_up_to_date(connection: sqlite3.Connection) -> int:
    """Make the tables of a new file or add what version 1 lacks; two processes may come here."""
    connection.execute("BEGIN IMMEDIATE")
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version == 1:
        connection.execute(f"{_OF_FIRST}")
    if version in (0, 1):
        connection.execute(f"{_TRANSLATIONS}")
        connection.execute(f"{_PACE}")
        connection.execute(f"{_SHARED}")
        connection.execute(f"{_SAME_LETTERS}")
        connection.execute(f"PRAGMA user_version = {_VERSION}")
        version = _VERSION
    connection.execute("COMMIT")
    return version


def _store(
    connection: sqlite3.Connection, row: tuple[Any, ...], misfits: Misfits
) -> dict[str, str]:
    """Insert a row, unless others share its answer; returns what `put` does."""
    *key, text, answer, _, letters = row
    stored = connection.execute(
        "INSERT INTO translations VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
        "SET translation = excluded.translation, unchanged = excluded.unchanged, "
        "letters = excluded.letters WHERE letters IS NULL",
        row,
    ).rowcount
    if not stored:
        return {}
    shared: dict[str, str] = {}
    alike = (*key, letters, text)
    for other in _texts(connection.execute(
        "SELECT text FROM translations WHERE provider = ? AND source = ? AND target = ? AND "
        "letters = ? AND text != ? ORDER BY text", alike,
    )):  # fmt: skip
        wrong = misfits(answer, text, other)
        shared |= {one: other if one == text else text for one in wrong}
    before = [
        other
        for other in _texts(connection.execute(
            "SELECT text FROM shared WHERE provider = ? AND source = ? AND target = ? AND "
            "letters = ? AND text != ? ORDER BY text", alike,
        ))
        if text in misfits(answer, text, other)
    ]  # fmt: skip
    if len(before) >= _SEVERAL:
        shared[text] = before[0]
    if shared:
        connection.executemany(
            "INSERT OR IGNORE INTO shared VALUES (?, ?, ?, ?, ?)",
            [(*key, letters, one) for one in shared],
        )
    _forget(connection, key, list(shared))
    return shared


def _texts(found: sqlite3.Cursor) -> list[str]:
    return [text for (text,) in found]


def _forget(connection: sqlite3.Connection, key: Sequence[str], texts: Sequence[str]) -> None:
    connection.executemany(
        "DELETE FROM translations WHERE provider = ? AND source = ? AND target = ? AND text = ?",
        [(*key, text) for text in texts],
    )


def letters_only(text: str) -> str:
    """The letters of a text, whatever its digits, case and punctuation; itself without any."""
    letters = "".join(filter(str.isalpha, text.casefold())) or text.strip()
    return unicodedata.normalize("NFC", letters)


def _digest_of_letters(translation: str) -> int:
    """A number for the letters of a text."""
    digest = blake2b(letters_only(translation).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
