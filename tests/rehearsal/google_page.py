"""A page on the loopback interface that behaves like Google's plain translation page.

It answers `GET /m?tl=...&sl=...&q=...` as deep-translator asks it, from given translations, line by
line, in the real page's markup, and keeps a record of everything. Faults are planned for request
numbers (counted from 1), for sentences, or for all requests:

    with GooglePage({("de", "A dog."): "Ein Hund."}, faults={2: Fault.SERVER_ERROR}) as page:
        settings = TranslationSettings("google", google_url=page.url, ...)
        ...
    page.requests[1].status == 500
    page.record["de", "A dog."] == "Ein Hund."
"""

import html
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, Self
from urllib.parse import parse_qs, urlsplit

from clseave_core.languages import LANGUAGES

MAX_ADDRESS = 16_384
_ISO = {language.google: iso for iso, language in LANGUAGES.items()}


class Fault(Enum):
    """What can go wrong with one request."""

    TOO_MANY_REQUESTS = "429, with Retry-After"
    SERVER_ERROR = "500"
    HANG = "no answer until the client goes away"
    DROP = "the connection is closed without an answer"
    EMPTY = "the page without a translation in its place"
    NO_RESULT = "a page without the place for a translation"
    ENGLISH = "the text comes back as it went"
    FEW_LINES = "the first two lines are joined; one line is as it should be"
    MOVED = "the first two lines are joined and the last is cut in two: as many lines as asked"
    DRIP = "the page comes a byte at a time, more slowly than anybody waits"
    TRUNCATED = "the connection ends in the middle of the page"
    CUT = "the page ends within the last line, and no length was announced that would tell"
    LOST = "a line in the middle is not there; one line is as it should be"
    ERROR_TEXT = "200, with the service's own error in the place of the translation"
    FOREIGN_ERROR = "the same in a third language"
    NUMBERED_ERROR = "the same with a number that is never the same"
    NOTICE = "a consent page's words in the place of the translation"
    CAPTCHA = "a page that asks for a CAPTCHA, without the place for a translation"
    PREVIOUS = "what the request before was answered, in the page of this one"
    STALE = "the whole page of the request before"
    HALVED = "every line ends in its middle"
    SWAPPED = "the two neighbouring lines of the most similar length are exchanged; one is right"


SAID_INSTEAD = {
    Fault.ERROR_TEXT: "Error 500 (Server Error)!!1500.That’s an error.There was an error. Please "
    "try again later.That’s all we know.",
    Fault.FOREIGN_ERROR: "Une erreur s’est produite sur le serveur. Veuillez réessayer plus tard.",
    Fault.NUMBERED_ERROR: "Error 500: the request {number} failed, see log {number}00{number}.",
    Fault.NOTICE: "Before you continue to Google: we use cookies and data to deliver and maintain "
    "our services.",
}
"""What stands in the place of the translation."""


@dataclass(frozen=True)
class Request:
    """One request and what was answered: both as lines; `given` is empty unless `status` is 200."""

    number: int
    lang: str
    asked: tuple[str, ...]
    given: tuple[str, ...]
    status: int
    fault: Fault | None
    at: float
    """When it came: seconds of `time.monotonic`."""


class GooglePage:
    """The page for the time of a `with` block.

    `translations` maps (ISO code, source line) to the translation; a line that is not in it comes
    back as it is, as the real page does with what it takes for nonsense, and stands in `unknown`.
    `faults` maps request numbers, `poison` source lines, to a fault; `always` meets all other
    requests. `form` is how lines are separated in the page: by line feeds, by `<br>`, or by line
    feeds in the older markup; `escape_twice` writes entities as the real page sometimes does.
    A request whose address is longer than `max_address` gets a 400.
    """

    def __init__(
        self,
        translations: Mapping[tuple[str, str], str],
        faults: Mapping[int, Fault] | None = None,
        *,
        poison: Mapping[str, Fault] | None = None,
        always: Fault | None = None,
        form: Literal["newline", "br", "t0"] = "newline",
        escape_twice: bool = False,
        retry_after: int | None = 1,
        max_address: int = MAX_ADDRESS,
    ) -> None:
        self.translations = dict(translations)
        self.faults = dict(faults or {})
        self.poison = dict(poison or {})
        self.always = always
        self.form = form
        self.escape_twice = escape_twice
        self.retry_after = retry_after
        self.max_address = max_address
        self.requests: list[Request] = []
        """Everything asked and answered, in order."""
        self.record: dict[tuple[str, str], str] = {}
        """The right translation of every line that was ever asked for."""
        self.unknown: set[tuple[str, str]] = set()
        self._before: tuple[str, tuple[str, ...]] | None = None
        self._lock = threading.Lock()
        self.closing = threading.Event()
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.page = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """The address to ask; `translation: google: url` of a study."""
        return f"http://127.0.0.1:{self._http.server_port}/m"

    def answer(self, address: str) -> tuple[Request, str]:
        """Decide what the request with this path and query gets: its record, and the page."""
        query = parse_qs(urlsplit(address).query, keep_blank_values=True)
        google_code, text = query["tl"][0], query["q"][0]
        lang = _ISO.get(google_code, google_code)
        lines = tuple(text.split("\n"))
        with self._lock:
            number = len(self.requests) + 1
            for line in lines:
                if (lang, line) not in self.translations:
                    self.unknown.add((lang, line))
            right = tuple(self.translations.get((lang, line), line) for line in lines)
            self.record |= {(lang, line): r for line, r in zip(lines, right, strict=True)}
            fault = self._fault(number, lines)
            too_long = len(address) > self.max_address
            status, given = (400, ()) if too_long else _answer(fault, lines, right)
            if fault in SAID_INSTEAD:
                given = (SAID_INSTEAD[fault].format(number=number),)
            before, self._before = self._before, (text, right)
            if fault in (Fault.PREVIOUS, Fault.STALE) and before is not None:
                text, given = before if fault is Fault.STALE else (text, before[1])
            request = Request(number, lang, lines, given, status, fault, time.monotonic())
            self.requests.append(request)
        return request, self._page(text, given, fault) if status == 200 else "<title>Error</title>"

    def _fault(self, number: int, lines: tuple[str, ...]) -> Fault | None:
        poisoned = [self.poison[line] for line in lines if line in self.poison]
        return self.faults.get(number, poisoned[0] if poisoned else self.always)

    def _page(self, text: str, given: tuple[str, ...], fault: Fault | None) -> str:
        escaped = [html.escape(line) for line in given]
        if self.escape_twice:
            escaped = [html.escape(line) for line in escaped]
        result = ("<br>" if self.form == "br" else "\n").join(escaped)
        place = 'dir="ltr" class="t0"' if self.form == "t0" else 'class="result-container"'
        if fault is Fault.CUT:
            return f"<!DOCTYPE html><html><body><div {place}>{result[:-3]}"
        if fault is Fault.CAPTCHA:
            result = "<p>Our systems have detected unusual traffic.</p><div id='recaptcha'></div>"
        elif fault is not Fault.NO_RESULT:
            result = f"<div {place}>{result}</div>"
        return (
            '<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><title>Google Translate'
            '</title></head><body><div class="root-container"><form action="/m"><div '
            'class="input-container"><input type="text" name="q" class="input-field" value="'
            f'{html.escape(text)}"></div></form>{result}<div class="links-container"><ul><li><a '
            'href="/">Google home</a></li></ul></div></div></body></html>'
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _answer(
    fault: Fault | None, lines: tuple[str, ...], right: tuple[str, ...]
) -> tuple[int, tuple[str, ...]]:
    """Status and lines of an answer under a fault; status 0 is no answer at all."""
    if fault in (Fault.HANG, Fault.DROP):
        return 0, ()
    if fault is Fault.TOO_MANY_REQUESTS:
        return 429, ()
    if fault is Fault.SERVER_ERROR:
        return 500, ()
    if fault in (Fault.EMPTY, Fault.NO_RESULT, Fault.CAPTCHA):
        return 200, ()
    if fault is Fault.ENGLISH:
        return 200, lines
    if fault is Fault.HALVED:
        return 200, tuple(line[: (len(line) + 1) // 2] for line in right)
    if fault is Fault.FEW_LINES and len(right) > 1:
        return 200, (f"{right[0]} {right[1]}", *right[2:])
    if fault is Fault.LOST and len(right) > 1:
        lost = len(right) // 2
        return 200, (*right[:lost], *right[lost + 1 :])
    if fault is Fault.MOVED and len(right) > 2:
        *middle, last = right[2:]
        half = len(last) // 2
        return 200, (f"{right[0]} {right[1]}", *middle, last[:half], last[half:])
    if fault is Fault.SWAPPED and len(right) > 1:
        swapped = list(right)
        at = min(range(len(right) - 1), key=lambda i: abs(len(right[i]) - len(right[i + 1])))
        swapped[at], swapped[at + 1] = swapped[at + 1], swapped[at]
        return 200, tuple(swapped)
    return 200, right


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    page: GooglePage

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that goes away is no error of the server."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http
    timeout = 30.0

    def do_GET(self) -> None:
        page = self.server.page
        request, content = page.answer(self.path)
        if request.status == 0:
            if request.fault is Fault.HANG:
                page.closing.wait()
            self.close_connection = True
            return
        body = content.encode()
        self.send_response(request.status)
        self.send_header("Content-Type", "text/html; charset=UTF-8")
        if request.fault is Fault.CUT:
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(body)))
        if request.status == 429 and page.retry_after is not None:
            self.send_header("Retry-After", str(page.retry_after))
        self.end_headers()
        if request.fault is Fault.DRIP:
            self._drip(body)
        elif request.fault is Fault.TRUNCATED:
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        else:
            self.wfile.write(body)

    def _drip(self, body: bytes) -> None:
        for byte in body:
            if self.server.page.closing.wait(0.05):
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the record is in `requests`."""
