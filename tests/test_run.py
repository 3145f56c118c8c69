"""The beginning and end of a job: log, lock, error line, provenance."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clseave_core.garbage import OBJECTS_BETWEEN_SEARCHES
from clseave_core.run import _device, state_folder

ROOT = Path(__file__).resolve().parents[1]
JOB = """
import sys, time, types
from pathlib import Path
from clseave_core.run import start
class Named(dict):
    pass
job = types.SimpleNamespace(
    log=["results/s/logs/rule/a.log"], rule="rule", wildcards={"lang": "de"}, params={"x": 1},
    input={"code": ["code.py"]},
)
with start(job) as state:
    print(state, flush=True)
    BODY
"""


def begin(folder: Path, body: str) -> subprocess.Popen[str]:
    (folder / "code.py").write_text("x = 1\n")
    return subprocess.Popen(
        [sys.executable, "-c", JOB.replace("BODY", body)],
        cwd=folder, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_the_state_lies_outside_the_outputs() -> None:
    assert state_folder(Path("results/s/logs/rule/a/b.log")) == Path("results/s/state/rule/a/b")


def test_a_job_that_ends_well_leaves_its_provenance(tmp_path: Path) -> None:
    out, err = begin(tmp_path, "pass").communicate(timeout=60)

    assert out.strip() == "results/s/state/rule/a"
    record = json.loads((tmp_path / "results/s/logs/rule/a.json").read_text())
    assert record["params"] == {"x": 1}
    assert record["wildcards"] == {"lang": "de"}
    assert len(record["code"]["code.py"]) == 64
    assert record["versions"]["torch"]
    assert err == ""


def test_an_error_is_a_line_on_the_terminal_and_a_traceback_in_the_log(tmp_path: Path) -> None:
    job = begin(tmp_path, "raise ValueError('corpus.jsonl line 3 is bad')")
    _, err = job.communicate(timeout=60)

    assert job.returncode == 1
    assert err == (
        "rule: ValueError: corpus.jsonl line 3 is bad\n(traceback: results/s/logs/rule/a.log)\n"
    )
    log = (tmp_path / "results/s/logs/rule/a.log").read_text()
    assert "Traceback" in log
    assert not (tmp_path / "results/s/logs/rule/a.json").exists()


def test_a_job_does_not_search_for_garbage_at_its_end(tmp_path: Path) -> None:
    body = (
        "import atexit, gc; print(gc.get_threshold()[0], gc.get_freeze_count()); "
        "atexit.register(lambda: print(len(gc.get_objects()), gc.get_freeze_count()))"
    )
    out, _ = begin(tmp_path, body).communicate(timeout=60)

    (threshold, frozen), (tracked, frozen_at_end) = (
        map(int, line.split()) for line in out.splitlines()[1:]
    )
    assert threshold == OBJECTS_BETWEEN_SEARCHES
    assert frozen_at_end > frozen
    assert tracked < 1000


@pytest.mark.slow
def test_a_second_process_waits_and_names_the_first(tmp_path: Path) -> None:
    first = begin(tmp_path, "time.sleep(3)")
    assert first.stdout is not None
    first.stdout.readline()
    second = begin(tmp_path, "print(time.time())")
    began = time.time()
    out, err = second.communicate(timeout=60)
    first.wait(timeout=60)

    assert f"process {first.pid} of an earlier run still works on" in err
    assert float(out.splitlines()[1]) > began + 1


def test_the_device_of_a_job_is_the_gpu_that_it_had_memory_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "NVIDIA H200")
    assert _device() == "cpu"  # it was there and not used

    monkeypatch.setattr(torch.cuda, "max_memory_reserved", lambda: 2**21)
    assert _device() == "NVIDIA H200"
