"""Plain `snakemake` where a project or a HOME lies in a place that few think of."""

from pathlib import Path

import pytest

from tests.rehearsal.workflow import copy_project, snakemake

TARGET = ("results/tiny/world/pictures.zip", "--config", "study=tiny")


@pytest.mark.parametrize("name", ["Müller's study (a&b)", "a{b}"])
def test_snakemake_refuses_a_folder_in_which_no_job_would_start(tmp_path: Path, name: str) -> None:
    result = snakemake(copy_project(tmp_path / name), ["-n", *TARGET], {})

    assert result.returncode != 0
    assert f'the folder "{name}" has ' in result.stdout
    assert "no job would start" in result.stdout


def test_snakemake_refuses_resources_that_it_would_misread(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    result = snakemake(project, ["-n", *TARGET, "resources=/data/{me}"], {})

    assert result.returncode != 0
    assert 'config.yaml, resources: "/data/{me}" has { (left curly bracket)' in result.stdout


@pytest.mark.slow
def test_jobs_run_in_a_folder_that_is_named_in_any_script_without_a_home(tmp_path: Path) -> None:
    clean = copy_project(tmp_path / "Müller-日本")
    (tmp_path / "a b").symlink_to(clean)
    home = {"HOME": "/proc/nonexistent"}
    result = snakemake(tmp_path / "a b", TARGET, home)

    assert result.returncode == 0, result.stdout
    assert (clean / TARGET[0]).exists()
