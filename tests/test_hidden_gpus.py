import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from clseave_core.training.device import Compute
from tests.hidden_gpus import BEFORE, VISIBLE, hide_gpus, with_gpus

ROOT = Path(__file__).resolve().parents[1]
MARKED = [
    str(path)
    for path in sorted((ROOT / "tests").rglob("test_*.py"))
    if f"mark.{'gpu'}\n" in path.read_text(encoding="utf-8")
]


def test_no_test_sees_a_gpu() -> None:
    assert os.environ[VISIBLE] == ""
    assert not torch.cuda.is_available()
    assert Compute("auto", torch.get_num_threads()).describe().startswith("the CPU in fp32")


@pytest.mark.parametrize("before", [None, "", "1"])
def test_what_the_user_had_set_comes_back_for_the_tests_that_need_a_gpu(
    monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    for name in (BEFORE, VISIBLE):
        monkeypatch.setenv(name, "")  # so that it comes back after the test
        monkeypatch.delenv(name)
    monkeypatch.setenv("SLURM_JOB_GPUS", "0")
    if before is not None:
        monkeypatch.setenv(VISIBLE, before)

    hide_gpus()
    hide_gpus()  # as a worker of pytest-xdist does, in whose environment they are hidden already

    assert os.environ[VISIBLE] == ""
    assert "SLURM_JOB_GPUS" not in os.environ
    assert with_gpus().get(VISIBLE) == before


@pytest.mark.slow
def test_the_tests_that_need_a_gpu_pass_on_one() -> None:
    assert MARKED
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "gpu", "-q", "-p", "no:cacheprovider", *MARKED],
        cwd=ROOT, env=with_gpus(), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    if " passed" not in result.stdout:
        assert "there is no GPU that PyTorch can use" in result.stdout, result.stdout[-3000:]
        pytest.skip("there is no GPU that PyTorch can use")
