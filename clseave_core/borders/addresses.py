"""Addresses that do not give what they should: why, and what to do.

`address_trouble` is asked wherever a request is sent, of whatever was raised there.
"""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests
import urllib3

from clseave_core.borders.causes import in_short, layers
from clseave_core.borders.certificates import certificate_trouble
from clseave_core.borders.files import number_of, remedy
from clseave_core.borders.proxies import proxy_trouble
from clseave_core.borders.trouble import Trouble
from clseave_core.redaction import without_secrets
from clseave_core.web import UnsafeRedirectError

_TIMEOUT = ("Timeout", "PoolTimeout")
_NO_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
    urllib3.exceptions.LocationValueError,
    UnicodeError,
)
_NETWORK = (ConnectionError, TimeoutError, socket.gaierror, urllib3.exceptions.HTTPError)
_IN_TRANSIT = (requests.ConnectionError, requests.Timeout, urllib3.exceptions.HTTPError)
"""What requests and urllib3 raise where the same question may be answered a little later."""
_LATER = "See to the network (is it up, does a VPN or a firewall stand between?), and try again."


class AddressError(OSError):
    """A request failed; the message says which, why and what to do, as `trouble` does."""

    def __init__(self, url: str, trouble: Trouble) -> None:
        super().__init__(f"{without_secrets(url)} does not answer: {trouble}")
        self.trouble = trouble


@contextmanager
def asking(url: str) -> Iterator[None]:
    """Turn whatever goes wrong in the block, which only asks `url`, into an AddressError."""
    try:
        yield
    except Exception as error:
        raise AddressError(url, address_trouble(error, url)) from error


def address_trouble(
    error: BaseException, url: str, *, of_the_hub: bool = False, later: str | None = None
) -> Trouble:
    """The cause and the remedy of what a request to `url` ended in.

    `of_the_hub` tells that the hub's client asked; `later` is the remedy where the network or the
    other side is to blame.
    """
    chain = layers(error)
    host = urlsplit_host(url)
    passing = any(isinstance(layer, _IN_TRANSIT) for layer in chain)
    found = (
        _of_this_machine(error)
        or certificate_trouble(error, host)
        or proxy_trouble(error, url, of_the_hub=of_the_hub, is_connecting=_is_connecting(chain))
        or _of_the_address(error, chain, "HF_ENDPOINT" if of_the_hub else "the address")
        or _of_the_network(error, chain, host, later or _LATER)
        or Trouble(
            in_short(error),
            later or f"See whether {without_secrets(url)} answers in a browser, and try again.",
        )
    )
    wrong = any(isinstance(layer, _NO_ADDRESS) for layer in chain)
    return Trouble(found.cause, found.remedy, passing=passing and not wrong)


def urlsplit_host(url: str) -> str:
    """The host of an address; the address itself where it has none."""
    try:
        return urlsplit(url).hostname or without_secrets(url)
    except ValueError:
        return without_secrets(url)


def _of_this_machine(error: BaseException) -> Trouble | None:
    """What no other address would mend: no more files or memory, which connections need too."""
    number = number_of(error)
    if number not in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):
        return None
    return Trouble(os.strerror(number).lower(), remedy(number))


def _is_connecting(chain: list[BaseException]) -> bool:
    """Whether the request may have failed before it reached the host, where a proxy may stand."""
    names = [kind.__name__ for layer in chain for kind in type(layer).__mro__]
    return any(isinstance(layer, _NETWORK) for layer in chain) or any(
        word in name for name in names for word in ("Proxy", "Connect", "Timeout")
    )


def _of_the_address(error: BaseException, chain: list[BaseException], what: str) -> Trouble | None:
    if any(isinstance(layer, UnsafeRedirectError) for layer in chain):
        return Trouble(
            in_short(error),
            "Open it in a browser: where the network asks for a login, log in; otherwise give "
            "another address.",
        )
    if any(isinstance(layer, requests.TooManyRedirects) for layer in chain):
        return Trouble(
            f"{what} leads in a circle: {in_short(error)}",
            "Open it in a browser to see where it leads, and give another address.",
        )
    if any(isinstance(layer, _NO_ADDRESS) for layer in chain):
        return Trouble(f"{what} cannot be asked: {in_short(error)}", f"Correct {what}.")
    return None


def _of_the_network(
    error: BaseException, chain: list[BaseException], host: str, later: str
) -> Trouble | None:
    cause = in_short(error)
    if any(isinstance(layer, socket.gaierror) for layer in chain) or any(
        "NameResolution" in type(layer).__name__ for layer in chain
    ):
        return Trouble(
            f"the name {host} is not known here: {cause}",
            "See to the network (is it up, is a VPN needed?) and to the spelling of the address, "
            "and try again.",
        )
    if any(word in type(layer).__name__ for layer in chain for word in _TIMEOUT):
        return Trouble(f"{host} was silent for too long: {cause}", later)
    is_network = any(isinstance(layer, _NETWORK) for layer in chain) or any(
        isinstance(layer, requests.ConnectionError) for layer in chain
    )
    return Trouble(cause, later) if is_network else None
