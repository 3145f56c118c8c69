"""Whether the addresses of a study answer: the only checks that need the network."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import requests

from clseave_core.borders.addresses import AddressError, asking
from clseave_core.borders.files import FileError
from clseave_core.borders.pages import page_trouble
from clseave_core.borders.tokens import token_trouble
from clseave_core.corpus.fetching import at_hand, whereto
from clseave_core.corpus.hub_files import data_set_address, hub_endpoint, is_offline
from clseave_core.corpus.wanted import Address
from clseave_core.study.checks import Check
from clseave_core.study.raw_files import FROM_SNLI, PICTURES, RawFile, snli_parts
from clseave_core.study.sources import Sources
from clseave_core.translation.settings import TranslationSettings

SECONDS = 15.0


def check_addresses(sources: Sources) -> Iterator[Check]:
    """Ask each address for its headers; nothing is downloaded.

    Of the ways to a file that is not at hand one must answer; the others may not.
    """
    yield from _raw_files(sources)
    addresses = []
    for name, model in sources.study["models"].items():
        if "id" in model:
            revision = model.get("revision", "main")
            page = f"{hub_endpoint()}/api/models/{model['id']}/revision/{revision}"
            addresses.append((f"model {name}", page))
    settings = TranslationSettings.from_study(sources.translation)
    if settings.provider == "google":
        addresses.append(("translation", settings.google_url))
    for what, url in addresses:
        yield _answers(what, Address(url))


def _raw_files(sources: Sources) -> Iterator[Check]:
    absent = {
        name: file
        for name, file in sources.raw_files.items()
        if not file.get("path") and at_hand(file) is None
    }
    parts = snli_parts(absent)
    can_make = bool(parts)
    for part, file in parts.items():
        answers = _ask(f"SNLI, {part}", file)
        can_make &= any(answer.ok for answer in answers) or at_hand(file) is not None
        yield from map(_one_of_several, answers)
    for name, file in absent.items():
        what = "pictures" if name == PICTURES else f"annotations {name}"
        answers = _ask(what, file)
        if any(answer.ok for answer in answers) or (can_make and FROM_SNLI in file):
            yield from map(_one_of_several, answers)
        else:
            yield from answers
            yield Check(what, False, f"no way leads to {file['what']}. {whereto(file)}")


def _ask(what: str, file: RawFile) -> list[Check]:
    """The answer of each address of a file, and of the hub."""
    if file.get("path") or at_hand(file) is not None:
        return []
    answers = [_answers(what, Address(url)) for url in file.get("urls", [])]
    if "hub" in file and not is_offline():
        try:
            answers.append(_answers(what, data_set_address(file["hub"]), redirected=False))
        except (FileError, ValueError) as error:  # of the user's token
            answers.append(Check(what, False, str(error)))
    return answers


def _one_of_several(answer: Check) -> Check:
    return (
        answer
        if answer.ok
        else replace(answer, ok=True, found=f"one way of several: {answer.found}")
    )


def _answers(what: str, address: Address, *, redirected: bool = True) -> Check:
    """Ask for the headers; not `redirected`, the hub tells of a file that lies elsewhere."""
    url = address.url
    try:
        with asking(url):
            response = requests.head(
                url, timeout=SECONDS, headers=dict(address.headers), allow_redirects=redirected
            )
    except AddressError as error:
        return Check(what, False, str(error))
    if response.status_code >= 400:
        of_hub = url.startswith(f"{hub_endpoint()}/")
        refused = token_trouble(response.status_code, "it") if of_hub else None
        advice = f": {refused}" if refused else ". Give another address."
        found = f"{url} answers {response.status_code} {response.reason}{advice}"
        return Check(what, False, found)
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    is_led = urlsplit(response.url).hostname != urlsplit(url).hostname
    if is_page and (is_led or url.startswith(f"{hub_endpoint()}/api/")):
        trouble = page_trouble(url, response.url, b"", "the answer")
        return Check(what, False, f"{url}: {trouble}")
    size = response.headers.get("Content-Length" if redirected else "X-Linked-Size", "")
    is_number = re.fullmatch("[0-9]{1,18}", size)
    return Check(what, True, f"{url} answers" + (f", {int(size):,} bytes" if is_number else ""))
