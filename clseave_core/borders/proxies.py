"""Proxies: which variable names the one that is asked, and what is wrong with what it names."""

import os
from importlib.util import find_spec
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

from requests.utils import should_bypass_proxies

from clseave_core.borders.causes import in_short, layers, words
from clseave_core.borders.trouble import Trouble
from clseave_core.redaction import without_secrets

_KINDS = ("https", "http", "all")
_PLAIN = ("http", "https")
_SOCKS = ("socks4", "socks4a", "socks5", "socks5h")
_SOCKS_OF_THE_HUB = ("socks5", "socks5h")
_FORM = "http://HOST:PORT"


def proxy_trouble(
    error: BaseException, url: str, *, of_the_hub: bool, is_connecting: bool
) -> Trouble | None:
    """What is wrong with a proxy's variable or its proxy; None where no proxy is to blame.

    `is_connecting` tells that no connection was made, which may be the proxy's fault. `of_the_hub`:
    the hub's client was asked, which reads every variable before its first request and speaks SOCKS
    by another package than requests.
    """
    text = " ".join(f"{type(layer).__name__} {words(layer)}" for layer in layers(error))
    at_fault = next(
        (
            trouble
            for name, value in _variables(url, of_the_hub=of_the_hub)
            if (trouble := _misformed(name, value, of_the_hub=of_the_hub)) is not None
        ),
        None,
    )
    if at_fault is not None:
        return at_fault
    if not is_connecting:
        return None
    named = next(iter(_variables(url, of_the_hub=False)), None)
    if named is None:
        return None
    name, value = named
    shown = f"the proxy {without_secrets(value)} of the variable {name}"
    if "407" in text:
        return Trouble(
            f"{shown} asks for a user and a password",
            f"Write them into {name} as http://USER:PASSWORD@HOST:PORT.",
        )
    return Trouble(
        f"it was asked through {shown}: {in_short(error)}",
        f"Correct {name}, or unset it where no proxy is needed.",
    )


def _variables(url: str, *, of_the_hub: bool) -> list[tuple[str, str]]:
    """The variables (name, value) of the proxies for `url`, the one that is used first."""
    address = urlsplit(url)
    if should_bypass_proxies(url, no_proxy=None) and not of_the_hub:
        return []
    used = [kind for kind in (address.scheme, "all") if kind in getproxies_environment()]
    kinds = [*used, *(kind for kind in _KINDS if of_the_hub and kind not in used)]
    names = [name for kind in kinds for name in (f"{kind}_proxy", f"{kind}_PROXY".upper())]
    return [(name, os.environ[name]) for name in names if os.environ.get(name)]


def _misformed(name: str, value: str, *, of_the_hub: bool) -> Trouble | None:
    """What is wrong with the text of a variable, or with the packages that it needs."""
    shown = f"the variable {name} has {without_secrets(value)!r}"
    written = value if "://" in value else f"http://{value}"
    scheme = written.partition("://")[0].lower()
    if scheme == "socks":
        lacks = _without_package(shown, name, of_the_hub=of_the_hub)
        write = f"Write {_socks(value)}"
        if lacks is not None:
            write += f", for which a package that speaks SOCKS is missing. {lacks.remedy}"
        return Trouble(f"{shown}, and socks:// is no kind of proxy", f"{write.rstrip('.')}.")
    if scheme in _SOCKS and not (of_the_hub and scheme not in _SOCKS_OF_THE_HUB):
        return _without_package(shown, name, of_the_hub=of_the_hub)
    if scheme not in _PLAIN:
        return Trouble(
            f"{shown}, and {scheme}:// is no kind of proxy that is known here",
            f"Write {_FORM} or socks5://HOST:PORT into {name}, or unset it.",
        )
    try:
        address = urlsplit(written)
        is_whole = bool(address.hostname) and (address.port is None or address.port > 0)
    except ValueError:
        is_whole = False
    if is_whole and not any(letter.isspace() for letter in value):
        return None
    return Trouble(f"{shown}, which is no address", f"Write {_FORM} into {name}, or unset it.")


def _socks(value: str) -> str:
    return f"socks5{without_secrets(value)[len('socks') :]}"


def _without_package(shown: str, name: str, *, of_the_hub: bool) -> Trouble | None:
    module, package = ("socksio", "httpx2[socks]") if of_the_hub else ("socks", "requests[socks]")
    if find_spec(module) is not None:
        return None
    return Trouble(
        f"{shown}, and a package that speaks SOCKS is missing",
        f"Install it (`pip install '{package}'`), name an {_FORM} proxy in {name}, or unset it.",
    )
