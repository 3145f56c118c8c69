"""Which GPUs PyTorch has, why it has none, and what is said where one was asked for."""

import sys
from pathlib import Path

import pytest
import torch

from clseave_core.training.gpu_probe import (
    Gpus,
    enough_gpus,
    has_bf16,
    probe_gpus,
    unused_gpu,
    wanted_gpus,
)
from clseave_core.training.gpu_wish import Wish, gpu_wish
from tests.fake_gpu import H200, T4, V100, Card, pretend_driver, pretend_gpus, pretend_no_gpu

OLD = (
    "The NVIDIA driver on your system is too old (found version {}). Please update your GPU driver "
    "by downloading and installing a new version from the URL: http://www.nvidia.com/Download/"
)
NO_DRIVER = "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU"


@pytest.fixture(autouse=True)
def _no_files_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clseave_core.training.gpu_probe.DEVICES", tmp_path / "none")
    monkeypatch.setattr("clseave_core.training.gpu_probe.DRIVER", tmp_path / "none")


def command(build: str) -> str:
    return (
        f"{sys.executable} -m pip install torch==2.13.0+{build} "
        f"--index-url https://download.pytorch.org/whl/{build}"
    )


@pytest.mark.parametrize(
    ("variables", "wish"),
    [
        ({}, Wish(None)),
        ({"CLSEAVE_GPUS": ""}, Wish(None)),
        ({"CLSEAVE_GPUS": "0"}, Wish(0, "0 GPUs were asked for (GPUS=0 or --resources gpu=0)")),
        ({"CLSEAVE_GPUS": "1"}, Wish(1, "a GPU was asked for (GPUS=1 or --resources gpu=1)")),
        ({"CLSEAVE_GPUS": "4"}, Wish(4, "4 GPUs were asked for (GPUS=4 or --resources gpu=4)")),
        ({"SLURM_JOB_GPUS": "0"}, Wish(1, "Slurm gave this job a GPU (SLURM_JOB_GPUS=0)")),
        ({"SLURM_STEP_GPUS": "2"}, Wish(1, "Slurm gave this job a GPU (SLURM_STEP_GPUS=2)")),
        ({"SLURM_GPUS_ON_NODE": "1"}, Wish(1, "Slurm gave this job a GPU (SLURM_GPUS_ON_NODE=1)")),
        ({"SLURM_JOB_ID": "7", "SLURM_JOB_GPUS": ""}, Wish(None)),
    ],
)
def test_who_asked_for_gpus(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], wish: Wish
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert gpu_wish() == wish


def test_the_cpu_that_was_asked_for_comes_before_what_slurm_gave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend_gpus(monkeypatch, H200)
    monkeypatch.setenv("SLURM_JOB_GPUS", "0")
    monkeypatch.setenv("CLSEAVE_GPUS", "0")

    assert wanted_gpus().usable == ()


@pytest.mark.parametrize("said", ["-1", "one", "1.5", "²"])
def test_what_is_no_number_of_gpus_is_refused(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("CLSEAVE_GPUS", said)

    with pytest.raises(ValueError, match=f"CLSEAVE_GPUS is '{said}'. Give it a number of GPUs"):
        gpu_wish()


@pytest.mark.parametrize("variable", ["CLSEAVE_GPUS", "SLURM_JOB_GPUS"])
def test_a_gpu_that_was_asked_for_and_is_hidden_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    pretend_no_gpu(monkeypatch, "No CUDA GPUs are available")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv(variable, "1")

    with pytest.raises(
        ValueError,
        match=r'none here: CUDA_VISIBLE_DEVICES is "", which hides all\. Take it away\.\n'
        r"To compute on the CPU instead, ask for none: GPUS=0 or --resources gpu=0",
    ):
        wanted_gpus()


def test_a_driver_older_than_the_cuda_of_torch_is_refused_where_a_gpu_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_no_gpu(monkeypatch, OLD.format(11040))
    pretend_driver(monkeypatch, tmp_path, "470.82.01")
    monkeypatch.setenv("CLSEAVE_GPUS", "1")

    with pytest.raises(
        ValueError,
        match=r"the driver 470 knows CUDA up to 11.4, and the installed torch 2.13.0\+cu130 wants "
        r"CUDA 13.0. Update the driver to 580 or later\.\n",
    ):
        wanted_gpus()


def test_for_a_driver_of_cuda_12_there_is_another_build_of_torch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_no_gpu(monkeypatch, OLD.format(12080))
    pretend_driver(monkeypatch, tmp_path, "570.86.15")

    assert probe_gpus().reason == (
        "the driver 570 knows CUDA up to 12.8, and the installed torch 2.13.0+cu130 wants CUDA "
        f"13.0. Update the driver to 580 or later, or install a torch for CUDA 12: "
        f"{command('cu126')}"
    )


@pytest.mark.parametrize(("driver", "build"), [("580.65.06", "cu130"), ("535.54.03", "cu126")])
def test_a_build_for_the_cpu_beside_a_gpu_names_the_build_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, driver: str, build: str
) -> None:
    pretend_no_gpu(monkeypatch, "Torch not compiled with CUDA enabled")
    pretend_driver(monkeypatch, tmp_path, driver)
    monkeypatch.setattr(torch, "__version__", "2.13.0+cpu")
    monkeypatch.setattr(torch.backends.cuda, "is_built", lambda: False)

    assert probe_gpus().reason == (
        f"the installed torch 2.13.0+cpu is a build for the CPU. Install one for CUDA: "
        f"{command(build)}"
    )


def test_the_open_modules_of_the_driver_write_their_version_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_no_gpu(monkeypatch, OLD.format(12040))
    pretend_driver(monkeypatch, tmp_path, "1.0")
    (tmp_path / "version").write_text(
        "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.54.14  Release Build\n"
    )

    assert probe_gpus().reason.startswith("the driver 550 knows CUDA up to 12.4")


@pytest.mark.parametrize(
    ("said", "visible", "reason"),
    [
        (NO_DRIVER, None, "there is no NVIDIA driver. Install one, or take a machine with a GPU."),
        (
            "No CUDA GPUs are available", "7",
            'it says: No CUDA GPUs are available (CUDA_VISIBLE_DEVICES is "7"). '
            "Look at nvidia-smi.",
        ),
        (
            "CUDA unknown error - this may be due to an incorrectly set up environment\nmore", None,
            "it says: CUDA unknown error - this may be due to an incorrectly set up environment. "
            "Look at nvidia-smi.",
        ),
    ],
)  # fmt: skip
def test_every_other_reason_is_given(
    monkeypatch: pytest.MonkeyPatch, said: str, visible: str | None, reason: str
) -> None:
    pretend_no_gpu(monkeypatch, said)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)

    assert probe_gpus() == Gpus((), reason=reason)


def test_a_gpu_that_torch_was_not_compiled_for_is_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend_gpus(monkeypatch, V100, T4)
    assert probe_gpus() == Gpus((1,), ("Tesla T4",))

    pretend_gpus(monkeypatch, V100)
    assert probe_gpus().reason == (
        "Tesla V100 has compute capability 7.0, and the installed torch 2.13.0+cu130 is made for "
        "sm_75 sm_80 sm_86 sm_90 sm_100 sm_120 compute_120. Install one that is made for it: "
        f"{command('cu126')}"
    )


@pytest.mark.parametrize(
    ("capability", "archs", "usable"),
    [
        ((8, 9), ("sm_80", "sm_90"), True),  # a later minor version runs the code of an earlier one
        ((8, 0), ("sm_86",), False),
        ((9, 0), ("sm_90a",), True),
        ((10, 3), ("sm_90",), False),
        ((10, 3), ("sm_80", "compute_90"), True),  # PTX is compiled on the spot
        ((12, 1), ("sm_120",), True),
    ],
)
def test_code_runs_on_its_major_version_and_ptx_on_all_later_ones(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], archs: tuple[str, ...],
    usable: bool,
) -> None:  # fmt: skip
    pretend_gpus(monkeypatch, Card("a GPU", capability), archs=archs)

    assert probe_gpus().usable == ((0,) if usable else ())


def test_more_gpus_than_there_are_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_gpus(monkeypatch, H200, T4)
    monkeypatch.setenv("CLSEAVE_GPUS", "2")
    assert enough_gpus().names == ("NVIDIA H200", "Tesla T4")

    monkeypatch.setenv("CLSEAVE_GPUS", "3")
    with pytest.raises(
        ValueError,
        match=r"3 GPUs were asked for .*, but PyTorch has 2 here \(NVIDIA H200, Tesla T4\)\. Ask "
        "for GPUS=2: each job takes one",
    ):
        enough_gpus()
    assert wanted_gpus().usable == (0, 1)  # a job of a cluster sees its own alone


def test_a_gpu_that_nobody_asked_for_and_that_cannot_be_used_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_no_gpu(monkeypatch, OLD.format(11040))
    assert unused_gpu(wanted_gpus()) is None  # there is none

    pretend_driver(monkeypatch, tmp_path, "470.82.01")
    said = unused_gpu(wanted_gpus())
    assert said and said.startswith(
        "a GPU is here, but the CPU computes, since PyTorch cannot use it: the driver 470 knows"
    )
    monkeypatch.setenv("CLSEAVE_GPUS", "0")
    assert unused_gpu(wanted_gpus()) is None
    monkeypatch.delenv("CLSEAVE_GPUS")
    for hides in ("", "-1"):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hides)
        assert unused_gpu(wanted_gpus()) is None


@pytest.mark.parametrize(
    ("able", "expected"),
    [
        ({"avx512_bf16": True, "amx_bf16": False}, True),
        ({"avx512_bf16": False, "amx_bf16": True}, True),
        ({"bf16": True}, True),
        ({"avx2": True, "avx512_bf16": False}, False),
        ({}, False),
    ],
)
def test_whether_a_cpu_has_bf16(
    monkeypatch: pytest.MonkeyPatch, able: dict[str, bool], expected: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)

    assert has_bf16(on_gpu=False) is expected
