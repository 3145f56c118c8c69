from pathlib import Path
from typing import Any

import pytest

from clseave_core.study.checks import check_study
from clseave_core.study.loading import load_study
from clseave_core.study.sources import Sources
from commands import check_study as command

ROOT = Path(__file__).resolve().parents[2]


def problems(overrides: dict[str, Any], tmp_path: Path) -> list[str]:
    study = load_study("thesis", overrides, ROOT)
    checks = check_study(Sources("thesis", study, str(tmp_path / "resources")))
    return [check.problem for check in checks if check.problem is not None]


def test_the_thesis_study_can_run(tmp_path: Path) -> None:
    assert problems({}, tmp_path) == []


def test_paths_that_are_not_there_are_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "flickr.tar")
    found = problems(
        {
            "corpus": {"pictures": {"path": missing}},
            "translation": {"provider": "file", "file": str(tmp_path / "{lang}.tsv")},
            "languages": ["de"],
        },
        tmp_path,
    )

    assert len(found) == 2
    assert f"{missing} is not there" in found[0]
    assert "de.tsv is not there" in found[1]


def test_a_model_folder_that_is_no_model_is_named(tmp_path: Path) -> None:
    model = {"id": None, "revision": None, "path": str(tmp_path)}

    assert str(tmp_path) in problems({"models": {"clip": model}}, tmp_path)[0]


def test_the_command_prints_a_line_a_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["thesis"]) == 0
    assert "ok   language de" in capsys.readouterr().out
    assert command.main(["thesys"]) == 2
    assert "Studies there" in capsys.readouterr().err
