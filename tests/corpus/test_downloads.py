"""Downloads against a mirror on the loopback interface, faults included."""

import errno
import hashlib
import json
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clseave_core.corpus import downloads
from clseave_core.corpus.downloads import DownloadError, download
from clseave_core.corpus.partial import Partial
from tests.rehearsal.servers import (
    Answer,
    ArchiveMirror,
    Drop,
    IgnoreRange,
    Stall,
    Status,
    WrongByte,
)

NAME = "flickr30k_images.tar.gz"
CONTENT = bytes(range(256)) * 12_000  # 3,072,000 bytes
OTHER = CONTENT[::-1]
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def closed_address() -> str:
    """An address where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/{NAME}"


def leftovers(target: Path) -> list[str]:
    """The names beside the target."""
    return sorted(path.name for path in target.parent.iterdir() if path != target)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "flickr30k" / NAME


def fetch(
    mirror: ArchiveMirror,
    target: Path,
    size: int | None = None,
    sha256: str | None = None,
    attempts: int = 5,
) -> Path:
    return download([mirror.address(NAME)], target, size, sha256, attempts=attempts, pause=0.0)


def test_a_file_is_fetched_once_and_nothing_is_left_beside_it(target: Path) -> None:
    with ArchiveMirror({NAME: CONTENT}) as mirror:
        assert fetch(mirror, target, size=len(CONTENT), sha256=SHA256.upper()) == target
        assert target.read_bytes() == CONTENT
        assert leftovers(target) == []
        fetch(mirror, target, size=len(CONTENT), sha256=SHA256)
        assert len(mirror.requests) == 1


def test_a_dropped_connection_goes_on_at_the_byte_where_it_was_cut(target: Path) -> None:
    cuts = [Drop(1_000_001), Drop(500_000), None]
    with ArchiveMirror({NAME: CONTENT}, {NAME: cuts}) as mirror:
        fetch(mirror, target, sha256=SHA256)
        etag = mirror.answer(f"/{NAME}").headers["ETag"]
    assert target.read_bytes() == CONTENT
    assert [r.start for r in mirror.requests] == [None, 1_000_001, 1_500_001]
    assert [r.if_range for r in mirror.requests] == [None, etag, etag]
    assert [r.sent for r in mirror.requests] == [1_000_001, 500_000, 1_571_999]
    assert sum(r.sent for r in mirror.requests) == len(CONTENT)


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(0, 4000), max_size=4), size=st.integers(1, 10_000))
def test_wherever_it_is_cut_each_byte_is_sent_once(cuts: list[int], size: int) -> None:
    content = CONTENT[:size]
    with (
        tempfile.TemporaryDirectory() as folder,
        ArchiveMirror({NAME: content}, {NAME: [Drop(cut) for cut in cuts]}) as mirror,
    ):
        target = Path(folder) / NAME
        fetch(mirror, target, attempts=6)
        assert target.read_bytes() == content
        assert leftovers(target) == []
    # Only now: the server counts what it sent after the client has it.
    assert sum(request.sent for request in mirror.requests) == size


def test_a_server_that_falls_silent_is_asked_again(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "SILENCE_SECONDS", 0.2)
    with ArchiveMirror({NAME: CONTENT}, {NAME: [Stall(1_500_000)]}) as mirror:
        fetch(mirror, target)
        assert target.read_bytes() == CONTENT
        starts = [request.start for request in mirror.requests]
    assert starts[0] is None
    assert starts[1] is not None
    assert 1_000_000 < starts[1] <= 1_500_000


def test_a_file_that_changed_in_between_is_not_glued_together(target: Path) -> None:
    with ArchiveMirror({NAME: CONTENT}, {NAME: [Drop(1_000_000)]}) as mirror:
        with pytest.raises(DownloadError, match="1,000,000 bytes that came are kept"):
            fetch(mirror, target, attempts=1)
        mirror.files[NAME] = OTHER
        fetch(mirror, target)
        assert target.read_bytes() == OTHER
        assert [(r.start, r.status) for r in mirror.requests] == [(None, 200), (1_000_000, 200)]


def test_a_server_that_ignores_ranges_is_read_from_the_start(target: Path) -> None:
    with ArchiveMirror({NAME: CONTENT}, {NAME: [Drop(1_000_000), IgnoreRange()]}) as mirror:
        fetch(mirror, target)
        assert target.read_bytes() == CONTENT
        assert [r.start for r in mirror.requests] == [None, 1_000_000]


def test_without_etag_and_date_a_cut_file_is_begun_anew(target: Path) -> None:
    faults = {NAME: [Drop(1_000_000)]}
    with ArchiveMirror({NAME: CONTENT}, faults, validators=False) as mirror:
        fetch(mirror, target)
        assert target.read_bytes() == CONTENT
        assert [r.start for r in mirror.requests] == [None, None]


def test_a_range_that_the_server_does_not_have_begins_anew(target: Path) -> None:
    with ArchiveMirror({NAME: CONTENT}, {NAME: [Drop(2_000_000), Status(416)]}) as mirror:
        fetch(mirror, target)
        assert target.read_bytes() == CONTENT
        assert [r.start for r in mirror.requests] == [None, 2_000_000, None]


def test_a_wrong_checksum_sends_us_to_the_next_mirror(
    target: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = ArchiveMirror({NAME: CONTENT}, {NAME: [WrongByte(7)]})
    with wrong, ArchiveMirror({NAME: CONTENT}) as right:
        download([wrong.address(NAME), right.address(NAME)], target, sha256=SHA256)
    assert target.read_bytes() == CONTENT
    assert leftovers(target) == []
    assert [r.start for r in right.requests] == [None]
    assert re.search(f"SHA-256 [0-9a-f]{{64}}, expected {SHA256}", caplog.text)


def test_a_wrong_checksum_everywhere_leaves_nothing(target: Path) -> None:
    with ArchiveMirror({NAME: OTHER}) as mirror:
        with pytest.raises(DownloadError, match=f"expected {SHA256}") as failure:
            fetch(mirror, target, sha256=SHA256)
        assert "are kept" not in str(failure.value)
        assert leftovers(target) == []
        assert not target.exists()


def test_a_file_of_another_size_is_not_even_begun(target: Path) -> None:
    with (
        ArchiveMirror({NAME: CONTENT + b"x"}) as mirror,
        pytest.raises(DownloadError, match="has 3,072,001 bytes, expected 3,072,000"),
    ):
        fetch(mirror, target, size=len(CONTENT))
    assert leftovers(target) == []


@pytest.mark.parametrize("code", [429, 500, 503])
def test_passing_errors_are_asked_again(target: Path, code: int) -> None:
    with ArchiveMirror({NAME: CONTENT}, {NAME: [Status(code), Status(code)]}) as mirror:
        fetch(mirror, target)
        assert [r.status for r in mirror.requests] == [code, code, 200]


def test_retries_end_and_pauses_double(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    answers = [Status(500), Status(503, {"Retry-After": "7"}), *[Status(500)] * 9]
    with (
        ArchiveMirror({NAME: CONTENT}, {NAME: answers}) as mirror,
        pytest.raises(DownloadError, match="500 Internal Server Error"),
    ):
        download([mirror.address(NAME)], target, pause=2.0)
    assert len(mirror.requests) == 5
    assert pauses == [2.0, 7.0, 8.0, 16.0]


def test_progress_gives_new_attempts(target: Path) -> None:
    drops = [Drop(1_000_000), Drop(1_000_000), None]
    with ArchiveMirror({NAME: CONTENT}, {NAME: drops}) as mirror:
        fetch(mirror, target, attempts=2)
        assert len(mirror.requests) == 3


def test_a_missing_file_is_not_asked_twice(target: Path) -> None:
    with ArchiveMirror({}) as empty, ArchiveMirror({NAME: CONTENT}) as mirror:
        download([empty.address(NAME), mirror.address(NAME)], target)
        assert [r.status for r in empty.requests] == [404]


def test_the_mirror_of_the_part_that_is_there_goes_first(target: Path) -> None:
    second = ArchiveMirror({NAME: CONTENT}, {NAME: [Drop(1_000_000)]})
    with ArchiveMirror({}) as first, second:
        urls = [first.address(NAME), second.address(NAME)]
        with pytest.raises(DownloadError, match=r"404(.|\n)*cut|404(.|\n)*IncompleteRead"):
            download(urls, target, attempts=1)
        first.files[NAME] = CONTENT
        download(urls, target)
        assert len(first.requests) == 1
        assert [r.start for r in second.requests] == [None, 1_000_000]


def test_another_mirror_starts_anew_but_only_when_it_answers(target: Path) -> None:
    with ArchiveMirror({NAME: CONTENT}, {NAME: [Drop(1_000_000)]}) as first:
        with pytest.raises(DownloadError, match="1,000,000 bytes that came are kept"):
            download([first.address(NAME), closed_address()], target, attempts=1)
        assert leftovers(target) == [f"{NAME}.part", f"{NAME}.part.json"]
    with ArchiveMirror({NAME: CONTENT}) as second:
        download([first.address(NAME), second.address(NAME)], target, attempts=1)
        assert [r.start for r in second.requests] == [None]
    assert target.read_bytes() == CONTENT


def test_without_network_the_message_says_what_to_fetch_and_where_to_put_it(target: Path) -> None:
    urls = [closed_address(), closed_address()]
    with pytest.raises(DownloadError) as failure:
        download(urls, target, 123_456, SHA256, "the Flickr30k pictures", pause=0.0)
    message = str(failure.value)
    assert message.startswith("the Flickr30k pictures could not be downloaded:")
    assert all(f"  {url}\n    " in message for url in urls)
    assert "Connection refused" in message
    assert f"put it at {target} (123,456 bytes, SHA-256 {SHA256})" in message
    assert "`path`" in message
    assert len(message) < 900
    assert leftovers(target) == []


def test_a_full_disk_is_said_before_the_download(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(target.parent.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000))
    with (
        ArchiveMirror({NAME: CONTENT}) as mirror,
        pytest.raises(
            DownloadError, match=r"disk is full: .* 3,072,000 bytes(.|\n)*1,000 bytes are"
        ),
    ):
        fetch(mirror, target, size=len(CONTENT))


def test_a_disk_that_fills_up_keeps_what_is_there(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = Partial.append

    def append_a_little(partial: Partial, chunk: bytes) -> None:
        if partial.length > 1_000_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        append(partial, chunk)

    with ArchiveMirror({NAME: CONTENT}) as mirror:
        monkeypatch.setattr(Partial, "append", append_a_little)
        with pytest.raises(DownloadError, match="disk is full"):
            fetch(mirror, target)
        monkeypatch.setattr(Partial, "append", append)
        fetch(mirror, target)
        start = mirror.requests[1].start
        assert start is not None
        assert start > 1_000_000
        assert target.read_bytes() == CONTENT


def test_a_gz_that_the_server_calls_encoded_stays_as_it_is(target: Path) -> None:
    class Encoding(ArchiveMirror):
        def answer(self, path: str) -> Answer:
            answer = super().answer(path)
            return Answer(answer.body, {**answer.headers, "Content-Encoding": "gzip"})

    with Encoding({NAME: CONTENT, "pictures.zip": CONTENT}) as mirror:
        fetch(mirror, target)
        assert target.read_bytes() == CONTENT
        with pytest.raises(DownloadError, match="encoded as gzip"):
            download([mirror.address("pictures.zip")], target.with_name("pictures.zip"))


@pytest.mark.parametrize(
    ("urls", "sha256", "message"),
    [
        ([], None, "no address is given for the pictures"),
        (["file:///pictures.zip"], None, "'file:///pictures.zip' is not an http"),
        (["http://127.0.0.1/x"], "abc", "'abc', is not 64 hexadecimal digits"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    target: Path, urls: list[str], sha256: str | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        download(urls, target, sha256=sha256, what="the pictures")


def test_a_target_of_another_size_is_not_taken(target: Path) -> None:
    target.parent.mkdir()
    target.write_bytes(b"half")
    with pytest.raises(ValueError, match=r"has 4 bytes, expected 3,072,000\. Delete it"):
        download([closed_address()], target, size=len(CONTENT))


class Child(NamedTuple):
    """A process that downloads, and the way to wait until its part file has some size."""

    process: subprocess.Popen[bytes]
    wait_for: Callable[[int], None]


def start_download(mirror: ArchiveMirror, target: Path) -> Child:
    """Start a process that downloads."""
    program = (
        "import sys; from pathlib import Path; from clseave_core.corpus.downloads import download; "
        "download([sys.argv[1]], Path(sys.argv[2]))"
    )
    process = subprocess.Popen([sys.executable, "-c", program, mirror.address(NAME), str(target)])
    part = target.with_name(f"{NAME}.part")

    def wait_for(size: int) -> None:
        while not part.exists() or part.stat().st_size < size:
            assert process.poll() is None, "the process that downloads has ended"
            time.sleep(0.01)

    return Child(process, wait_for)


def test_a_killed_download_goes_on_in_the_next_process(target: Path) -> None:
    with ArchiveMirror({NAME: CONTENT}, {NAME: [Stall(2_000_000)]}) as mirror:
        child = start_download(mirror, target)
        child.wait_for(1_000_000)
        os.kill(child.process.pid, signal.SIGKILL)
        child.process.wait()
        assert not target.exists()
        there = target.with_name(f"{NAME}.part").stat().st_size
        fetch(mirror, target, sha256=SHA256)
        assert target.read_bytes() == CONTENT
        assert leftovers(target) == []
        assert [r.start for r in mirror.requests] == [None, there]


def test_a_process_killed_after_the_last_byte_asks_nothing_more(target: Path) -> None:
    with ArchiveMirror({NAME: CONTENT}) as mirror:
        target.parent.mkdir()
        target.with_name(f"{NAME}.part").write_bytes(CONTENT)
        origin = {"url": mirror.address(NAME), "validator": '"1"', "total": len(CONTENT)}
        target.with_name(f"{NAME}.part.json").write_text(json.dumps(origin))
        fetch(mirror, target, sha256=SHA256)
        assert target.read_bytes() == CONTENT
        assert mirror.requests == []


@pytest.mark.parametrize("origin", ["", "{", "[]", '{"url": "http://127.0.0.1/"}'])
def test_a_part_of_unknown_origin_is_not_trusted(target: Path, origin: str) -> None:
    target.parent.mkdir()
    target.with_name(f"{NAME}.part").write_bytes(OTHER[:1000])
    target.with_name(f"{NAME}.part.json").write_text(origin)
    with ArchiveMirror({NAME: CONTENT}) as mirror:
        fetch(mirror, target)
        assert mirror.requests[0].start is None
    assert target.read_bytes() == CONTENT


def test_a_second_process_waits_and_then_finds_the_file(
    target: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with ArchiveMirror({NAME: CONTENT}, {NAME: [Stall(2_000_000)]}) as mirror:
        child = start_download(mirror, target)
        child.wait_for(1_000_000)
        second = threading.Thread(target=fetch, args=(mirror, target))
        second.start()
        while "another process is downloading" not in caplog.text:
            time.sleep(0.01)
        assert len(mirror.requests) == 1
        mirror.closing.set()  # the stalled connection ends, and the child goes on
        second.join()
        assert child.process.wait() == 0
        assert target.read_bytes() == CONTENT
        assert leftovers(target) == []
        assert [r.start for r in mirror.requests] == [None, 2_000_000]
