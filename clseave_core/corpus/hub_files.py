"""Files of the Hugging Face hub's data sets: their address, and who asks for them.

The project's own downloader fetches them, as every large file: it goes on where it was cut.
"""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from clseave_core.borders.tokens import token
from clseave_core.corpus.wanted import Address

HUB = "https://huggingface.co"
OFFLINE = "HF_HUB_OFFLINE"


def hub_endpoint() -> str:
    """The hub's address, or that of its mirror (`HF_ENDPOINT`)."""
    return os.environ.get("HF_ENDPOINT", HUB).rstrip("/")


def data_set_page(hub: Mapping[str, Any]) -> str:
    """The page of a data set, where its terms are."""
    return f"{hub_endpoint()}/datasets/{hub['id']}"


def data_set_url(hub: Mapping[str, Any]) -> str:
    """The address of a data set's file: `id`, `file` and `revision` of the study."""
    revision = quote(hub.get("revision", "main"), safe="")
    return f"{data_set_page(hub)}/resolve/{revision}/{quote(hub['file'])}"


def data_set_address(hub: Mapping[str, Any]) -> Address:
    """The same with what is known of the file and the user's token (`HF_TOKEN`, `hf auth login`).

    The token goes to the hub alone: a redirect to where the bytes lie leaves it behind. Raises
    FileError or ValueError where it cannot be had.
    """
    shown = token()
    headers = {"Authorization": f"Bearer {shown}"} if shown else {}
    return Address(data_set_url(hub), hub.get("size"), hub.get("sha256"), headers)


def is_offline() -> bool:
    """Whether the user forbids to ask the hub; jobs keep that under another name."""
    asked = os.environ.get(f"{OFFLINE}_OF_USER", os.environ.get(OFFLINE, "0"))
    return asked.upper() in ("1", "ON", "YES", "TRUE")
