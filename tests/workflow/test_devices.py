"""A GPU that Snakemake was given and that is not there: refused by the first rule of one."""

from pathlib import Path

import pytest

from tests.rehearsal.workflow import copy_project, snakemake

EMBEDDINGS = "results/tiny/teacher/clip_ve/images.arrow"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("devices") / "project")


def run(project: Path, *resources: str) -> tuple[int, str, str]:
    """The exit code and the words of a run, and the log of `embed_images`."""
    arguments = [EMBEDDINGS, *resources, "--config", "study=tiny"]
    result = snakemake(project, arguments, {"SLURM_JOB_GPUS": ""})
    log = project / "results/tiny/logs/embed_images/clip_ve.log"
    return result.returncode, result.stdout, log.read_text() if log.exists() else ""


def test_a_gpu_that_was_asked_for_and_is_hidden_is_refused_and_the_cpu_is_taken_where_none_was(
    project: Path,
) -> None:
    code, said, log = run(project, "--resources", "gpu=1")
    assert code == 1
    refusal = "a GPU was asked for (GPUS=1 or --resources gpu=1), but PyTorch has none here: "
    assert f'embed_images: ValueError: {refusal}CUDA_VISIBLE_DEVICES is ""' in said
    assert refusal in log and "computing on" not in log
    assert not (project / EMBEDDINGS).exists()
    # What computes on the CPU everywhere is not refused.
    assert (project / "results/tiny/world/models/clip/model.safetensors").exists()

    code, said, log = run(project, "--resources", "gpu=0")
    assert code == 0, said
    first = log.rpartition(" starts: ")[2].splitlines()[1]
    assert first.endswith("computing on the CPU in fp32, 1 thread")

    (project / EMBEDDINGS).unlink()
    assert run(project)[0] == 0  # a rule's GPU is no wish
