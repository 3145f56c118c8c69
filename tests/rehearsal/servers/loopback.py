"""What the servers share: a thread on 127.0.0.1, planned faults, ranges, and a record.

A server answers from an `Answer`: content and headers. Ranges and conditions are handled here as
RFC 9110 says, and so are the faults, which are planned for each path: the k-th GET of it meets the
k-th fault (None is no fault), and those after the last none.
"""

import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Drop:
    """The connection is cut after `after` bytes of the body."""

    after: int


@dataclass(frozen=True)
class Stall:
    """Nothing more comes after `after` bytes of the body until the server closes."""

    after: int


@dataclass(frozen=True)
class WrongByte:
    """One byte of the file is another: at `position` of the whole file."""

    position: int


@dataclass(frozen=True)
class Status:
    """The answer is an error."""

    code: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class IgnoreRange:
    """The whole file comes, whatever was asked."""


Fault = Drop | Stall | WrongByte | Status | IgnoreRange


@dataclass(frozen=True)
class Answer:
    """What lies at a path: `status`, `body`, `headers`."""

    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass
class Request:
    """One request as the server saw it, and what it sent."""

    method: str
    path: str
    start: int | None
    """First byte of the range that was asked for."""
    if_range: str | None
    agent: str
    authorization: str = ""
    status: int = 0
    sent: int = 0
    """Bytes of the body that were sent."""


class LoopbackServer:
    """A server for the time of a `with` block: `url`, `requests`, `count(path)`."""

    def __init__(self, faults: Mapping[str, Sequence[Fault | None]] | None = None) -> None:
        self.requests: list[Request] = []
        self._faults = {path: list(planned) for path, planned in (faults or {}).items()}
        self._lock = threading.Lock()
        self.closing = threading.Event()
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """The address without a slash at the end."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def answer(self, path: str) -> Answer:
        """Say what lies at `path` (which begins with a slash and has no query)."""
        raise NotImplementedError

    def gets(self, path: str = "") -> list[Request]:
        """Return the GET requests whose path contains `path`."""
        return [r for r in list(self.requests) if r.method == "GET" and path in r.path]

    def next_fault(self, path: str) -> Fault | None:
        """Take the next planned fault of a path."""
        with self._lock:
            planned = self._faults.get(path)
            return planned.pop(0) if planned else None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    owner: LoopbackServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that was killed is no error of the server."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http
    timeout = 30.0

    def do_GET(self) -> None:
        owner = self.server.owner
        path = self.path.split("?", 1)[0]
        request = Request(
            method=self.command,
            path=path,
            start=_range_start(self.headers.get("Range")),
            if_range=self.headers.get("If-Range"),
            agent=self.headers.get("User-Agent", ""),
            authorization=self.headers.get("Authorization", ""),
        )
        owner.requests.append(request)
        fault = owner.next_fault(path) if self.command == "GET" else None
        if isinstance(fault, Status):
            self._send(Answer(headers=fault.headers, status=fault.code), request, None)
        else:
            self._send(owner.answer(path), request, fault)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _send(self, answer: Answer, request: Request, fault: Fault | None) -> None:
        """Send status, headers and the body or the part of it that was asked for."""
        body, headers = answer.body, dict(answer.headers)
        status = answer.status
        if isinstance(fault, WrongByte):
            wrong = bytearray(body)
            wrong[fault.position] ^= 0xFF
            body = bytes(wrong)
        if status == 200 and "ETag" in headers:
            headers["Accept-Ranges"] = "bytes"
        same = request.if_range in (None, headers.get("ETag"), headers.get("Last-Modified"))
        start = request.start
        if start is not None and status == 200 and same and not isinstance(fault, IgnoreRange):
            if start >= len(body):
                status, headers["Content-Range"] = 416, f"bytes */{len(body)}"
                body = b""
            else:
                status = 206
                headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
                body = body[start:]
        request.status = status
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        cut = fault.after if isinstance(fault, Drop | Stall) else len(body)
        self.wfile.write(body[:cut])
        request.sent = len(body[:cut])
        if isinstance(fault, Stall):
            self.server.owner.closing.wait()
        if isinstance(fault, Drop | Stall):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the record is in `requests`."""


def _range_start(header: str | None) -> int | None:
    """Read the first byte off `bytes=START-`, the only form that the clients use."""
    if header is None or not header.startswith("bytes="):
        return None
    return int(header.removeprefix("bytes=").split("-")[0])
