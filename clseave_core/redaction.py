"""What must not stand in a log or a report: passwords and tokens."""

import os
import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

HIDDEN = "***"
_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_TOKEN", "GITHUB_TOKEN")
_SHORTEST_SECRET = 4  # a shorter one would be taken out of ordinary words
_PATTERNS = (
    (re.compile(r"(?<=://)[^\s/@'\"<>]+(?=@)"), HIDDEN),
    (
        re.compile(
            r"(?i)([?&;](?:[\w-]*(?:token|signature|secret|password|passwd|credential|api[_-]?key)"
            r"|sig|key|auth)=)[^&;\s'\"<>]+"
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(?i)\b((?:bearer|basic)\s+)[\w.~+/=-]{8,}"), rf"\1{HIDDEN}"),
    (re.compile(r"\bhf_\w{8,}"), HIDDEN),
)


def without_secrets(text: str, environment: Mapping[str, str] | None = None) -> str:
    """`text` with `***` for what must not stand in a log or a report.

    That is the user part of an address, the values of its parameters that are named like a
    password, tokens of the hub, and the tokens and proxy passwords of `environment` (by default
    the process's own) wherever they stand.
    """
    for secret in _secrets(os.environ if environment is None else environment):
        text = text.replace(secret, HIDDEN)
    for pattern, hidden in _PATTERNS:
        text = pattern.sub(hidden, text)
    return text


def _secrets(environment: Mapping[str, str]) -> list[str]:
    """Tokens and proxy passwords, the longest first: one may hold another."""
    found = {environment.get(name, "") for name in _TOKENS}
    for name, value in environment.items():
        if name.lower().endswith("_proxy"):
            try:
                password = urlsplit(value).password or ""
            except ValueError:
                continue
            found |= {password, unquote(password)}
    return sorted((text for text in found if len(text) >= _SHORTEST_SECRET), key=len, reverse=True)
