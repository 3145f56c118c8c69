import hashlib
import shutil
from pathlib import Path

import pytest

from clseave_core.files import write_json
from clseave_core.study.loading import Study, load_study
from clseave_core.study.reuse import check_reuse

ROOT = Path(__file__).resolve().parents[2]
FRENCH = "based_on: thesis\nlanguages: [fr]\nreuse: {teacher: thesis}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in which the thesis study's teacher was made by today's code."""
    shutil.copytree(ROOT / "studies", tmp_path / "studies")
    (tmp_path / "schemas").symlink_to(ROOT / "schemas")
    (tmp_path / "studies/french.yaml").write_text(FRENCH)
    (tmp_path / "module.py").write_text("x = 1\n")
    digest = hashlib.sha256(b"x = 1\n").hexdigest()
    for record in ("embed_images/clip_ve.json", "train_teacher/clip_ve/seed0.json"):
        write_json(tmp_path / "results/thesis/logs" / record, {"code": {"module.py": digest}})
    return tmp_path


def french(project: Path) -> Study:
    return load_study("french", {}, project)


def test_files_of_the_same_settings_and_code_are_reused(project: Path) -> None:
    check_reuse("french", french(project), project)


def test_other_settings_are_refused(project: Path) -> None:
    study = french(project)
    study["teachers"]["clip_ve"]["training"]["epochs"] = 3

    with pytest.raises(ValueError, match=r"reuse.teacher: thesis.* differ in `teachers`"):
        check_reuse("french", study, project)


def test_a_seed_that_the_other_study_lacks_is_refused(project: Path) -> None:
    study = french(project) | {"seeds": [0, 1]}

    with pytest.raises(ValueError, match="differ in `seeds`"):
        check_reuse("french", study, project)


def test_fewer_teachers_are_covered(project: Path) -> None:
    study = french(project)
    study["teachers"] = {"clip_ve": study["teachers"]["clip_ve"]}

    check_reuse("french", study, project)


def test_code_that_has_changed_since_is_refused(project: Path) -> None:
    (project / "module.py").write_text("x = 2\n")

    with pytest.raises(ValueError, match=r"module.py has changed since .*clip_ve.json was written"):
        check_reuse("french", french(project), project)


def test_a_study_that_has_not_run_is_named(project: Path) -> None:
    shutil.rmtree(project / "results")

    with pytest.raises(FileNotFoundError, match=r"no record of embed_images .* Run that"):
        check_reuse("french", french(project), project)
