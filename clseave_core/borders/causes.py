"""What an error says at its root, in short, without the layers of libraries around it."""

import json
import re
import ssl
from collections.abc import Iterator

from clseave_core.redaction import without_secrets

_LONGEST = 300
_ERRNO = re.compile(r"^\[Errno -?\d+\] ")
_PLACE = re.compile(r" \(_\w+\.c:\d+\)$")
"""Where in its own source OpenSSL's wrapper found the fault."""


def layers(error: BaseException) -> list[BaseException]:
    """An error and those that it stands for, the outermost first."""
    found: list[BaseException] = []
    waiting = [error]
    while waiting:
        layer = waiting.pop()
        if not any(layer is known for known in found):
            found.append(layer)
            waiting += reversed(list(_within(layer)))
    return found


def _within(error: BaseException) -> Iterator[BaseException]:
    inner = (error.__cause__, getattr(error, "reason", None), *error.args)
    yield from (layer for layer in inner if isinstance(layer, BaseException))


def in_short(error: BaseException) -> str:
    """The cause at the root of an error: one clause without a full stop and without secrets."""
    texts = [_text(layer) for layer in reversed(layers(error))]
    said = next(filter(None, texts), None)
    if said is None:
        library = type(error).__module__.partition(".")[0]
        return f"{library} says no more than {type(error).__name__}"
    return said


def _text(error: BaseException) -> str:
    """What one layer says by itself; empty where it only stands for another, or says nothing."""
    if isinstance(error, ssl.SSLCertVerificationError):
        said = str(getattr(error, "verify_message", None) or "")
        if said:
            return _line(said)
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON: {error.msg} at line {error.lineno} column {error.colno}"
    if isinstance(error, OSError) and error.errno is not None and error.strerror:
        return _line(str(error.strerror))
    if any(isinstance(part, BaseException) for part in error.args):
        return ""
    return _line(words(error))


def words(error: BaseException) -> str:
    """What an error says; empty where it fails at saying it, as some of libraries do."""
    try:
        return str(error)
    except (TypeError, ValueError, AttributeError, LookupError):
        return ""


def _line(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    line = _PLACE.sub("", _ERRNO.sub("", without_secrets(line))).rstrip(" .")
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
