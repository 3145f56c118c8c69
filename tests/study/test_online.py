"""Addresses that answer and addresses that do not, on the loopback interface."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from clseave_core.study.checks import Check
from clseave_core.study.loading import load_study
from clseave_core.study.online import check_addresses
from clseave_core.study.sources import Sources

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("snli", "train_val", "test")


class Answers(BaseHTTPRequestHandler):
    """Has everything but what is called `missing`."""

    def do_HEAD(self) -> None:  # the name is http.server's
        self.send_response(404 if "missing" in self.path else 200)
        self.send_header("X-Linked-Size", "4390240817")
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


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_ENDPOINT", address)
    monkeypatch.setenv("HF_HUB_OFFLINE_OF_USER", "0")


def found(address: str, pictures: dict[str, Any], **changes: Any) -> list[Check]:
    """The checks of the thesis study with every address on the loopback interface."""
    hub = {"id": "nlphuji/flickr30k", "file": "flickr30k-images.zip", "revision": "2b239bef"}
    snli = {part: {"urls": [f"{address}/{part}"]} for part in PARTS}
    annotations = {s: {"urls": [f"{address}/{s}"]} for s in ("train", "dev", "test")}
    overrides = {
        "corpus": {
            "pictures": {"urls": [f"{address}/pictures.tar"], "hub": hub} | pictures,
            "annotations": annotations | {"from_snli": snli} | changes,
        },
        "translation": {"google": {"url": f"{address}/m"}},
    }
    sources = Sources("thesis", load_study("thesis", overrides, ROOT), "resources")
    return list(check_addresses(sources))


def test_each_address_is_asked(address: str) -> None:
    checks = found(address, {})

    assert [check.what for check in checks] == [
        "SNLI, snli", "SNLI, train_val", "SNLI, test",
        "pictures", "pictures", "annotations train", "annotations dev", "annotations test",
        "model clip", "model bert", "model aligner", "translation",
    ]  # fmt: skip
    assert all(check.ok for check in checks)
    assert checks[5].found == f"{address}/train answers, 1,234 bytes"
    data_set = f"{address}/datasets/nlphuji/flickr30k/resolve/2b239bef"
    assert checks[4].found.startswith(data_set)
    assert checks[4].found.endswith("flickr30k-images.zip answers, 4,390,240,817 bytes")


def test_a_way_that_does_not_answer_is_no_fault_where_another_one_does(address: str) -> None:
    refused = "http://127.0.0.1:1/refused.tar"
    checks = found(
        address,
        {"urls": [f"{address}/missing.tar", refused]},
        train={"urls": [f"{address}/missing"]},
    )
    said = {check.what: check.found for check in reversed(checks)}

    assert all(check.ok for check in checks)
    assert said["pictures"].startswith(f"one way of several: {address}/missing.tar answers 404")
    assert any(
        check.found.startswith(f"one way of several: {refused} does not ans") for check in checks
    )
    assert said["annotations train"].startswith("one way of several: ")


def test_where_no_way_answers_it_says_what_to_put_where(address: str, tmp_path: Path) -> None:
    checks = found(
        address,
        {
            "urls": [f"{address}/missing.tar"],
            "hub": {"id": "owner/photos", "file": "missing.zip"},
            "names": ["archive.zip"],
            "by_hand": "After a login, Kaggle has it.",
        },
        dev={"urls": [f"{address}/missing"]},
        from_snli={part: {"urls": [f"{address}/missing_{part}"]} for part in PARTS},
    )
    failed = [check for check in checks if not check.ok]

    assert [check.what for check in failed] == [*["pictures"] * 3, *["annotations dev"] * 2]
    assert "missing.zip answers 404" in failed[1].found
    assert "no way leads to the archive of pictures. After a login, Kaggle has" in failed[2].found
    folder = tmp_path / "resources/downloads"
    assert f"Put the archive of pictures into {folder} as missing.tar or" in failed[2].found
    assert "archive.zip, or name your own copy as `path`" in failed[2].found
    assert "no way leads to the SNLI-VE annotations of dev. Put" in failed[4].found
    assert any(c.what == "SNLI, snli" and c.ok and "one way of several" in c.found for c in checks)


def test_what_is_at_hand_is_not_asked_for(address: str) -> None:
    folder = Path("resources/downloads")
    folder.mkdir(parents=True)
    (folder / "pictures.tar").touch()
    own = {split: {"path": f"/data/{split}.jsonl"} for split in ("train", "dev", "test")}
    checks = found(address, {}, **own)

    assert [check.what for check in checks] == [
        "model clip", "model bert", "model aligner", "translation",
    ]  # fmt: skip


def test_a_generated_study_has_no_address() -> None:
    pocket = Sources("pocket", load_study("pocket", {}, ROOT), "resources")

    assert list(check_addresses(pocket)) == []
