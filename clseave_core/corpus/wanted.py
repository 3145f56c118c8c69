"""A file that is to be fetched: where it is, and what is known of it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from clseave_core.redaction import without_secrets
from clseave_core.web import is_safe_address


@dataclass(frozen=True)
class Address:
    """Where a file is, what is known of the file there, and headers that the server must have."""

    url: str
    size: int | None = None
    sha256: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Wanted:
    """The file to fetch: where to, what is known of it, and what else is asked of it."""

    target: Path
    size: int | None
    sha256: str | None
    what: str
    check: Callable[[Path], None] | None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def at(self, address: Address) -> "Wanted":
        """The file as this address has it."""
        sha256 = address.sha256.lower() if address.sha256 is not None else None
        return replace(self, size=address.size, sha256=sha256, headers=address.headers)

    def facts(self) -> str:
        """What is known of the file, in brackets, for a message."""
        known = [f"{self.size:,} bytes"] if self.size is not None else []
        known += [f"SHA-256 {self.sha256}"] if self.sha256 is not None else []
        return f" ({', '.join(known)})" if known else ""


def check_request(addresses: Sequence[Address], wanted: Wanted) -> None:
    """Raise ValueError where there is no address, one is not safe, or a checksum is none."""
    if not addresses:
        raise ValueError(f"no address is given for {wanted.what}. Put it at {wanted.target}.")
    for address in addresses:
        if not is_safe_address(address.url):
            raise ValueError(
                f"{without_secrets(address.url)!r} is not an https address (http is for this "
                "machine's own servers). A file on this machine is given as `path`, not as an "
                "address."
            )
        sha256 = address.sha256
        if sha256 is not None and not re.fullmatch("[0-9a-fA-F]{64}", sha256):
            raise ValueError(
                f"the sha256 of {wanted.what}, {sha256!r}, is not 64 hexadecimal digits."
            )


def check_size_of_target(addresses: Sequence[Address], wanted: Wanted) -> None:
    """Raise ValueError where the target is there with a size that no address says."""
    found = wanted.target.stat().st_size
    sizes = [address.size for address in addresses]
    known = dict.fromkeys(size for size in sizes if size is not None)
    if None not in sizes and found not in known:
        expected = " or ".join(f"{size:,}" for size in known)
        raise ValueError(
            f"{wanted.target} has {found:,} bytes, expected {expected}. "
            "Delete it to have it downloaded again."
        )
