"""Causes that are met less often: each has its own remedy, not that of a neighbour."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import close_session, constants

from clseave_core.borders.addresses import address_trouble
from clseave_core.borders.certificates import certificate_trouble
from clseave_core.borders.files import FileError
from clseave_core.borders.pages import led_to
from clseave_core.corpus.downloads import DownloadError, download
from clseave_core.corpus.hub import fetch_model
from clseave_core.corpus.hub_files import data_set_address
from clseave_core.corpus.wanted import Address
from clseave_core.study.checks.check import attempt
from clseave_core.study.online import _answers, _ask
from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.google import GoogleClient, UnansweredError
from tests.rehearsal.servers.loopback import Answer, LoopbackServer

DATA_SET = {"id": "owner/photos", "file": "photos.zip"}
VARIABLES = (
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_OIDC_RESOURCE",
)  # fmt: skip


class Server(LoopbackServer):
    """Gives one answer to every question, or leads it to another host once."""

    def __init__(
        self, status: int = 200, headers: dict[str, str] | None = None, *, leads: bool = False
    ) -> None:
        super().__init__()
        self.status, self.headers, self.leads = status, headers or {}, leads

    def answer(self, path: str) -> Answer:
        if self.leads and path != "/end":
            end = f"{self.url.replace('127.0.0.1', 'localhost')}/end?signature=secret"
            return Answer(headers={"Location": end}, status=302)
        return Answer(b"<html><title>Log in</title></html>", self.headers, self.status)


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No variable of the surroundings, no token, an empty cache, the network allowed."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE_OF_USER", "0")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    close_session()
    yield
    close_session()


def of_translator(url: str) -> str:
    with pytest.raises(UnansweredError) as failure:
        GoogleClient("en", "de", url, 5.0).ask("A dog.")
    return str(failure.value)


def test_a_portal_in_the_translators_place_that_does_not_lead_away_has_a_remedy() -> None:
    with Server() as server:
        said = of_translator(server.url)
    assert "the page 'Log in' of " in said
    assert "Open the address in a browser: log in where the network asks for it" in said


@pytest.mark.parametrize(
    ("status", "remedy"), [(403, "Open the address"), (429, "Try again"), (503, "Try again")]
)
def test_a_status_of_the_translator_says_where_it_led_and_what_to_do(
    status: int, remedy: str
) -> None:
    with Server(status, leads=True) as server:
        said = of_translator(server.url)
    assert said.startswith(f"status {status} from {server.url} (it was led to http://localhost:")
    assert remedy in said
    assert "secret" not in said


def test_a_status_of_a_download_says_where_it_led(tmp_path: Path) -> None:
    with Server(403, leads=True) as server, pytest.raises(DownloadError) as failure:
        download([f"{server.url}/a.zip"], tmp_path / "a.zip")
    assert "403 Forbidden (it was led to http://localhost:" in str(failure.value)
    assert "secret" not in str(failure.value)


def test_the_same_host_leads_nowhere() -> None:
    assert led_to("https://a.org/x", "https://a.org/y?z") == ""


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "the token of the variable HF_TOKEN was refused (401)"),
        (403, "the token of the variable HF_TOKEN has no right to it (403)"),
    ],
)
@pytest.mark.parametrize("path", ["api/models/a/b/revision/main", "datasets/a/b/resolve/main/x"])
def test_the_check_of_addresses_names_a_token_that_the_hub_refuses(
    status: int, told: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_expired_long_ago")
    with Server(status) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        check = _answers("model", Address(f"{server.url}/{path}"))
        other = _answers("pictures", Address(f"{server.url.replace('127.0.0.1', 'localhost')}/x"))
    assert not check.ok
    assert told in check.found
    assert "expired_long" not in check.found
    assert "HF_TOKEN" not in other.found


def test_the_check_of_addresses_takes_no_web_page_for_the_hubs_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Server(headers={"Content-Type": "text/html"}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        check = _answers("model", Address(f"{server.url}/api/models/a/b/revision/main"))
        assert _answers("translation", Address(f"{server.url}/m")).ok
    assert not check.ok
    assert "a web page came in the place of the answer. Open " in check.found


def test_the_check_of_addresses_bears_a_size_that_is_none() -> None:
    with Server(headers={"X-Linked-Size": "large"}) as server:
        check = _answers("pictures", Address(f"{server.url}/x"), redirected=False)
    assert check.ok
    assert check.found == f"{server.url}/x answers"


def test_a_file_of_the_token_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"\xff\xfe")
    with pytest.raises(FileError, match=r"token holds no token: .*Log in anew with"):
        data_set_address(DATA_SET)
    (tmp_path / "token").unlink()
    (tmp_path / "token").mkdir()
    with pytest.raises(FileError, match=r"token cannot be read: is a directory"):
        data_set_address(DATA_SET)
    file = {"target": str(tmp_path / "x.zip"), "names": [], "hub": DATA_SET}
    (answer,) = _ask("pictures", file)
    assert not answer.ok
    assert "token cannot be read" in answer.found


def test_a_token_of_a_job_that_cannot_be_had_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_OIDC_RESOURCE", "models/a/b")
    with pytest.raises(ValueError, match="the token of the variable HF_OIDC_RESOURCE cannot"):
        data_set_address(DATA_SET)


def test_a_folder_in_the_place_of_a_file_of_certificates_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path))
    monkeypatch.setattr(constants, "ENDPOINT", "https://hub.invalid")
    with pytest.raises(DownloadError) as failure:
        fetch_model("a/b", "main", tmp_path / "model")
    assert f"the variable SSL_CERT_FILE names {tmp_path}, which is a folder" in str(failure.value)
    assert "set SSL_CERT_DIR to the folder and unset SSL_CERT_FILE" in str(failure.value)


def test_a_certificate_that_is_cut_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "company.pem"
    path.write_text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    trouble = certificate_trouble(OSError("certificate"), "a.org")
    assert trouble is not None
    assert (
        trouble.cause == f"the variable REQUESTS_CA_BUNDLE names {path}, which has no certificate"
    )


def test_a_folder_of_certificates_is_taken_by_requests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    trouble = certificate_trouble(OSError("certificate verify failed"), "a.org")
    assert trouble is not None
    assert "no safe connection to a.org" in trouble.cause


def test_want_of_memory_is_no_fault_of_the_address() -> None:
    trouble = address_trouble(MemoryError(), "https://a.org/x")
    assert trouble.cause == "cannot allocate memory"
    assert trouble.remedy == "End other programs, and give the same command again."


@pytest.mark.parametrize("tables", ["", "CREATE TABLE translations (x)"])
def test_a_database_with_other_tables_is_no_cache(tmp_path: Path, tables: str) -> None:
    path = tmp_path / "a.sqlite"
    connection = sqlite3.connect(path)
    connection.execute(tables or "PRAGMA user_version = 2")
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    with (
        TranslationCache(path) as cache,
        pytest.raises(ValueError, match=r"a\.sqlite is not a translation cache: no such .*Move it"),
    ):
        cache.get("google", "en", "de", ["A dog."])


def test_a_check_that_may_not_read_a_file_names_its_owner(tmp_path: Path) -> None:
    def refused() -> str:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(tmp_path))

    check = attempt("pictures", refused)
    assert not check.ok
    assert check.found.startswith(f"{tmp_path} cannot be reached: permission denied. It belongs to")
    assert "chmod" in check.found
