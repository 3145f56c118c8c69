"""Every rule but the downloads and the translator works without any network.

The tiny study of every rule, with all its tables and figures, is made in a network namespace of its
own, which not even has a loopback interface that is up; test_natural_study.py makes its study in
one too.
"""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rehearsal.workflow import EVERY_RULE, copy_project, told
from tests.workflow.test_shape import RULES

NOT_TRIED = {"download_file", "download_model", "tabulate_distances"}
"""Rules that neither study runs: they download nothing, and the last needs a further package."""
NATURAL = {"tabulate_nouns"}
"""Rules that only the natural study runs, whose world has nouns."""


def _without_network() -> list[str] | None:
    """The words that run a command without network, where that is permitted."""
    ways = (["unshare", "--net"], ["unshare", "--map-root-user", "--net"])
    for way in ways:
        try:
            if subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0:
                return way
        except FileNotFoundError:
            return None
    return None


WITHOUT_NETWORK = _without_network() or []
needs_namespace = pytest.mark.skipif(
    not WITHOUT_NETWORK, reason="unshare cannot make a network namespace here"
)
pytestmark = needs_namespace


def test_the_namespace_reaches_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        connect = (
            f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}))"
        )
        outside, inside = (
            subprocess.run(
                [*way, sys.executable, "-c", connect], capture_output=True, text=True, check=False
            )
            for way in ([], WITHOUT_NETWORK)
        )

    assert outside.returncode == 0
    assert "Network is unreachable" in inside.stderr


@pytest.mark.slow
def test_every_rule_works_without_network(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    shutil.copy(EVERY_RULE, project / "studies")
    result = subprocess.run(
        [
            *WITHOUT_NETWORK, sys.executable, "-m", "snakemake", "--cores", "2",
            "--config", f"study={EVERY_RULE.stem}",
        ],
        cwd=project, env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip

    assert result.returncode == 0, told(project, result)
    ran = {path.stem for path in (project / f"results/{EVERY_RULE.stem}/logs").iterdir()}
    assert set(RULES) - NOT_TRIED - ran == NATURAL
