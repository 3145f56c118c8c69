"""What made the results, from two jobs: 90 s on a GPU and 5 s without."""

from pathlib import Path

from clseave_core.report.page.provenance import Model, models, read_provenance, times, versions
from tests.report.page.made_report import STUDY, make_report


def test_versions_that_differ_stand_beside_each_other(tmp_path: Path) -> None:
    _, files = make_report(tmp_path)

    found = versions(read_provenance(files.logs).values(), files.project)

    assert list(found.items()) == [("clseave", "1.2.3"), ("python", "3.11"), ("torch", "2.0, 2.1")]


def test_models_with_their_commits(tmp_path: Path) -> None:
    _, files = make_report(tmp_path)
    jobs = read_provenance(files.logs)

    assert models(STUDY.models, STUDY.world_seed, jobs.values()) == [
        Model("clip", "pretrained in this study", "world seed 7"),
        Model("bert", "org/bert at main", "abc123"),
    ]
    assert models({"a": {"id": "org/a"}, "b": {"path": "/m"}, "c": {"package": "p"}}, 0, []) == [
        Model("a", "org/a at main", "not recorded"),
        Model("b", "/m", "a folder of the user's own"),
        Model("c", "package p", "as in requirements.lock"),
    ]


def test_times_are_summed_by_rule(tmp_path: Path) -> None:
    _, files = make_report(tmp_path)

    found = times(files.benchmarks, read_provenance(files.logs))

    assert [(rule.rule, rule.jobs, rule.seconds) for rule in found.rules] == [
        ("train_student", 1, 90.0), ("tabulate_accuracy", 1, 5.0),
    ]  # fmt: skip
    assert (found.seconds, found.jobs, found.gpu_seconds) == (95.0, 2, 90.0)
    assert found.devices == ["A100", "cpu"]
