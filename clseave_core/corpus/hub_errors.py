"""What goes wrong at the Hugging Face hub, in one sentence, and in the next what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2  # what huggingface_hub speaks HTTP with: its errors come through
from huggingface_hub import constants
from huggingface_hub.errors import (
    DisabledRepoError,
    GatedRepoError,
    HFValidationError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from clseave_core.borders.addresses import AddressError, address_trouble, asking
from clseave_core.borders.causes import in_short, layers
from clseave_core.borders.certificates import certificate_trouble
from clseave_core.borders.files import file_error, is_about_files
from clseave_core.borders.pages import HEAD, is_page, page_trouble
from clseave_core.borders.tokens import malformed_token, token_place, token_trouble
from clseave_core.borders.trouble import Trouble
from clseave_core.corpus.downloads import DownloadError
from clseave_core.redaction import without_secrets
from clseave_core.web import SafeSession, UnsafeRedirectError

ELSEWHERE = "set HF_HOME to a folder of your own"
_LATER = "Try again when the hub answers."
_SECONDS = (10.0, 15.0)
_UNAUTHORIZED = 401


@contextmanager
def plain_errors(model_id: str, revision: str, folder: Path) -> Iterator[None]:
    """Turn whatever the hub's client raises in the block into a DownloadError.

    Raises ValueError where `model_id` is no id of a model.
    """
    try:
        yield
    except HFValidationError as error:
        raise ValueError(
            f"{model_id!r} is no id of a model on the hub: {in_short(error)}. Correct its `id` in "
            "the study."
        ) from error
    except Exception as error:
        said = _unknown(error, model_id, revision) or _not_fetched(
            error, model_id, revision, folder
        )
        raise DownloadError(without_secrets(said)) from error


def _unknown(error: BaseException, model_id: str, revision: str) -> str | None:
    """What the hub itself says of the model: gated, absent, without that revision."""
    named, page = _named(model_id, revision), f"{constants.ENDPOINT}/{model_id}"
    chain, place = layers(error), token_place()
    if any(isinstance(layer, GatedRepoError) for layer in chain):
        account = f" (the token of {place} was shown)" if place else ""
        return (
            f"{named} is gated{account}. Accept its terms at {page}, then log in with "
            "`hf auth login` or set HF_TOKEN."
        )
    if any(isinstance(layer, RepositoryNotFoundError) for layer in chain):
        if place and _status(error) == _UNAUTHORIZED:
            refused = token_trouble(_UNAUTHORIZED, named)
            return f"{named} is not known at {constants.ENDPOINT}, or {refused}"
        return (
            f"{named} is not known at {constants.ENDPOINT}. Check its `id` in the study; "
            "a private model needs `hf auth login` or HF_TOKEN."
        )
    if any(isinstance(layer, RevisionNotFoundError) for layer in chain):
        return (
            f"the model {model_id} has no revision {revision!r}. Name another one in the study: "
            f"its branches, tags and commits are at {page}/commits/main."
        )
    return None


def _not_fetched(error: BaseException, model_id: str, revision: str, folder: Path) -> str:
    """Why the files could not be fetched, and the ways that remain."""
    page = f"{constants.ENDPOINT}/{model_id}"
    trouble = _trouble(error, model_id, revision)
    return (
        f"{_named(model_id, revision)} is not whole in the cache {constants.HF_HUB_CACHE}, and it "
        f"could not be fetched: {trouble.cause}. {trouble.remedy.removesuffix('.')}, or fetch the "
        f"files at {page}/tree/{revision} by other means (weights, config.json, tokenizer, "
        "processor) into a folder and name that as `path` of the model in the study. (It was to "
        f"become {folder.absolute()}.)"
    )


def _trouble(error: BaseException, model_id: str, revision: str) -> Trouble:
    chain, status = layers(error), _status(error)
    is_transport = any(isinstance(layer, httpx2.TransportError) for layer in chain)
    if is_about_files(error) and not is_transport:
        broken = certificate_trouble(error, constants.ENDPOINT)
        return broken or _of_the_cache(error)
    if constants.is_offline_mode():
        return Trouble("HF_HUB_OFFLINE=1 forbids to fetch it", "Run once without HF_HUB_OFFLINE.")
    if status is not None and not any(isinstance(layer, DisabledRepoError) for layer in chain):
        refused = token_trouble(status, f"the model {model_id}")
        if refused is not None:
            return refused
    if status is None and not isinstance(error, ImportError):
        malformed = malformed_token()
        if malformed is not None:
            return malformed
    if status is None and not is_transport:
        there = _page_there(f"{constants.ENDPOINT}/api/models/{model_id}/revision/{revision}")
        if there is not None:
            return there
    return address_trouble(error, constants.ENDPOINT, of_the_hub=True, later=_LATER)


def _of_the_cache(error: BaseException) -> Trouble:
    told = file_error(error, constants.HF_HUB_CACHE, elsewhere=ELSEWHERE)
    cause, _, remedy = str(told).partition(". ")
    return Trouble(cause, remedy)


def _page_there(url: str) -> Trouble | None:
    """What is wrong where a web page answers in the hub's place; None where none does.

    The client says only that it cannot read the answer, so the address is asked once more.
    """
    try:
        with (
            asking(url),
            SafeSession() as session,
            session.get(url, timeout=_SECONDS, stream=True) as response,
        ):
            start = response.raw.read(HEAD, decode_content=True)
    except AddressError as error:  # else what the client met is told
        return error.trouble if isinstance(error.__cause__, UnsafeRedirectError) else None
    if is_page(start):
        return page_trouble(url, response.url, start, "the hub's answer")
    return None


def _status(error: BaseException) -> int | None:
    """The status of the hub's answer, of whatever layer has it."""
    answers = [getattr(layer, "response", None) for layer in layers(error)]
    codes = [getattr(answer, "status_code", None) for answer in answers]
    return next((code for code in codes if isinstance(code, int)), None)


def _named(model_id: str, revision: str) -> str:
    return f"the model {model_id} (revision {revision})"
