"""The token that the hub is shown: which of its places it is from, and what to do about it."""

import os
from pathlib import Path

from clseave_core.borders.causes import in_short
from clseave_core.borders.files import FileError, reaching
from clseave_core.borders.trouble import Trouble

PAGE = "https://huggingface.co/settings/tokens"
_VARIABLES = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
_OF_A_JOB = "HF_OIDC_RESOURCE"
"""Names what a job of continuous integration is given a token for."""
_UNAUTHORIZED, _FORBIDDEN = 401, 403


def token_place() -> str | None:
    """Where the token in force is from, in words; None where none is sent."""
    from huggingface_hub import constants

    if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN:
        return None
    if os.environ.get(_OF_A_JOB):
        return f"the variable {_OF_A_JOB}"
    for name in _VARIABLES:
        if os.environ.get(name, "").strip():
            return f"the variable {name}"
    try:
        has_file = bool(Path(constants.HF_TOKEN_PATH).read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError):
        return None
    return f"the file {constants.HF_TOKEN_PATH}" if has_file else None


def token() -> str | None:
    """The token in force; None where none is sent.

    Raises FileError where its file cannot be read, ValueError where a job's token cannot be had.
    """
    from huggingface_hub import constants, get_token

    if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN:
        return None
    if os.environ.get(_OF_A_JOB):
        try:
            return get_token()
        except Exception as error:
            raise ValueError(
                f"the token of the variable {_OF_A_JOB} cannot be had: {in_short(error)}. Unset "
                f"{_OF_A_JOB} for what is public."
            ) from error
    with reaching(constants.HF_TOKEN_PATH, "read", "set HF_TOKEN to your token"):
        try:
            return get_token()
        except UnicodeError as error:
            raise FileError(
                f"{constants.HF_TOKEN_PATH} holds no token: {in_short(error)}. Log in anew with "
                "`hf auth login`, or set HF_TOKEN to your token."
            ) from error


def token_trouble(status: int, named: str) -> Trouble | None:
    """What a 401 or 403 to the question for `named` says of the token; None for another status."""
    place = token_place()
    if status not in (_UNAUTHORIZED, _FORBIDDEN):
        return None
    if place is None:
        return Trouble(
            f"the hub gives {named} to nobody without a token ({status})",
            f"Log in with `hf auth login`, or set HF_TOKEN to a token of {PAGE}.",
        )
    if status == _UNAUTHORIZED:
        return Trouble(
            f"the token of {place} was refused ({status}): it has expired or is wrong",
            f"{_take_away(place)} for a public model, or make a new one at {PAGE}.",
        )
    return Trouble(
        f"the token of {place} has no right to {named} ({status})",
        f"Give it the right at {PAGE}, or, for a public model, {_take_away(place, small=True)}.",
    )


def malformed_token() -> Trouble | None:
    """What is wrong with a token that no request can carry; None where it can."""
    place = token_place()
    name = next((name for name in _VARIABLES if place == f"the variable {name}"), None)
    if name is None or place is None:
        return None
    token = os.environ[name].replace("\r", "").replace("\n", "").strip()
    if token.isascii() and token.isprintable() and " " not in token:
        return None
    return Trouble(
        f"the token of {place} has a character that no token has",
        f"Write it anew from {PAGE}, or unset {name} for a public model.",
    )


def _take_away(place: str, *, small: bool = False) -> str:
    kind, _, name = place.removeprefix("the ").partition(" ")
    said = f"Unset {name}" if kind == "variable" else "Log out (`hf auth logout`)"
    return said[0].lower() + said[1:] if small else said
