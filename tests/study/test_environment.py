import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from clseave_core.study.environment import is_writable, set_job_environment
from clseave_core.training.gpu_wish import gpu_wish

CACHES = ("HF_HOME", "HUGGINGFACE_HUB_CACHE", "HF_HUB_CACHE", "HF_XET_CACHE", "MPLCONFIGDIR")


@pytest.fixture(autouse=True)
def _the_environment_comes_back() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def test_jobs_find_the_library_and_work_offline() -> None:
    os.environ |= {"PYTHONPATH": "/mine", "HF_HUB_OFFLINE": "0"}
    set_job_environment("/project")

    assert os.environ["PYTHONPATH"] == f"/project{os.pathsep}/mine"
    assert os.environ["HF_HUB_OFFLINE"] == "1"


def test_jobs_know_of_the_gpus_that_the_run_was_given_and_a_jobs_own_start_changes_nothing() -> (
    None
):
    set_job_environment("/project")
    assert gpu_wish().count is None

    set_job_environment("/project", 2)
    set_job_environment("/project")  # as a job on a cluster does, which is not told again
    assert gpu_wish().count == 2

    set_job_environment("/project", 0)
    assert gpu_wish().count == 0


@pytest.mark.parametrize(("users", "kept"), [("1", "1"), ("0", "0"), (None, "0")])
def test_the_users_choice_for_the_hub_survives_a_job_that_starts_again(
    users: str | None, kept: str
) -> None:
    for name in ("HF_HUB_OFFLINE", "HF_HUB_OFFLINE_OF_USER"):
        os.environ.pop(name, None)
    if users is not None:
        os.environ["HF_HUB_OFFLINE"] = users
    set_job_environment("/project")
    set_job_environment("/project")

    assert os.environ["HF_HUB_OFFLINE_OF_USER"] == kept


def test_caches_leave_a_home_in_which_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", *CACHES):
        os.environ.pop(name, None)
    os.environ |= {"HOME": "/proc/nonexistent", "HF_XET_CACHE": "/mine"}
    set_job_environment("/project")

    assert os.environ["HF_HUB_CACHE"] == str(tmp_path / ".snakemake/caches/hf_hub_cache")
    assert os.environ["MPLCONFIGDIR"] == str(tmp_path / ".snakemake/caches/mplconfigdir")
    assert os.environ["HF_XET_CACHE"] == "/mine"
    assert "HF_HOME" not in os.environ  # the user's token lies there


@pytest.mark.parametrize("place", ["HOME", "XDG_CACHE_HOME", "HF_HOME", "HUGGINGFACE_HUB_CACHE"])
def test_caches_stay_where_the_user_can_write(tmp_path: Path, place: str) -> None:
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", *CACHES):
        os.environ.pop(name, None)
    os.environ |= {"HOME": "/proc/nonexistent", place: str(tmp_path / "new")}
    set_job_environment("/project")

    assert "HF_HUB_CACHE" not in os.environ
    assert ("MPLCONFIGDIR" in os.environ) == (place != "HOME")


def test_a_user_without_a_home_has_caches_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "expanduser", unknown)
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", *CACHES):
        os.environ.pop(name, None)
    set_job_environment("/project")

    assert os.environ["HF_HUB_CACHE"].startswith(str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_link_to_nothing_and_a_folder_that_is_closed_are_not_writable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    assert is_writable(tmp_path / "new/one")
    assert not is_writable(tmp_path / "link/cache")

    def closed(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", closed)
    assert not is_writable(tmp_path)
