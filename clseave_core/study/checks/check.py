"""One thing that is looked at, and how an error of looking becomes a sentence."""

from collections.abc import Callable
from dataclasses import dataclass

from clseave_core.borders.files import said_of


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: `found` says how it is, and what to do where it is not `ok`."""

    what: str
    ok: bool
    found: str


def attempt(what: str, look: Callable[[], str]) -> Check:
    """A check that is as `look` says, or fails with the error that it raises."""
    try:
        return Check(what, True, look())
    except (ValueError, TypeError, OSError) as error:
        return Check(what, False, said_of(error))
