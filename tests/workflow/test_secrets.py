"""No secret of an address or a proxy stands in what a run of the workflow says and leaves.

Of four downloads through a proxy with a password one ends well; the others fail, each in a way of
its own.
"""

import gzip
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from tests.rehearsal.servers.archive_mirror import ArchiveMirror
from tests.rehearsal.servers.loopback import Answer, Drop, Fault, Status
from tests.rehearsal.workflow import copy_project, snakemake, told

pytestmark = pytest.mark.slow
USER, TOKEN, PROXY = "password-of-the-user", "value-of-the-token", "password-of-the-proxy"
LOGIN = Status(302, {"Location": f"http://login.example/?by={PROXY}"})
"""A proxy's page to log in, with the password that it was told; no download follows it."""
FAULTS: dict[str, list[Fault]] = {
    "train.gz": [],
    "dev.gz": [Drop(10), LOGIN],
    "test.gz": [Status(404)],
}
"""What the downloads of annotations meet; that of dev leaves its beginning."""


class Proxy(ArchiveMirror):
    """The mirror and the proxy before it, which is asked for whole addresses; it has no https."""

    def next_fault(self, path: str) -> Fault | None:
        return super().next_fault(urlsplit(path).path)

    def answer(self, path: str) -> Answer:
        return super().answer(urlsplit(path).path)


@dataclass(frozen=True)
class Run:
    """What a run said, and where it left its files."""

    said: str
    project: Path

    def holding(self, secret: str) -> set[str]:
        """The files that hold a secret."""
        return {
            path.relative_to(self.project).as_posix()
            for path in self.project.rglob("*")
            if path.is_file() and secret.encode() in path.read_bytes()
        }


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("secrets")
    project = copy_project(folder / "project")
    with Proxy(dict.fromkeys(FAULTS, gzip.compress(b"unread")), FAULTS) as proxy:
        place = proxy.url.removeprefix("http://")
        corpus = {
            "pictures": {"urls": [f"https://ann:{USER}@{place}/pictures.zip"]},
            "annotations": {
                name.removesuffix(".gz"): {"urls": [f"http://{place}/{name}?token={TOKEN}"]}
                for name in FAULTS
            },
            "expected": None,
        }
        own = folder / "own.yaml"
        own.write_text(yaml.safe_dump({"study": "thesis", "corpus": corpus}))
        result = snakemake(
            project,
            [
                "results/thesis/corpus/report.json", "--keep-going", "--show-failed-logs",
                "--configfile", "config.yaml", str(own),
            ],
            dict.fromkeys(("http_proxy", "https_proxy"), f"http://ann:{PROXY}@{place}"),
        )  # fmt: skip
    assert result.returncode == 1, told(project, result)
    return Run(result.stdout, project)


def test_output_logs_and_reports_show_no_secret(run: Run) -> None:
    logs = run.project / "results/thesis/logs/download_file"
    assert len(list(logs.glob("*.log"))) == 4
    assert [path.name[:6] for path in logs.glob("*.json")] == ["train-"]
    for text in (run.said, "".join(path.read_text() for path in logs.iterdir())):
        for shown in ("https://***@127.0.0.1", "dev.gz?token=***", "login.example/?by=***"):
            assert shown in text
        for secret in (USER, TOKEN, PROXY):
            assert secret not in text


def test_secrets_stand_where_the_security_page_says_and_nowhere_else(run: Run) -> None:
    def outside(files: set[str]) -> list[str]:
        return [name for name in files if not name.startswith(".snakemake/")]

    assert outside(run.holding(USER)) == []
    [beginning] = outside(run.holding(TOKEN))
    assert Path(beginning).match("resources/downloads/dev-*.gz.part.json")
    assert run.holding(PROXY) == set()
