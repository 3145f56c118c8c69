"""What all parts that speak HTTP share: whom they ask, and how long they are told to wait."""

import re
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def is_safe_address(url: str) -> bool:
    """Whether `url` is https, or http to this machine (servers of tests, a mirror in a tunnel).

    An address with a control character is none: what reads it may cut it there or leave it out.
    """
    if not url.isprintable():
        return False
    try:
        address = urlsplit(url)
        host = address.hostname
    except ValueError:
        return False
    return bool(host) and (
        address.scheme == "https" or (address.scheme == "http" and host in LOOPBACK)
    )


def seconds_to_wait(retry_after: str | None) -> float | None:
    """Read a Retry-After header: seconds or a date (RFC 9110, section 10.2.3).

    None when it is absent or not understood; a moment that has passed is 0.
    """
    if retry_after is None:
        return None
    if re.fullmatch("[0-9]+", retry_after.strip()):
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def read_within(response: requests.Response, seconds: float, size: int) -> bytes:
    """The body of an answer that was asked for with `stream=True`, at most `size` bytes of it.

    The timeout of requests is for each piece that arrives, so that a server that sends a byte now
    and then could hold a request for days. Raises requests' Timeout where the body is not whole
    within `seconds`, ConnectionError where it breaks off, RequestException where it is larger.
    """
    deadline = time.monotonic() + seconds
    body = bytearray()
    with ExitStack() as unless_whole:
        unless_whole.callback(response.close)
        try:
            while part := response.raw.read1(1 << 16, decode_content=True):
                body += part
                if time.monotonic() > deadline:
                    raise requests.Timeout(f"the answer was not whole within {seconds:g} s")
                if len(body) > size:
                    raise requests.RequestException(f"it has more than {size} bytes")
        except urllib3.exceptions.ReadTimeoutError as error:
            raise requests.Timeout(f"the answer stopped for {seconds:g} s") from error
        except urllib3.exceptions.HTTPError as error:
            raise requests.ConnectionError(f"the answer broke off ({error})") from error
        unless_whole.pop_all()  # the connection stays open for the next question
    return bytes(body)


class UnsafeRedirectError(requests.exceptions.InvalidURL):
    """An answer leads to an address that is not safe."""


class SafeSession(requests.Session):
    """A session that follows no redirection to an address that is not safe."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Where an answer leads to; raises UnsafeRedirectError where that is not safe."""
        target = super().get_redirect_target(resp)
        if target is not None and not is_safe_address(urljoin(resp.url, target)):
            raise UnsafeRedirectError(f"it leads to {target!r}, which is not an https address")
        return target
