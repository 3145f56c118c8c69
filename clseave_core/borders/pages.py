"""Web pages that stand in the place of what was asked for: a login, a consent, an error."""

import re
import zlib
from html import unescape
from urllib.parse import urlsplit

from clseave_core.borders.trouble import Trouble
from clseave_core.redaction import without_secrets

HEAD = 1 << 16
_GZIP = b"\x1f\x8b"
_BEGINNINGS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<meta", b"<title")
_BEFORE = re.compile(rb"^(?:\xef\xbb\xbf|\s+|<\?xml.*?\?>|<!--.*?-->)+", re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_LONGEST = 80


def is_page(start: bytes) -> bool:
    """Whether a file that begins so is a web page, gzipped or not."""
    return _BEFORE.sub(b"", _plain(start)).lower().startswith(_BEGINNINGS)


def page_trouble(asked: str, found: str, start: bytes, wanted: str) -> Trouble:
    """What to say of a page that begins with `start`, came from the address `found`, and stands in
    the place of `wanted` of the address `asked`."""
    place = f" at {without_secrets(found)} (where the question was led)" if found != asked else ""
    title = page_title(start)
    called = f" with the title {title!r}" if title else ""
    return Trouble(
        f"a web page{called}{place} came in the place of {wanted}",
        f"Open {without_secrets(asked)} in a browser: log in to the network or agree to what it "
        "asks, and give the same command again; or give another address.",
    )


def led_to(asked: str, found: str) -> str:
    """Where a question was led, in brackets; empty where the host that was asked answered."""
    if urlsplit(asked).netloc == urlsplit(found).netloc:
        return ""
    return f" (it was led to {without_secrets(found.partition('?')[0])})"


def page_title(start: bytes) -> str:
    """The title of a page, in one line; empty where it has none."""
    match = _TITLE.search(_plain(start).decode("utf-8", errors="replace"))
    words = " ".join(unescape(match[1]).split()) if match else ""
    return without_secrets(words if len(words) <= _LONGEST else f"{words[:_LONGEST]}...")


def _plain(start: bytes) -> bytes:
    """The beginning of a file, out of its gzip where it is in one."""
    if not start.startswith(_GZIP):
        return start[:HEAD]
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(start[:HEAD], HEAD)
    except zlib.error:
        return b""
