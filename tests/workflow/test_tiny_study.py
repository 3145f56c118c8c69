"""The tiny study from end to end, in a copy of the project, and what makes what run again."""

import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.workflow import copy_project

TABLE = "results/accuracy_table.csv"
pytestmark = pytest.mark.slow


def snakemake(project: Path, *arguments: str, config: str = "resources=resources") -> str:
    result = subprocess.run(
        [
            sys.executable, "-m", "snakemake", "--cores", "2", *arguments,
            "--config", "study=tiny", config,
        ],
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return result.stdout + result.stderr


def make_run(project: Path, cores: int = 2, target: str = TABLE) -> str:
    """What `make run STUDY=tiny` says."""
    command = [
        sys.executable, "-m", "commands.run", "--study", "tiny", "--cores", str(cores),
        "--target", target,
    ]  # fmt: skip
    result = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return result.stdout + result.stderr


def planned(project: Path, *arguments: str, config: str = "resources=resources") -> set[str]:
    """The rules that a dry run would run."""
    said = snakemake(project, "-n", *arguments, config=config)
    return {line.split()[1].rstrip(":") for line in said.splitlines() if line.startswith("rule ")}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = copy_project(tmp_path_factory.mktemp("tiny") / "project")
    (folder / "said.txt").write_text(make_run(folder))
    yield folder
    shutil.rmtree(folder)


def test_the_table_is_whole(project: Path) -> None:
    with (project / TABLE).open() as file:
        rows = list(csv.DictReader(file))

    assert [(row["method"], row["language"]) for row in rows] == [
        ("clip_ve", "en"), ("clseave", "de"), ("hypothesis_only", "en"), ("image_shuffled", "en"),
    ]  # fmt: skip
    assert rows[2]["test_accuracy"] == "33.33"
    assert all(row["held_out_accuracy"] for row in rows)


def test_the_run_says_a_line_a_job_and_shows_the_table(project: Path) -> None:
    said = (project / "said.txt").read_text()

    jobs = int(re.findall(r"^(\d+) jobs: ", said, re.MULTILINE)[0])
    ends = re.findall(rf"^ *(\d+) of {jobs}  \w+.*, \d+ s$", said, re.MULTILINE)
    assert ends == [str(number) for number in range(1, jobs + 1)]
    assert "Study tiny, test set test: " in said
    assert len(said.splitlines()) < jobs + 20  # no bars, no reports of libraries


def test_a_second_run_has_nothing_to_do(project: Path) -> None:
    assert planned(project, TABLE) == set()
    assert "Nothing to be done" in make_run(project)


def test_touching_a_module_changes_nothing(project: Path) -> None:
    (project / "clseave_core/models/student.py").touch()

    assert planned(project, TABLE) == set()


def test_editing_code_that_decides_numbers_runs_from_there_on(project: Path) -> None:
    module = project / "clseave_core/evaluation/scores.py"
    before = module.read_text()
    module.write_text(before + "\n# another line\n")
    try:
        assert planned(project, TABLE) == {"predict", "tabulate_accuracy", "export_table"}
    finally:
        module.write_text(before)


def test_a_hyper_parameter_of_a_student_runs_students_and_after(project: Path) -> None:
    other = "methods={clseave: {training: {batch_size: 16}}}"

    assert planned(project, TABLE, config=other) == {
        "train_student", "predict", "tabulate_accuracy", "export_table",
    }  # fmt: skip
    counts = re.findall(r"^predict +(\d+)$", snakemake(project, "-n", TABLE, config=other), re.M)
    assert counts[0] == "1"


def test_one_languages_score_is_made_again_alone(project: Path) -> None:
    score = "results/tiny/scores/clseave/de/seed0/test.json"
    before = (project / score).read_bytes()
    (project / score).unlink()

    assert planned(project, score) == {"predict"}
    snakemake(project, score)
    assert (project / score).read_bytes() == before


def test_the_table_of_another_study_is_not_taken_for_ones_own(project: Path) -> None:
    rules = planned(project, TABLE, config="study=pocket")

    assert {"generate_world", "train_teacher", "export_table"} <= rules


@pytest.mark.parametrize(
    "edit",
    [
        "presets={clseave: {save_every_seconds: 7}}",
        "presets={clip_ve: {save_every_seconds: 7}}",
        "corpus={expected: {pairs: {dev: 100}}}",
        "images={batch_size: 7, workers: 2}",
        "translation={requests_per_second: 2}",
        "evaluation={margin: 2.0, permutations: 999}",
    ],
)
def test_an_edit_that_changes_no_number_runs_nothing(project: Path, edit: str) -> None:
    assert planned(project, TABLE, config=edit) == set()


def test_moving_the_folder_changes_nothing(project: Path) -> None:
    moved = project.with_name("moved")
    project.rename(moved)
    try:
        assert planned(moved, TABLE) == set()
    finally:
        moved.rename(project)


def test_another_folder_and_one_core_give_the_same_bytes(project: Path, tmp_path: Path) -> None:
    make_run(project, target="all")
    other = copy_project(tmp_path / "a-quite-different-place")
    make_run(other, cores=1, target="all")

    patterns = (
        "tables/*", "figures/*", "predictions/**/*.parquet", "**/*.arrow", "**/*.safetensors",
    )  # fmt: skip
    for pattern in patterns:
        made = sorted((project / "results/tiny").glob(pattern))
        assert made, pattern
        for path in made:
            assert path.read_bytes() == (other / path.relative_to(project)).read_bytes(), path
