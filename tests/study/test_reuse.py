import hashlib
import shutil
from pathlib import Path

import pytest

from clseave_core.files import read_json, write_json
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
    thesis = load_study("thesis", {}, tmp_path)
    for name, teacher in thesis["teachers"].items():
        record = {"code": {"module.py": digest}, "params": {"training": teacher["training"]}}
        write_json(tmp_path / f"results/thesis/logs/train_teacher/{name}/seed0.json", record)
    return tmp_path


def french(project: Path) -> Study:
    return load_study("french", {}, project)


def test_files_of_the_same_settings_and_code_are_reused(project: Path) -> None:
    check_reuse("french", french(project), {}, project)


def test_other_settings_are_refused(project: Path) -> None:
    study = french(project)
    study["teachers"]["clip_ve"]["training"]["epochs"] = 3

    with pytest.raises(ValueError, match=r"reuse.teacher: thesis.* differ in `teachers`"):
        check_reuse("french", study, {}, project)


def test_a_seed_that_the_other_study_lacks_is_refused(project: Path) -> None:
    study = french(project) | {"seeds": [0, 1]}

    with pytest.raises(ValueError, match="differ in `seeds`"):
        check_reuse("french", study, {}, project)


def test_fewer_teachers_are_covered(project: Path) -> None:
    study = french(project)
    study["teachers"] = {"clip_ve": study["teachers"]["clip_ve"]}
    study["methods"] = {"clseave": study["methods"]["clseave"]}
    shutil.rmtree(project / "results/thesis/logs/train_teacher/image_only")

    check_reuse("french", study, {}, project)


def test_code_that_has_changed_since_is_refused(project: Path) -> None:
    (project / "module.py").write_text("x = 2\n")

    with pytest.raises(ValueError, match=r"module.py has changed since .*seed0.json was written"):
        check_reuse("french", french(project), {}, project)


def test_a_study_that_has_not_run_is_named(project: Path) -> None:
    shutil.rmtree(project / "results")

    with pytest.raises(FileNotFoundError, match=r"there is no .*seed0.json. Run that"):
        check_reuse("french", french(project), {}, project)


def test_files_that_were_made_with_other_settings_are_refused(project: Path) -> None:
    path = project / "results/thesis/logs/train_teacher/clip_ve/seed0.json"
    record = read_json(path)
    record["params"]["training"]["learning_rate"] = 9.0
    write_json(path, record)

    with pytest.raises(ValueError, match=r"was made with the training .*'learning_rate': 9.0"):
        check_reuse("french", french(project), {}, project)


def test_overrides_are_laid_over_both_studies(project: Path) -> None:
    overrides = {"corpus": {"pictures": {"path": "/data/flickr30k.tar"}}}

    check_reuse("french", load_study("french", overrides, project), overrides, project)
