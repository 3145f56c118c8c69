"""Proxies, certificates, tokens and portals: each is told with its variable or destination."""

import gzip
import re
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from huggingface_hub import close_session, constants

from clseave_core.borders.addresses import address_trouble
from clseave_core.corpus.downloads import DownloadError, download
from clseave_core.corpus.hub import fetch_model
from clseave_core.corpus.wanted import Address
from clseave_core.study.online import _answers
from clseave_core.translation.google import GoogleClient, UnansweredError
from tests.rehearsal.servers import Answer, ArchiveMirror, Drop
from tests.rehearsal.servers.loopback import LoopbackServer

PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in &amp; go on</title></head></html>"
VARIABLES = (
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN",
)  # fmt: skip


class Portal(LoopbackServer):
    """Leads every question to its login, as the network of a hotel does; or gives it at once."""

    leads = True
    page = PAGE
    status = 200

    def answer(self, path: str) -> Answer:
        if self.leads and path != "/login":
            return Answer(headers={"Location": f"{self.url}/login?token=secretsecret"}, status=302)
        return Answer(self.page, {"Content-Type": "text/html"}, self.status)


class Closed(LoopbackServer):
    """A hub that answers every question with one status, with the reason that the real one has."""

    def __init__(self, status: int, reason: str | None) -> None:
        super().__init__()
        self.status, self.reason = status, reason

    def answer(self, path: str) -> Answer:
        headers = {"X-Error-Message": self.reason} if self.reason else {}
        return Answer(b'{"error": "no"}', headers, self.status)


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No variable of the surroundings, no token, an empty cache, the network allowed."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    close_session()
    yield
    close_session()


def of_hub(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is said where the hub at `url` does not give a model."""
    monkeypatch.setattr(constants, "ENDPOINT", url)
    with pytest.raises(DownloadError) as failure:
        fetch_model("a/b", "main", folder / "model")
    return str(failure.value)


def of_download(url: str, folder: Path) -> str:
    """What is said where `url` does not give a file."""
    with pytest.raises(DownloadError) as failure:
        download([url], folder / url.rpartition("/")[2], attempts=1)
    return str(failure.value)


def of_translator(url: str, folder: Path) -> str:
    """What is said where the page at `url` gives no translation."""
    with pytest.raises(UnansweredError) as failure:
        GoogleClient("en", "de", url, 5.0).ask("A dog.")
    return str(failure.value)


@pytest.mark.parametrize("reason", ["Invalid credentials in Authorization header", None])
@pytest.mark.parametrize("variable", ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"])
def test_an_expired_token_with_a_public_model_is_named_with_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, reason: str | None
) -> None:
    monkeypatch.setenv(variable, "hf_secretsecretsecret")
    with Closed(401, reason) as hub:
        said = of_hub(hub.url, tmp_path, monkeypatch)

    assert f"the token of the variable {variable} was refused (401): it has expired" in said
    assert f"Unset {variable} for a public model, or make a new one at https://" in said
    assert "secret" not in said


def test_a_token_of_hf_auth_login_is_named_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("hf_secretsecretsecret")
    with Closed(401, "Invalid credentials in Authorization header") as hub:
        said = of_hub(hub.url, tmp_path, monkeypatch)

    assert f"the token of the file {tmp_path}/token was refused" in said
    assert "Log out (`hf auth logout`) for a public model" in said


def test_a_token_without_rights_is_named_with_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secretsecretsecret")
    with Closed(403, "Forbidden: insufficient scope") as hub:
        said = of_hub(hub.url, tmp_path, monkeypatch)

    assert "the token of the variable HF_TOKEN has no right to the model a/b (403)" in said
    assert "Give it the right at https://" in said
    assert "unset HF_TOKEN" in said


def test_without_a_token_a_closed_hub_tells_to_log_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Closed(403, None) as hub:
        said = of_hub(hub.url, tmp_path, monkeypatch)

    assert "nobody without a token (403). Log in with `hf auth login`, or set HF_TOKEN" in said


def test_a_token_that_no_request_can_carry_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_sécretsecretsecret")
    with Closed(200, None) as hub:
        said = of_hub(hub.url, tmp_path, monkeypatch)

    assert "the token of the variable HF_TOKEN has a character that no token has" in said
    assert "cretsecret" not in said


ASKED: dict[str, Callable[[Path, pytest.MonkeyPatch], str]] = {
    "httpx2": lambda folder, patch: of_hub("https://hub.invalid", folder, patch),
    "requests": lambda folder, _: of_download("https://mirror.invalid/a.tar", folder),
    "translator": lambda folder, _: of_translator("https://page.invalid/m", folder),
}


@pytest.mark.parametrize("client", ASKED)
@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("ALL_PROXY", "socks5://me:password@127.0.0.1:1", r"pip install '{package}\[socks\]'"),
        ("https_proxy", "socks5h://127.0.0.1:1", r"pip install '{package}\[socks\]'"),
        ("all_proxy", "socks://127.0.0.1:1", r"no kind of proxy\. Write socks5://127\.0\.0\.1:1"),
        ("HTTPS_PROXY", "ftp://127.0.0.1:1", r"ftp:// is no kind of proxy .* Write http://HOST"),
        ("HTTPS_PROXY", "http://127.0.0.1:port", r"which is no address\. Write http://HOST:PORT"),
        ("https_proxy", "http://[::1", r"which is no address\. Write http://HOST:PORT"),
        (
            "HTTPS_PROXY",
            "http://127.0.0.1:1",
            r"refused\. Correct HTTPS_PROXY, or unset",
        ),
        ("ALL_PROXY", "127.0.0.1:1", r"refused\. Correct ALL_PROXY, or unset"),
    ],
)
def test_a_proxy_is_named_with_its_variable_and_what_to_install_or_write(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    client: str,
    variable: str,
    value: str,
    told: str,
) -> None:
    monkeypatch.setenv(variable, value)
    said = ASKED[client](tmp_path, monkeypatch)
    package = "httpx2" if client == "httpx2" else "requests"

    assert f"variable {variable}" in said
    assert value.replace("me:password", "***") in said
    assert "password" not in said
    assert re.search(told.format(package=package), said), said


@pytest.mark.parametrize(
    ("client", "variable", "value", "told"),
    [
        ("httpx2", "SSL_CERT_FILE", "/nowhere/ca.pem", "names /nowhere/ca.pem, a file that is not"),
        ("requests", "REQUESTS_CA_BUNDLE", "/nowhere/ca.pem", "a file that is not there"),
        ("translator", "CURL_CA_BUNDLE", "/nowhere/ca.pem", "a file that is not there"),
        ("httpx2", "SSL_CERT_FILE", __file__, "which has no certificate"),
    ],
)
def test_a_file_of_certificates_that_is_not_there_is_named_with_its_variable(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    client: str,
    variable: str,
    value: str,
    told: str,
) -> None:
    monkeypatch.setenv(variable, value)
    said = ASKED[client](tmp_path, monkeypatch)

    assert f"the variable {variable} names {value}" in said
    assert told in said
    assert f"Correct {variable}, or unset it" in said


def test_a_variable_of_another_client_is_not_blamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")

    assert "SSL_CERT_FILE" not in of_download("http://127.0.0.1:1/a.tar", tmp_path)


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.zip", "a.jsonl"])
@pytest.mark.parametrize("leads", [True, False])
@pytest.mark.parametrize("packed", [True, False])
def test_a_web_page_is_never_stored_as_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, leads: bool, packed: bool
) -> None:
    monkeypatch.setattr(Portal, "leads", leads)
    monkeypatch.setattr(Portal, "page", gzip.compress(PAGE) if packed else PAGE)
    with Portal() as portal:
        said = of_download(f"{portal.url}/{name}", tmp_path)
        led = f" at {portal.url}/login?token=*** (where the question was led)" if leads else ""

    assert f"a web page with the title 'Sign in & go on'{led} came in the place of the file" in said
    assert "log in to the network" in said
    assert list(tmp_path.iterdir()) == []


def test_a_portal_does_not_cost_what_was_there_of_a_download(tmp_path: Path) -> None:
    class Mirror(ArchiveMirror):
        closed = False

        def answer(self, path: str) -> Answer:
            return Answer(PAGE, {"ETag": '"page"'}) if self.closed else super().answer(path)

    content = bytes(range(256)) * 20_000
    with Mirror({"a.tar": content}, {"a.tar": [Drop(2_000_000)]}) as mirror:
        of_download(mirror.address("a.tar"), tmp_path)
        mirror.closed = True
        assert "a web page" in of_download(mirror.address("a.tar"), tmp_path)
        mirror.closed = False
        download([mirror.address("a.tar")], tmp_path / "a.tar")
    assert [request.start for request in mirror.requests] == [None, 2_000_000, 2_000_000]
    assert (tmp_path / "a.tar").read_bytes() == content


@pytest.mark.parametrize("leads", [True, False])
def test_a_captive_portal_in_the_hubs_place_says_where_it_led_and_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leads: bool
) -> None:
    monkeypatch.setattr(Portal, "leads", leads)
    with Portal() as portal:
        said = of_hub(portal.url, tmp_path, monkeypatch)
        led = f" at {portal.url}/login?token=*** (where the question was led)" if leads else ""

    assert f"a web page with the title 'Sign in & go on'{led} came in the place of" in said
    assert "log in to the network" in said


def test_a_consent_page_in_the_translators_place_says_where_it_led(tmp_path: Path) -> None:
    with Portal() as portal:
        said = of_translator(f"{portal.url}/m", tmp_path)

    assert "with the title 'Sign in & go on'" in said
    assert f"at {portal.url}/login?token=*** (where the question was led)" in said


def test_a_page_without_a_translation_says_its_title(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Portal, "leads", False)
    with Portal() as portal:
        said = of_translator(f"{portal.url}/m", tmp_path)

    assert f"the page 'Sign in & go on' of {portal.url}/m has no translation in it" in said


def test_a_redirect_to_an_address_that_is_not_safe_says_where_it_leads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(self: Portal, path: str) -> Answer:
        return Answer(headers={"Location": "http://login.invalid/"}, status=302)

    monkeypatch.setattr(Portal, "answer", answer)
    with Portal() as portal:
        told = of_download(f"{portal.url}/a.tar", tmp_path), of_translator(portal.url, tmp_path)
        for said in told:
            assert "it leads to 'http://login.invalid/', which is not an https address" in said
            assert "where the network asks for a login, log in" in said


@pytest.mark.parametrize("client", ASKED)
def test_a_name_that_is_not_known_is_told_with_the_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: str
) -> None:
    said = ASKED[client](tmp_path, monkeypatch)

    assert ".invalid is not known here: " in said
    assert "to the spelling of the address" in said


@pytest.mark.parametrize(
    "url", ["https://a..b/x.tar", "https://☃.invalid/x.tar", "https://x.invalid:99999/x.tar"]
)
def test_an_address_that_cannot_be_asked_is_told(tmp_path: Path, url: str) -> None:
    assert "the address cannot be asked: " in of_download(url, tmp_path)
    assert "the address cannot be asked: " in of_translator(url, tmp_path)
    answer = _answers("pictures", Address(url))
    assert not answer.ok
    assert "cannot be asked" in answer.found


@pytest.mark.parametrize(
    "url", ["https://x.invalid/a\n.tar", "https://x.invalid/\x00", "\thttps://x"]
)
def test_an_address_with_a_control_character_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match="is not an https address"):
        download([url], tmp_path / "a.tar")
    with pytest.raises(ValueError, match="is not an https address"):
        GoogleClient("en", "de", url, 1.0)


def test_a_certificate_that_nobody_trusts_names_the_host_and_the_variables(tmp_path: Path) -> None:
    inner = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] x (_ssl.c:1006)")
    inner.verify_message = "self-signed certificate in certificate chain"
    trouble: Any = address_trouble(requests.exceptions.SSLError(inner), "https://mirror.invalid/a")

    assert str(trouble).startswith(
        "no safe connection to mirror.invalid: self-signed certificate in certificate chain. "
        "Where a company's proxy stands between, save its certificate to a file and set "
        "REQUESTS_CA_BUNDLE and SSL_CERT_FILE to that file"
    )
