import os
from collections.abc import Iterator

import pytest

from clseave_core.study.environment import set_job_environment
from clseave_core.training.gpu_wish import gpu_wish


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
