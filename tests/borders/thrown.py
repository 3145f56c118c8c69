"""Every exception that the libraries at the borders can raise, made as far as they can be."""

import errno
import importlib
import inspect
import json
import os
from collections.abc import Iterator
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import httpx2
import requests

LIBRARIES = (
    "requests.exceptions", "urllib3.exceptions", "httpx2", "httpx", "httpcore2",
    "huggingface_hub.errors", "sqlite3", "ssl", "json", "socket", "http.client", "zlib", "gzip",
    "builtins",
)  # fmt: skip
_REQUEST = httpx2.Request("GET", "https://hub.invalid/x")
_ANSWER = httpx2.Response(500, request=_REQUEST)
_WAYS: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...] = (
    (("said",), {}),
    ((), {}),
    (("said",), {"response": _ANSWER}),
    (("said",), {"request": _REQUEST, "response": _ANSWER}),
    (("said", "text", 0), {}),
    ((None, "said"), {}),
    ((None, "https://x.invalid", "said"), {}),
    ((7, 9), {}),
    (("utf-8", b"x", 0, 1, "said"), {}),
    (("utf-8", "x", 0, 1, "said"), {}),
    ((requests.Response(), "said"), {}),
    (("said", 1, 2), {}),
    (("said", 0, 1, "said"), {}),
)


def classes() -> list[type[Exception]]:
    """The public exception classes, each once; warnings are none."""
    found: dict[str, type[Exception]] = {}
    for name in LIBRARIES:
        if find_spec(name.partition(".")[0]) is None:
            continue
        for each in _exceptions(importlib.import_module(name)):
            found[f"{each.__module__}.{each.__qualname__}"] = each
    return [found[name] for name in sorted(found)]


def _exceptions(module: ModuleType) -> Iterator[type[Exception]]:
    for value in vars(module).values():
        if not inspect.isclass(value) or not issubclass(value, Exception):
            continue
        if not issubclass(value, Warning | ExceptionGroup):
            yield value


def made(kind: type[Exception]) -> Exception:
    """An exception of this class, with whatever arguments it takes."""
    for positional, named in _WAYS:
        try:
            return kind(*positional, **named)
        except (TypeError, ValueError, AttributeError, KeyError, IndexError):
            continue
    return kind.__new__(kind, "said")  # one that wants an object of its own library


def numbered() -> list[OSError]:
    """An error of the operating system for every number, and with and without a file's name."""
    numbers = sorted(errno.errorcode)
    plain: list[OSError] = [OSError(number, os.strerror(number)) for number in numbers]
    named = (errno.ENOENT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC)
    return [*plain, *(OSError(n, os.strerror(n), "/elsewhere/x") for n in named)]


def everything() -> list[Exception]:
    """All of them, and each kind of chain that libraries make."""
    inner = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
    chained = requests.ConnectionError("outer")
    chained.__cause__ = inner
    return [
        *map(made, classes()),
        *numbered(),
        chained,
        requests.ConnectionError(inner),
        json.JSONDecodeError("Expecting value", "<html>", 0),
        ImportError("Using SOCKS proxy, but the 'socksio' package is not installed."),
        KeyError("sha"),
        AssertionError(),
        AttributeError("'NoneType' object has no attribute 'x'"),
        TypeError(),
    ]


def name_of(error: Exception) -> str:
    """What a test with this error is called."""
    number = error.errno if isinstance(error, OSError) else None
    return f"{type(error).__name__} {errno.errorcode.get(number or 0, '')}".strip()
