"""Google's translation page, through deep-translator's GoogleTranslator under our own client.

deep-translator knows the page: its address, its parameters and where the translation stands in it.
But it asks without a timeout, throws the status away and joins lines that are separated by `<br>`
without even a space. Its module takes `get` from a name `requests`; while a question is asked, that
name is this client, which asks with a timeout, keeps one connection open, counts, raises what went
wrong, and turns `<br>` into a line feed before the page is parsed.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

import deep_translator.google as page_module
import requests
from deep_translator.exceptions import NotValidLength, TranslationNotFound

from clseave_core.borders.addresses import address_trouble
from clseave_core.borders.pages import led_to, page_title, page_trouble
from clseave_core.languages import language
from clseave_core.translation.translator import letters_of
from clseave_core.web import SafeSession, is_safe_address, read_within, seconds_to_wait

_TOO_LONG = (400, 413, 414)
_TOO_MANY = 429
_LARGEST_PAGE = 4 << 20
_PLACE = re.compile('class="(?:result-container|t0)"')
"""Where a translation stands in the page."""
_INPUT = re.compile(r"<input\b[^>]*>", re.IGNORECASE)
_QUESTION = re.compile(r"\bname=[\"']?q[\"'\s/>]", re.IGNORECASE)
_VALUE = re.compile(r"\bvalue=\"([^\"]*)\"", re.IGNORECASE)
"""The field of the page in which the text that it was asked for stands again."""
_LOOK = (
    "Open the address in a browser: log in where the network asks for it; else name another "
    "translation.google.url, or translate with provider: file"
)
BREAK = re.compile(r"<br\s*/?>[ \t]*\r?\n?", re.IGNORECASE)


class UnansweredError(RuntimeError):
    """One request brought no translation.

    `worth_repeating` tells whether the same request may succeed later, `retry_after` how many
    seconds the service wants to wait, `too_long` whether a shorter request may succeed at once.
    """

    def __init__(
        self,
        reason: str,
        *,
        worth_repeating: bool = False,
        retry_after: float | None = None,
        too_long: bool = False,
    ) -> None:
        super().__init__(reason)
        self.worth_repeating = worth_repeating
        self.retry_after = retry_after
        self.too_long = too_long


@dataclass(frozen=True)
class _Page:
    """What deep-translator reads of a response."""

    status_code: int
    text: str

    def close(self) -> None:
        """Nothing is open."""


class GoogleClient:
    """Asks the page for translations from one language into another (ISO codes).

    `requests` counts what was sent. Not for several threads at once.
    """

    def __init__(self, source: str, target: str, url: str, timeout_seconds: float) -> None:
        if not is_safe_address(url):
            raise ValueError(
                f"translation.google.url {url!r} is not an https address (http is for this "
                "machine's own servers). Correct it in the study."
            )
        for code in (source, target):
            if language(code).is_invented:
                raise ValueError(
                    f"{code} is an invented language, which Google does not know. Translate into "
                    "it with provider: file."
                )
        self._translator = page_module.GoogleTranslator(
            source=language(source).google, target=language(target).google
        )
        self._url = url
        self._timeout = timeout_seconds
        self._session = SafeSession()
        self._title = ""  # of the page that came last
        self.requests = 0

    def ask(self, text: str) -> str:
        """Send one request; return the page's translation of `text`, its lines kept.

        Raises UnansweredError; an empty translation is one.
        """
        try:
            with self._in_force():
                answer: str | None = self._translator.translate(text)
        except UnansweredError:
            raise
        except NotValidLength:
            raise UnansweredError(
                f"{len(text)} characters are too many for one request", too_long=True
            ) from None
        except TranslationNotFound:
            raise UnansweredError(
                f"the page {self._title!r} of {self._url} has no translation in it (was it "
                f"redesigned?). {_LOOK}",
                worth_repeating=True,
            ) from None
        except Exception as error:
            raise self._unanswered(error) from error
        if not answer or not answer.strip():
            raise UnansweredError("an empty answer", worth_repeating=True)
        return answer

    def get(self, url: str, params: dict[str, str], proxies: dict[str, str] | None = None) -> _Page:
        """Take the place of `requests.get` in deep-translator's module.

        `url` is deep-translator's own address; the client's is asked instead.
        """
        self.requests += 1
        try:
            response = self._session.get(
                self._url, params=params, proxies=proxies, timeout=self._timeout, stream=True
            )
            body = read_within(response, self._timeout, _LARGEST_PAGE)
        except requests.Timeout:
            raise UnansweredError(
                f"no answer within {self._timeout:g} s from {self._url}. See to the network, or "
                "raise translation.google.timeout_seconds",
                worth_repeating=True,
            ) from None
        except Exception as error:
            raise self._unanswered(error) from error
        status = response.status_code
        is_passing = status == _TOO_MANY or status >= 500
        if not 200 <= status < 300:
            raise UnansweredError(
                f"status {status} from {self._url}{led_to(self._url, response.url)}. "
                f"{'Try again later' if is_passing else _LOOK}",
                worth_repeating=is_passing,
                retry_after=seconds_to_wait(response.headers.get("Retry-After")),
                too_long=status in _TOO_LONG,
            )
        text = body.decode("utf-8", errors="replace")
        self._title = page_title(body)
        place = _PLACE.search(text)
        if place is None and response.history:
            trouble = page_trouble(self._url, response.url, body, "the translation")
            raise UnansweredError(str(trouble).rstrip("."), worth_repeating=True)
        if place is not None and "</div>" not in text[place.end() :]:
            # Without an announced length nothing else tells; a line cut by a word looks like one.
            raise UnansweredError("the page ends within the translation", worth_repeating=True)
        repeated = _repeated_question(text)
        asked = letters_of(params.get("q", ""))
        if repeated and not asked.startswith(letters_of(repeated)):
            self._session.close()  # a connection that is one answer behind stays so
            raise UnansweredError(
                f"the page answers another text: {repeated[:60]!r}", worth_repeating=True
            )
        return _Page(status, BREAK.sub("\n", text))

    def _unanswered(self, error: Exception) -> UnansweredError:
        """Why the page could not be asked, in one sentence, and in the next what to do."""
        trouble = address_trouble(error, self._url)
        failed = f"the connection to {self._url} failed: {trouble}"
        return UnansweredError(failed.rstrip("."), worth_repeating=trouble.passing)

    @contextmanager
    def _in_force(self) -> Iterator[None]:
        """Let deep-translator's module find this client under the name `requests`."""
        module: Any = page_module
        before = module.requests
        module.requests = self
        try:
            yield
        finally:
            module.requests = before


def _repeated_question(page: str) -> str:
    """The text that the page says it was asked for; empty where it says none."""
    for field in _INPUT.findall(page):
        value = _VALUE.search(field)
        if value is not None and _QUESTION.search(field):
            return unescape(value[1])
    return ""
