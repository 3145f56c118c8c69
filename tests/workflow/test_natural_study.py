"""The natural study from end to end at a tiny size, in a copy of the project.

It is made without network where a namespace without one can be made, and all the same elsewhere.
"""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from clseave_core.evaluation.noun_questions import GROUPS
from tests.rehearsal.workflow import copy_project, snakemake, told
from tests.workflow.test_no_network import NATURAL, WITHOUT_NETWORK, needs_namespace

STUDY = Path(__file__).with_name("natural_tiny.yaml")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    project = copy_project(tmp_path_factory.mktemp("natural") / "project")
    shutil.copy(STUDY, project / "studies")
    result = snakemake(project, ["all", "--config", f"study={STUDY.stem}"], {}, WITHOUT_NETWORK)
    assert result.returncode == 0, told(project, result)
    yield project / "results"
    shutil.rmtree(project)


@needs_namespace
def test_its_own_rules_work_without_network(results: Path) -> None:
    ran = {path.stem for path in (results / STUDY.stem / "logs").iterdir()}
    assert ran >= NATURAL


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open() as file:
        return list(csv.DictReader(file))


def test_a_sentence_alone_tells_nothing(results: Path) -> None:
    accuracy = {row["method"]: row for row in rows_of(results / "accuracy_table.csv")}
    assert accuracy["hypothesis_only"]["test_accuracy"] == "33.33"
    assert {
        "clip_ve",
        "clseave",
        "noun_blind",
        "zero_shot",
        "retrieval_and_head",
    } <= accuracy.keys()


def test_every_method_is_measured_on_held_out_nouns(results: Path) -> None:
    tables = results / STUDY.stem / "tables"
    rows = rows_of(tables / "nouns.csv")
    methods = {row["method"] for row in rows_of(results / "accuracy_table.csv")}
    for group in GROUPS:
        assert {row["method"] for row in rows if row["group"] == group} == methods
    asked = {row["question"] for row in rows_of(tables / "noun_questions.csv")}
    assert {"wording", "words", "text_encoder", "to_the_teacher", "nearest"} <= asked


def test_the_page_answers_about_words_and_gives_credit(results: Path) -> None:
    page = (results / STUDY.stem / "report.html").read_text()
    assert 'id="nouns"' in page
    assert "OpenMoji" in page
