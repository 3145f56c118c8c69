"""Whatever is raised at a border comes out as the project's own error, in sentences.

The errors are thrown from the library's call within each border.
"""

import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
import requests
from huggingface_hub import constants

from clseave_core.borders.files import FileError
from clseave_core.corpus import hub
from clseave_core.corpus.downloads import DownloadError, download
from clseave_core.corpus.hub import fetch_model
from clseave_core.corpus.partial import Partial
from clseave_core.corpus.wanted import Address
from clseave_core.files import read_json, write_json
from clseave_core.study.online import _answers
from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.google import GoogleClient, UnansweredError
from clseave_core.translation.translator import Answer
from clseave_core.web import SafeSession
from tests.borders.thrown import everything, name_of
from tests.rehearsal.servers import ArchiveMirror

ADDRESS = "https://mirror.invalid/pictures.tar"
KEY = ("google", "en", "de")
ADVICE = re.compile(
    r"(?:[.,] |\bor |\band )(?:See|Try|Fetch|Put|Name|Set|Make|Move|Choose|Allow|Ask|Give|Take|"
    r"Correct|Check|Open|Log|Run|Write|Install|Unset|Wait|End|Have|Accept|Save)\b",
    re.IGNORECASE,
)
Throw = Callable[..., NoReturn]
Border = Callable[[Throw, Path, pytest.MonkeyPatch], None]
ERRORS = everything()


def of_a_download(throw: Throw, folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SafeSession, "get", throw)
    download([ADDRESS], folder / "pictures.tar", attempts=1)


def of_a_part_file(throw: Throw, folder: Path, patch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def open_others(path: Path, *arguments: Any, **named: Any) -> Any:
        return throw() if path.name.endswith(".part") else opened(path, *arguments, **named)

    patch.setattr(Path, "open", open_others)
    download([ADDRESS], folder / "pictures.tar", attempts=1)


def of_the_hub(throw: Throw, folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(constants, "HF_HUB_OFFLINE", False)
    patch.setattr(constants, "ENDPOINT", "https://hub.invalid")
    patch.setattr(SafeSession, "get", throw)  # no question of our own reaches the network either
    patch.setattr(hub, "snapshot_download", throw)
    fetch_model("a/b", "main", folder / "model")


def of_the_translator(throw: Throw, folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SafeSession, "get", throw)
    GoogleClient("en", "de", ADDRESS, 1.0).ask("A dog.")


def of_the_caches_opening(throw: Throw, folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sqlite3, "connect", throw)
    with TranslationCache(folder / "pictures.tar") as cache:
        cache.get(*KEY, ["A dog."])


def of_the_caches_writing(throw: Throw, folder: Path, patch: pytest.MonkeyPatch) -> None:
    class Connection(sqlite3.Connection):
        def execute(self, statement: str, *values: Any) -> Any:
            return throw() if statement == "COMMIT" else super().execute(statement, *values)

    with TranslationCache(folder / "pictures.tar") as cache:
        cache.get(*KEY, ["A dog."])
        cache._connection = sqlite3.connect(cache.path, isolation_level=None, factory=Connection)
        cache.put(*KEY, [Answer("A dog.", "Ein Hund.")])


def of_an_address_of_the_study(throw: Throw, folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(requests, "head", throw)
    answer = _answers("pictures", Address(ADDRESS))
    assert not answer.ok
    raise DownloadError(answer.found)


NETWORK: dict[Border, type[Exception] | tuple[type[Exception], ...]] = {
    of_a_download: DownloadError,
    of_the_hub: (DownloadError, ValueError),
    of_the_translator: UnansweredError,
    of_an_address_of_the_study: DownloadError,
}
FILES: dict[Border, type[Exception] | tuple[type[Exception], ...]] = {
    of_a_part_file: FileError,
    of_the_caches_opening: (FileError, ValueError),
    of_the_caches_writing: (FileError, ValueError),
}


@pytest.mark.parametrize("border", [*NETWORK, *FILES], ids=lambda border: border.__name__)
def test_every_exception_becomes_a_sentence_with_place_cause_and_remedy(
    border: Border, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setenv("HTTPS_PROXY", "")
    places = ("hub.invalid", "a/b") if border is of_the_hub else ("mirror.invalid", "pictures.tar")
    allowed = {**NETWORK, **FILES}[border]
    bare = []
    for error in ERRORS:

        def throw(*_: object, error: Exception = error, **__: object) -> NoReturn:
            raise error

        with monkeypatch.context() as patch, pytest.raises(Exception, match=r"\w") as raised:
            border(throw, tmp_path, patch)
        told = raised.value
        message = str(told)
        is_told = isinstance(told, allowed) and told is not error
        is_placed = any(place in message for place in (*places, "/elsewhere/x"))
        if not is_told or not is_placed or not ADVICE.search(message) or "Traceback" in message:
            bare.append(f"{name_of(error)} -> {type(told).__name__}: {message}")
        error.__traceback__ = None
    assert bare == []


@pytest.mark.parametrize("border", [*NETWORK, *FILES], ids=lambda border: border.__name__)
@pytest.mark.parametrize("ending", [KeyboardInterrupt, SystemExit])
def test_what_ends_the_program_passes_every_border(
    border: Border,
    ending: type[BaseException],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def throw(*_: object, **__: object) -> NoReturn:
        raise ending

    with pytest.raises(ending):
        border(throw, tmp_path, monkeypatch)


@pytest.mark.parametrize("error", [e for e in ERRORS if isinstance(e, OSError) and e.errno])
def test_a_file_that_cannot_be_written_or_read_is_named(
    error: OSError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "table.json"
    write_json(target, 1)

    def throw(*_: object, **__: object) -> NoReturn:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", throw)
        with pytest.raises(FileError, match=r"cannot be written: .+\. [A-Z].*\.$") as written:
            write_json(target, 2)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", throw)
        expected = FileNotFoundError if isinstance(error, FileNotFoundError) else FileError
        with pytest.raises(expected) as read:
            read_json(target)
    name = str(error.filename or target)
    assert str(written.value).startswith(name)
    assert isinstance(error, FileNotFoundError) or str(read.value).startswith(name)
    assert read_json(target) == 1


def test_a_piece_that_cannot_be_stored_names_its_part_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> NoReturn:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Partial, "append", fail)
    with (
        ArchiveMirror({"a.tar": b"x" * 5000}) as mirror,
        pytest.raises(FileError, match=r"a\.tar\.part cannot be written: input/output error\. See"),
    ):
        download([mirror.address("a.tar")], tmp_path / "a.tar")
