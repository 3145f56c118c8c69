"""Whether the addresses of a study answer: the only checks that need the network."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests

from clseave_core.borders.addresses import AddressError, asking
from clseave_core.borders.pages import page_trouble
from clseave_core.study.checks import Check
from clseave_core.study.sources import Sources
from clseave_core.translation.settings import TranslationSettings

SECONDS = 15.0
HUB = "https://huggingface.co"


def check_addresses(sources: Sources) -> Iterator[Check]:
    """Ask each address for its headers; nothing is downloaded."""
    study, addresses = sources.study, []
    if not sources.is_generated:
        files = {"pictures": study["corpus"]["pictures"]}
        files |= {f"annotations {s}": study["corpus"]["annotations"][s] for s in sources.splits}
        addresses += [(what, url) for what, file in files.items() for url in file.get("urls", [])]
    hub = os.environ.get("HF_ENDPOINT", HUB)
    for name, model in study["models"].items():
        if "id" in model:
            revision = model.get("revision", "main")
            addresses.append(
                (f"model {name}", f"{hub}/api/models/{model['id']}/revision/{revision}")
            )
    settings = TranslationSettings.from_study(sources.translation)
    if settings.provider == "google":
        addresses.append(("translation", settings.google_url))
    for what, url in addresses:
        yield _answers(what, url)


def _answers(what: str, url: str) -> Check:
    try:
        with asking(url):
            response = requests.head(url, timeout=SECONDS, allow_redirects=True)
    except AddressError as error:
        return Check(what, False, str(error))
    if response.status_code >= 400:
        found = f"{url} answers {response.status_code} {response.reason}. Give another address."
        return Check(what, False, found)
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    if is_page and urlsplit(response.url).hostname != urlsplit(url).hostname:
        trouble = page_trouble(url, response.url, b"", "the answer")
        return Check(what, False, f"{url}: {trouble}")
    size = response.headers.get("Content-Length")
    return Check(what, True, f"{url} answers" + (f", {int(size):,} bytes" if size else ""))
