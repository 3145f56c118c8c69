"""Files of other users and file systems that refuse: the file, its owner and what to do.

The other user is real where the tests run as root: a process that has become `nobody`. Elsewhere
the system's refusal is played.
"""

import errno
import getpass
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest
from huggingface_hub import constants

from clseave_core.borders.files import FileError, obstacle, reaching
from clseave_core.corpus import hub
from clseave_core.corpus.downloads import DownloadError, download
from clseave_core.corpus.hub import fetch_model
from clseave_core.files import read_json, read_table, write_json
from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.schemas import SHARD_TRANSLATIONS
from clseave_core.translation.translator import Answer

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
KEY = ("google", "en", "de")
PROGRAMS = {
    "download": "from clseave_core.corpus.downloads import download\n"
    "download(['http://127.0.0.1:1/a.tar'], 'a.tar', attempts=1)",
    "cache": "from clseave_core.translation.cache import TranslationCache\n"
    "with TranslationCache('a.sqlite') as cache:\n"
    "    print(sorted(cache.get('google', 'en', 'de', ['A dog.'])))\n"
    "    cache.reserve('google', 0.0, 1.0, 1.0)",
    "table": "from clseave_core.files import read_table\n"
    "from clseave_core.translation.schemas import SHARD_TRANSLATIONS\n"
    "read_table('a.parquet', SHARD_TRANSLATIONS)",
    "result": "from clseave_core.files import write_json\nwrite_json('a.json', 1)",
    "model": "from clseave_core.corpus.hub import fetch_model\n"
    "fetch_model('a/b', 'main', 'models/a')",
}
as_another = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="only root can become another user (with setpriv)",
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder to which every user has the way."""
    with tempfile.TemporaryDirectory(dir="/tmp") as path:
        Path(path).chmod(0o755)
        yield Path(path)


def said_to_nobody(folder: Path, program: str) -> tuple[str, str]:
    """What the program says as another user: its output, and its error's kind and sentence."""
    if not can_become_nobody():
        pytest.skip("another user may not read this environment")
    run = subprocess.run(
        ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
         sys.executable, "-B", "-c", PROGRAMS[program]],
        cwd=folder, capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder),
             "HF_HUB_CACHE": str(folder / "cache"), "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    return run.stdout, run.stderr.strip().splitlines()[-1] if run.stderr.strip() else ""


@cache
def can_become_nobody() -> bool:
    """Whether another user may read the environment and the project at all."""
    run = subprocess.run(
        ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", sys.executable,
         "-B", "-c", "import clseave_core.files"],
        cwd="/", capture_output=True, check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return run.returncode == 0


@as_another
@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_a_part_file_of_another_user_is_named_with_its_owner(folder: Path, mode: int) -> None:
    folder.chmod(0o777)
    (folder / "a.tar.part").write_bytes(b"begun")
    (folder / "a.tar.part").chmod(mode)
    _, said = said_to_nobody(folder, "download")

    rights = "-rw-------" if mode == 0o600 else "-rw-r--r--"
    assert said == (
        "clseave_core.borders.files.FileError: a.tar.part cannot be written: permission denied. "
        f"It belongs to root ({rights}), and you are nobody. Ask root for the right (`chmod a+rw "
        "a.tar.part`), take it over (`sudo chown nobody a.tar.part`), or set `resources` to a "
        "folder of your own."
    )


@as_another
@pytest.mark.parametrize(
    ("program", "name", "mode", "doing"),
    [
        ("download", "a.tar", 0o600, "read"),
        ("table", "a.parquet", 0o600, "read"),
        ("cache", "a.sqlite", 0o600, "opened as translation cache"),
    ],
)
def test_a_file_of_another_user_is_named_with_its_owner(
    folder: Path, program: str, name: str, mode: int, doing: str
) -> None:
    (folder / name).write_bytes(b"x")
    (folder / name).chmod(mode)
    _, said = said_to_nobody(folder, program)

    assert f"FileError: {name} cannot be {doing}: " in said
    assert "belongs to root (-rw-------), and you are nobody. Ask root for the right" in said


@as_another
def test_a_translation_cache_that_only_its_owner_may_write_is_read_and_named(folder: Path) -> None:
    with TranslationCache(folder / "a.sqlite") as memory:
        memory.put(*KEY, [Answer("A dog.", "Ein Hund.")])
    (folder / "a.sqlite").chmod(0o644)
    printed, said = said_to_nobody(folder, "cache")

    assert printed == "['A dog.']\n"  # what is known is taken from it
    assert "a.sqlite cannot be opened as translation cache: attempt to write a readonly" in said
    assert "It belongs to root (-rw-r--r--), and you are nobody. Ask root" in said
    assert said.endswith("or set `translation_cache` of config.yaml to a place of your own.")


@as_another
@pytest.mark.parametrize("program", ["download", "result", "cache"])
def test_a_folder_of_another_user_is_named_with_its_owner(folder: Path, program: str) -> None:
    _, said = said_to_nobody(folder, program)

    assert "FileError: a." in said
    assert f"{folder} belongs to root (drwxr-xr-x), and you are nobody. Ask root" in said
    assert f"`chmod a+rwx {folder}`" in said


@as_another
@pytest.mark.parametrize("place", ["cache", "models"])
def test_the_hubs_cache_or_a_model_folder_of_another_user_is_named(
    folder: Path, place: str
) -> None:
    snapshot = folder / "cache/models--a--b/snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (snapshot.parent.parent / "refs").mkdir()
    (snapshot.parent.parent / "refs/main").write_text("0" * 40)
    for name in ("config.json", "model.safetensors", "vocab.txt"):
        (snapshot / name).write_bytes(b"{}")
    (folder / "models").mkdir()
    if place == "cache":
        (folder / "models").chmod(0o777)
        (snapshot / "model.safetensors").chmod(0o600)
    _, said = said_to_nobody(folder, "model")

    culprit = snapshot / "model.safetensors" if place == "cache" else folder / "models"
    assert f"{culprit} " in said, said
    assert "belongs to root" in said
    assert "and you are nobody. Ask root" in said


def refuse(number: int, name: Path | None = None) -> object:
    """A function that fails as the operating system does."""

    def fail(*_: object, **__: object) -> NoReturn:
        raise OSError(number, os.strerror(number), *([str(name)] if name else []))

    return fail


def test_a_refusal_names_file_owner_and_remedy_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, target = getpass.getuser(), tmp_path / "a.json"
    write_json(target, 1)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse(errno.EACCES, target))
        with pytest.raises(FileError) as read:
            read_json(target)
    assert (
        str(read.value).startswith(
            f"{target} cannot be read: permission denied. It belongs to {me} (-rw-r--r--). Give "
            f"yourself the right (`chmod u+r {target}`), or name another place for it."
        )
        or oct(target.stat().st_mode & 0o777) != "0o644"
    )
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse(errno.EACCES))
        with pytest.raises(FileError, match=f"belongs to {me} .*Ask {me} for the right") as written:
            write_json(target, 2)
    assert f"`sudo chown nobody {target}`" in str(written.value)


def test_a_user_without_a_name_is_told_by_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 987_654)
    with pytest.raises(FileError, match="and you are user 987654"), reaching(tmp_path / "x"):
        raise PermissionError(errno.EACCES, "Permission denied")


def test_a_read_only_file_system_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status = os.statvfs(tmp_path)
    fields = {name: getattr(status, name) for name in dir(status) if name.startswith("f_")}
    read_only = type("ReadOnly", (), fields | {"f_flag": os.ST_RDONLY})
    monkeypatch.setattr(os, "statvfs", lambda _: read_only)
    with (
        pytest.raises(FileError, match=r"is read-only\. Have it mounted writable, or name another"),
        reaching(tmp_path / "a"),
    ):
        raise OSError(errno.EROFS, "Read-only file system")


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, r"no space left on device\. Make room and give the same command again"),
        (errno.EDQUOT, r"disk quota exceeded\. Make room, or ask for a larger quota"),
        (errno.EMFILE, r"too many open files\. Allow more open files \(`ulimit -n 4096`\)"),
        (errno.ENAMETOOLONG, r"file name too long\. Choose a shorter name"),
        (errno.EIO, r"input/output error\. See whether the disk"),
        (errno.ESTALE, r"stale file handle\. See to the network file system"),
    ],
)
def test_what_the_disk_refuses_is_told_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    monkeypatch.setattr(Path, "replace", refuse(number))
    with pytest.raises(FileError, match=f"^{tmp_path}/a.json cannot be written: {told}"):
        write_json(tmp_path / "a.json", 1)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with pytest.raises(FileError, match=r"Move (the file away|away what stands there)"):
        write_json(tmp_path / "a" / "b.json", 1)
    with pytest.raises(FileError, match=r"Move (the file away|away what stands there)"):
        download(["http://127.0.0.1:1/c.tar"], tmp_path / "a" / "c.tar")


def test_a_table_that_cannot_be_read_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.parquet").write_bytes(b"x")
    monkeypatch.setattr(Path, "open", refuse(errno.EACCES))
    with pytest.raises(FileError, match="cannot be read: permission denied"):
        read_table(tmp_path / "a.parquet", SHARD_TRANSLATIONS)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("attempt to write a readonly database", "belongs to .*Give yourself the right"),
        ("unable to open database file", "belongs to .*Give yourself the right"),
        ("database is locked", "is held by another process: .*Wait for it or end it"),
        ("database or disk is full", r"no space left on device\. Make room"),
        ("disk I/O error", "See whether its disk is sound"),
    ],
)
def test_what_sqlite_refuses_names_the_cache_and_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, told: str
) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise sqlite3.OperationalError(said)

    monkeypatch.setattr(sqlite3, "connect", fail)
    with (
        TranslationCache(tmp_path / "a.sqlite") as memory,
        pytest.raises(FileError, match=f"a.sqlite .*{told}") as failure,
    ):
        memory.get(*KEY, ["A dog."])
    assert "translation_cache` of config.yaml" in str(failure.value) or "Make room" in told


def test_the_hubs_cache_that_refuses_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = tmp_path / "blob"
    blob.write_text("x")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(hub, "snapshot_download", refuse(errno.EACCES, blob))
    with pytest.raises(DownloadError, match=f"{blob} cannot be written: permission denied") as told:
        fetch_model("a/b", "main", tmp_path / "model")
    assert "set HF_HOME to a folder of your own" in str(told.value)


def test_the_first_folder_that_is_closed_is_the_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "c").touch()
    assert obstacle(inner / "c") == inner / "c"
    assert obstacle(inner / "no" / "file") == inner
    access = os.access
    closed = tmp_path / "a"
    monkeypatch.setattr(
        os,
        "access",
        lambda path, mode: access(path, mode) and not (Path(path) == closed and mode == os.X_OK),
    )
    assert obstacle(inner / "c") == closed
