"""Addresses that answer and addresses that do not, on the loopback interface."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from clseave_core.study.loading import load_study
from clseave_core.study.online import check_addresses
from clseave_core.study.sources import Sources

ROOT = Path(__file__).resolve().parents[2]


class Answers(BaseHTTPRequestHandler):
    """Has everything but what is called `missing`."""

    def do_HEAD(self) -> None:  # the name is http.server's
        self.send_response(404 if "missing" in self.path else 200)
        self.send_header("Content-Length", "1234")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_each_address_is_asked(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", address)
    overrides = {
        "corpus": {
            "pictures": {"urls": [f"{address}/missing.tar", "http://127.0.0.1:1/refused.tar"]},
            "annotations": {s: {"urls": [f"{address}/{s}"]} for s in ("train", "dev", "test")},
        },
        "translation": {"google": {"url": f"{address}/m"}},
    }
    sources = Sources("thesis", load_study("thesis", overrides, ROOT), "resources")
    checks = list(check_addresses(sources))

    assert [check.what for check in checks] == [
        "pictures", "pictures", "annotations train", "annotations dev", "annotations test",
        "model clip", "model bert", "model aligner", "translation",
    ]  # fmt: skip
    assert [check.ok for check in checks] == [False, False, *[True] * 7]
    assert "missing.tar answers 404" in checks[0].found
    assert "refused.tar does not answer" in checks[1].found
    assert checks[2].found == f"{address}/train answers, 1,234 bytes"


def test_a_generated_study_has_no_address() -> None:
    pocket = Sources("pocket", load_study("pocket", {}, ROOT), "resources")

    assert list(check_addresses(pocket)) == []
