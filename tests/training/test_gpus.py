"""Jobs that run at the same time on a machine with several GPUs take different ones."""

import logging
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from clseave_core.training.device import Compute
from clseave_core.training.gpus import claim_gpu

ROOT = Path(__file__).resolve().parents[2]
JOB = """
import sys, time
from clseave_core.training.gpus import claim_gpu
print(claim_gpu(["a", "b"], sys.argv[1]), flush=True)
time.sleep(60)
"""


def begin(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """A job on a machine with the GPUs a and b, and which of them it took."""
    job = subprocess.Popen(
        [sys.executable, "-c", JOB, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert job.stdout is not None
    return job, job.stdout.readline().strip()


def end(job: subprocess.Popen[str]) -> None:
    job.kill()
    job.communicate(timeout=60)


def test_each_job_takes_its_own_and_a_killed_one_leaves_its_free(tmp_path: Path) -> None:
    first, taken_by_first = begin(tmp_path)
    second, taken_by_second = begin(tmp_path)
    end(first)
    third, taken_by_third = begin(tmp_path)
    end(second)
    end(third)

    assert [taken_by_first, taken_by_second, taken_by_third] == ["0", "1", "0"]


def test_more_jobs_than_gpus_share_and_say_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert claim_gpu(["a"], tmp_path) == 0
    with caplog.at_level(logging.WARNING):
        assert claim_gpu(["a"], tmp_path) == 0
    assert "other jobs have all 1 GPUs" in caplog.text
    assert "--resources gpu=1" in caplog.text


def test_a_lock_goes_by_the_gpu_not_by_its_number(tmp_path: Path) -> None:
    assert claim_gpu(["a", "b"], tmp_path) == 0
    assert claim_gpu(["b", "a"], tmp_path) == 0  # b, which is free, though a 0 is taken
    assert claim_gpu(["a", "b", "c"], tmp_path) == 2


def test_a_link_laid_in_the_way_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    claim_gpu(["a"], tmp_path)
    [lock] = tmp_path.glob("clseave-*-gpu-a.lock")
    lock.unlink()
    lock.symlink_to(target)

    with pytest.raises(OSError, match="symbolic links"):
        claim_gpu(["a"], tmp_path)
    assert not target.exists()


def test_jobs_compute_on_different_gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    current: list[torch.device] = []
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(
        torch.cuda, "get_device_properties", lambda index: SimpleNamespace(uuid=f"uuid{index}")
    )
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: "A GPU")
    monkeypatch.setattr(torch.cuda, "set_device", current.append)

    first, second = (Compute("fp32", torch.get_num_threads()) for _ in range(2))

    assert [first.device, second.device] == [torch.device("cuda:0"), torch.device("cuda:1")]
    assert current == [first.device, second.device]
    assert first.deciding() == second.deciding()  # a training may go on on another one


def test_a_device_that_is_named_claims_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    assert Compute("fp32", torch.get_num_threads(), "cpu").device == torch.device("cpu")
    assert list(tmp_path.iterdir()) == []
