"""Downloads that can be cut at any moment and go on where they stopped.

Several addresses may offer the same file; they are tried in order. What was cut goes on by an HTTP
range under the condition that the file is still the same version (RFC 9110, section 13.1.5), so
that two versions are never glued together. A file takes its name only when its size and, where
known, its SHA-256 are right.
"""

import errno
import hashlib
import logging
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import requests

from clseave_core.borders.addresses import address_trouble
from clseave_core.borders.files import FileError, file_error, reaching
from clseave_core.borders.pages import is_page, led_to, page_trouble
from clseave_core.corpus.partial import ELSEWHERE, Origin, Partial, locked_partial, part_path
from clseave_core.corpus.wanted import Address, Wanted, check_request, check_size_of_target
from clseave_core.progress import Progress
from clseave_core.redaction import without_secrets
from clseave_core.web import SafeSession, seconds_to_wait

logger = logging.getLogger(__name__)

CHUNK = 1 << 20
MEGABYTE = 10**6
CONNECT_SECONDS, SILENCE_SECONDS = 10.0, 60.0
LONGEST_PAUSE = 60.0
WORTH_ANOTHER_TRY = (408, 425, 429, 500, 502, 503, 504)


class DownloadError(OSError):
    """A file could not be had; the message says what to do.

    `failures` has the reason of each address where none of them gives the file; it is empty where
    another address would be no help.
    """

    def __init__(self, message: str, failures: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.failures = dict(failures or {})


class _MirrorError(Exception):
    """This address does not give the file."""


class _PassingError(_MirrorError):
    """This address may give the file if asked again; `seconds` is what it asks us to wait."""

    def __init__(self, message: str, seconds: float | None = None) -> None:
        super().__init__(message)
        self.seconds = seconds


def download(
    urls: Sequence[str | Address],
    target: str | Path,
    size: int | None = None,
    sha256: str | None = None,
    what: str = "the file",
    *,
    check: Callable[[Path], None] | None = None,
    attempts: int = 5,
    pause: float = 1.0,
) -> Path:
    """Fetch `target` from the first of `urls` that gives it whole, and return its path.

    `size` (in bytes) and `sha256` are those of the file at each address that is a mere text; `what`
    names the file in messages. `check` is given the whole file before it has its name, and raises
    ValueError where it is not the one that was meant. An address is asked again at most
    `attempts` times in a row without a megabyte of progress, after `pause`, 2 * `pause`, ...
    seconds or as long as the server says. A target that is there already is returned at once,
    whoever made it. Two processes that want one target: the second waits for the first.

    Raises DownloadError when no address gives the file (what came so far is kept and gone on from)
    or the disk is full, FileError where a file here cannot be reached, ValueError for an address
    that is not https (http only to this machine), an impossible checksum, or a target that is there
    with another size.
    """
    target = Path(target)
    wanted = Wanted(target, size, sha256.lower() if sha256 is not None else None, what, check)
    addresses = [Address(u, size, sha256) if isinstance(u, str) else u for u in urls]
    check_request(addresses, wanted)
    with locked_partial(target) as partial:
        if partial is None:
            check_size_of_target(addresses, wanted)
            return target
        failures: dict[str, str] = {}
        for address in _partial_first(addresses, partial):
            try:
                _fetch(address.url, partial, wanted.at(address), attempts, pause)
                return target
            except _MirrorError as error:
                logger.warning("%s: %s does not give it: %s", what, address.url, error)
                failures[address.url] = str(error)
            except FileError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise _no_room(wanted, partial.length) from error
                raise
        raise DownloadError(_advice(wanted, failures, partial.length), failures)


def _partial_first(addresses: Sequence[Address], partial: Partial) -> list[Address]:
    """Order the addresses: the one that a part of the file came from goes first."""
    begun = partial.origin.url if partial.origin is not None else None
    each = {address.url: address for address in addresses}
    return sorted(each.values(), key=lambda address: address.url != begun)


def _fetch(url: str, partial: Partial, wanted: Wanted, attempts: int, pause: float) -> None:
    """Get the file from one address, going on after passing errors; check it; give it its name."""
    tries = 0
    while True:
        before = partial.length
        try:
            _receive(url, partial, wanted)
            break
        except _PassingError as error:
            tries = 1 if partial.length - before >= MEGABYTE else tries + 1
            if tries >= attempts:
                raise
            seconds = min(error.seconds or pause * 2 ** (tries - 1), LONGEST_PAUSE)
            logger.info("%s: %s; going on in %.0f s", wanted.what, error, seconds)
            time.sleep(seconds)
    _check_bytes(partial, wanted)
    partial.complete()


def _receive(url: str, partial: Partial, wanted: Wanted) -> None:
    """Ask once for what is missing and append it; returns when all bytes are there."""
    origin = partial.origin
    if origin is not None and origin.url == url and partial.length == origin.total:
        return  # killed between the last byte and the check
    # A server may label a stored .gz file as "encoded"; its bytes are taken as they are.
    suffix = PurePosixPath(urlsplit(url).path).suffix or wanted.target.suffix
    gzipped = suffix in (".gz", ".tgz")
    headers = {"Accept-Encoding": "gzip" if gzipped else "identity", **wanted.headers}
    resumes = origin is not None and origin.url == url and origin.validator is not None
    if origin is not None and resumes:
        headers["Range"] = f"bytes={partial.length}-"
        headers["If-Range"] = str(origin.validator)
    try:
        with (
            SafeSession() as session,
            session.get(
                url, headers=headers, stream=True, timeout=(CONNECT_SECONDS, SILENCE_SECONDS)
            ) as response,
        ):
            _check_status(response, url, gzipped)
            chunks = _without_page(response, url)
            total = _align(response, url, partial, wanted)
            _check_room(wanted, total - partial.length)
            _copy(chunks, partial, wanted, total)
    except (_MirrorError, FileError):
        raise
    except Exception as error:
        trouble = address_trouble(error, url)
        kind = _PassingError if trouble.passing else _MirrorError
        raise kind(str(trouble)) from error


def _without_page(response: requests.Response, url: str) -> Iterator[bytes]:
    """The body of the answer in pieces; a web page is refused before a part file is touched."""
    chunks = response.raw.stream(CHUNK, decode_content=False)
    start = next(chunks, b"")
    if is_page(start):
        raise _MirrorError(str(page_trouble(url, response.url, start, "the file")))
    return chain([start], chunks)


def _check_status(response: requests.Response, url: str, gzipped: bool) -> None:
    status = f"{response.status_code} {response.reason}{led_to(url, response.url)}"
    if response.status_code in WORTH_ANOTHER_TRY:
        raise _PassingError(status, seconds_to_wait(response.headers.get("Retry-After")))
    # 416 (range not satisfiable) is the server's way to say that the file is not the one begun.
    if response.status_code not in (200, 206, 416):
        said = response.headers.get("X-Error-Message")  # the hub's own reason
        raise _MirrorError(f"{status} ({said})" if said else status)
    encoding = response.headers.get("Content-Encoding", "identity").lower()
    if encoding != "identity" and not (gzipped and encoding in ("gzip", "x-gzip")):
        raise _MirrorError(f"it sends the file encoded as {encoding}, not as it is")


def _align(response: requests.Response, url: str, partial: Partial, wanted: Wanted) -> int:
    """Make the part file end where the answer begins; return the size of the whole file."""
    if response.status_code == 200:
        total = _total_size(response, wanted)
        partial.begin(Origin(url, _validator(response), total))
        return total
    origin = partial.origin
    match = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
    if response.status_code == 206 and match is not None and origin is not None:
        start, total = int(match[1]), int(match[2])
        found = (start, total, _validator(response))
        if found == (partial.length, origin.total, origin.validator):
            return total
    partial.discard()
    raise _PassingError("it does not go on where the file was cut; beginning anew")


def _total_size(response: requests.Response, wanted: Wanted) -> int:
    """Read the size of the file off a whole answer and hold it against what is known."""
    announced = response.headers.get("Content-Length", "")
    total = int(announced) if re.fullmatch("[0-9]{1,18}", announced) else wanted.size
    if total is None:
        raise _MirrorError("it does not say how large the file is; give its `size` in the study")
    if wanted.size is not None and total != wanted.size:
        raise _MirrorError(f"its file has {total:,} bytes, expected {wanted.size:,}")
    return total


def _validator(response: requests.Response) -> str | None:
    """Return what tells this version of the file from others, as If-Range wants it."""
    etag = response.headers.get("ETag")
    if etag is not None and not etag.startswith("W/"):
        return etag
    return response.headers.get("Last-Modified")


def _check_room(wanted: Wanted, missing: int) -> None:
    if shutil.disk_usage(wanted.target.parent).free < missing:
        raise file_error(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), wanted.target)


def _copy(chunks: Iterator[bytes], partial: Partial, wanted: Wanted, total: int) -> None:
    """Append the body of the answer to the part file."""
    start = partial.length
    with Progress(wanted.what, (total - start) // MEGABYTE, "MB") as bar:
        for chunk in chunks:
            with reaching(part_path(wanted.target), elsewhere=ELSEWHERE):
                partial.append(chunk)
            bar.advance((partial.length - start) // MEGABYTE - bar.done)
            if partial.length > total:
                break  # a server that never ends must not fill the disk
    if partial.length < total:
        raise _PassingError(f"the connection was cut at {partial.length:,} of {total:,} bytes")
    if partial.length > total:
        partial.discard()
        raise _MirrorError(f"it sends more than the {total:,} bytes that it announced")


def _check_bytes(partial: Partial, wanted: Wanted) -> None:
    """Hold the complete bytes against size and checksum; wrong ones are thrown away."""
    if wanted.size is not None and partial.length != wanted.size:
        found_size = partial.length
        partial.discard()
        raise _MirrorError(f"its file has {found_size:,} bytes, expected {wanted.size:,}")
    part = part_path(wanted.target)
    if wanted.sha256 is not None:
        with reaching(part, "read", ELSEWHERE), part.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != wanted.sha256:
            partial.discard()
            raise _MirrorError(f"its file has SHA-256 {found}, expected {wanted.sha256}")
    if wanted.check is not None:
        try:
            wanted.check(part)
        except ValueError as error:
            partial.discard()
            reason = str(error).replace(str(part), "its file")
            raise _MirrorError(reason) from error


def _no_room(wanted: Wanted, done: int) -> DownloadError:
    folder = wanted.target.parent
    size = f" of {wanted.size:,} bytes" if wanted.size is not None else ""
    return DownloadError(
        f"the disk is full: {wanted.what}{size} does not fit into {folder.absolute()} "
        f"({shutil.disk_usage(folder).free:,} bytes are free, {done:,} bytes of the file are "
        "there). Make room, or set `resources` to a folder on a larger disk. "
        "The next run goes on where this one stopped."
    )


def _advice(wanted: Wanted, failures: dict[str, str], done: int) -> str:
    reasons = "\n".join(f"  {url}\n    {reason}" for url, reason in failures.items())
    reasons = without_secrets(reasons)
    kept = f" The {done:,} bytes that came are kept: a new run goes on from them." if done else ""
    return (
        f"{wanted.what} could not be downloaded:\n{reasons}\n"
        f"Fetch it from one of these addresses by other means and put it at "
        f"{wanted.target.absolute()}{wanted.facts()}, or name your own copy as `path` in the "
        f"study.{kept}"
    )
