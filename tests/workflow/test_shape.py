"""The workflow's shape: names agree, rules are whole, every command line of the docs resolves."""

import ast
import importlib
import inspect
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.rehearsal.workflow import copy_project

ROOT = Path(__file__).resolve().parents[2]
VERBS = {
    "download",
    "generate",
    "prepare",
    "embed",
    "translate",
    "gather",
    "align",
    "train",
    "predict",
    "score",
    "compare",
    "tabulate",
    "plot",
    "render",
    "export",
}
RULE = re.compile(r"^rule (\w+):\n((?:[ \n].*\n|\n)*)", re.MULTILINE)
RULES = {
    name: body
    for path in sorted((ROOT / "rules").glob("*.smk"))
    for name, body in RULE.findall(path.read_text() + "\n")
}


@pytest.fixture(scope="module", autouse=True)
def _in_a_fresh_clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What a run plans depends on the results that are there: these tests plan without any."""
    folder = copy_project(tmp_path_factory.mktemp("fresh") / "clone")
    shutil.copytree(ROOT / "slurm", folder / "slurm")
    for name in ("Makefile", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    before = Path.cwd()
    os.chdir(folder)
    yield
    os.chdir(before)


def dry_run(*arguments: str) -> str:
    result = subprocess.run(
        [sys.executable, "-m", "snakemake", "-n", *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_every_part_and_one_name(rule: str) -> None:
    body = RULES[rule]

    assert rule.split("_")[0] in VERBS
    parts = ["output", "log", "benchmark", "conda", "params", "script"]
    if not rule.startswith("download"):
        parts.append("input")
        assert f'code=core("{rule}")' in body
    if not rule.startswith(("download", "translate")):
        parts += ["threads", "resources"]
    for part in parts:
        assert f"    {part}:" in body, f"{rule} has no {part}"
    assert f'"<logs>/{rule}' in body
    assert f'"<benchmarks>/{rule}' in body
    assert f"workflow_scripts/{rule}.py" in body
    assert "retries" not in body


@pytest.mark.parametrize("rule", RULES)
def test_every_item_of_a_rule_is_named(rule: str) -> None:
    for part in ("input", "output", "resources", "params"):
        block = re.search(rf"^    {part}:\n((?:        .*\n)+)", RULES[rule], re.MULTILINE)
        for item in re.findall(r"^ {8}([^ )\]}].*)", block[1] if block else "", re.MULTILINE):
            assert re.match(r"\w+=|unpack\(", item), f"{rule} {part}: {item}"


def test_every_wildcard_is_constrained() -> None:
    common = (ROOT / "rules/common.smk").read_text()
    constraints = common.split("wildcard_constraints:")[1].split("\n\n")[0]
    patterns = re.findall(
        r'"(<(?:results|resources|generated|logs)>[^"]*)"', "".join(RULES.values())
    )
    used = {name for pattern in patterns for name in re.findall(r"{+(\w+)}+", pattern)}

    assert {"split", "lang", "method", "seed", "testset"} <= used
    assert used <= set(re.findall(r"^    (\w+)=", constraints, re.MULTILINE))


def test_gpu_rules_are_those_that_the_profile_sends_to_the_gpu_partition() -> None:
    profile = yaml.safe_load((ROOT / "slurm/config.yaml").read_text())

    assert {rule for rule, body in RULES.items() if "gpu=1" in body} == set(
        profile["set-resources"]
    )


def test_rules_ask_for_a_gpu_where_their_script_takes_one_and_nowhere_else() -> None:
    """It takes one where it, or a function that it imports, makes a `Compute` without a device."""
    assert "embed_sentences" not in {rule for rule, body in RULES.items() if "gpu=1" in body}
    for rule, body in RULES.items():
        tree = ast.parse((ROOT / f"workflow_scripts/{rule}.py").read_text())
        assert any(map(takes_a_free_device, [tree, *imported(tree)])) == ("gpu=1" in body), rule


def takes_a_free_device(tree: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Compute"
        and len(node.args) + len(node.keywords) < 3
        for node in ast.walk(tree)
    )


def imported(tree: ast.AST) -> Iterator[ast.AST]:
    """The functions of the library that a script imports, or that are in a module it imports."""
    for node in ast.walk(tree):
        if not (
            isinstance(node, ast.ImportFrom) and (node.module or "").startswith("clseave_core")
        ):
            continue
        for name in node.names:
            found = getattr(importlib.import_module(str(node.module)), name.name, None)
            if found is None:
                found = importlib.import_module(f"{node.module}.{name.name}")
            if inspect.isfunction(found) or inspect.ismodule(found):
                yield ast.parse(inspect.getsource(found))


def test_the_rules_that_need_the_network_are_local_and_no_others() -> None:
    files = "".join(path.read_text() for path in (ROOT / "rules").glob("*.smk"))
    blocks = re.findall(r"^localrules:\n((?:    .*\n)+)", files, re.MULTILINE)

    assert {name for block in blocks for name in re.findall(r"\w+", block)} == {
        rule for rule in RULES if rule.startswith(("download", "translate"))
    }


def test_scripts_are_short() -> None:
    for path in (ROOT / "workflow_scripts").glob("*.py"):
        assert len(path.read_text().splitlines()) <= 42, path


@pytest.mark.slow
def test_each_tower_embeds_the_pictures_once_for_all_languages() -> None:
    said = dry_run("results/accuracy_table.csv", "--forceall")
    counts = dict(re.findall(r"^(\w+) +(\d+)$", said, re.MULTILINE))

    assert counts["embed_images"] == "2"  # the pretrained tower and the random one
    assert counts["train_student"] == "5"


@pytest.mark.slow
@pytest.mark.parametrize(("study", "waits"), [("natural", True), ("pocket", False)])
def test_what_needs_no_pictures_waits_for_a_job_that_takes_more_threads(
    study: str, waits: bool
) -> None:
    files = {
        "train_teacher": f"results/{study}/teacher/hypothesis_only/seed0/history.csv",
        "embed_sentences": f"results/{study}/students/frozen/use/de.arrow",
    }
    said = dry_run(*files.values(), "--config", f"study={study}")
    for rule in files:
        inputs = re.findall(rf"rule {rule}:\n +input: (.*)", said)[0]
        assert (f"results/{study}/teacher/clip_ve/images.arrow" in inputs) == waits


@pytest.mark.slow
def test_a_frozen_encoder_reads_each_language_once_and_zero_shot_trains_once() -> None:
    files = [
        f"results/pocket/predictions/{method}/{lang}/seed0/test.parquet"
        for method in ("frozen_encoder", "zero_shot")
        for lang in ("de", "zh")
    ]
    said = dry_run(*files, "--forceall")
    counts = dict(re.findall(r"^(\w+) +(\d+)$", said, re.MULTILINE))

    assert counts["embed_sentences"] == "3"  # English, German, Chinese
    assert counts["train_student"] == "3"  # zero_shot has the student of English alone


@pytest.mark.slow
def test_a_joint_student_is_trained_once_and_read_in_each_language() -> None:
    files = [
        "results/pocket_full/students/joint/all/seed1/model",
        *(f"results/pocket_full/scores/joint/{lang}/seed1/test.json" for lang in ("de", "ko")),
    ]
    said = dry_run(*files, "--forceall", "--config", "study=pocket_full")
    counts = dict(re.findall(r"^(\w+) +(\d+)$", said, re.MULTILINE))

    assert (counts["train_joint_student"], counts["gather_translations"]) == ("1", "5")
    assert (counts["embed_hypotheses"], counts["predict"]) == ("2", "2")
    assert "train_student" not in counts


@pytest.mark.slow
def test_a_trimmed_student_waits_for_all_that_is_read_with_it() -> None:
    trimmed = "students={mbert: {trim_vocabulary: true}}"
    said = dry_run("results/pocket/students/noisy_both/de/seed0/history.csv", "--config", trimmed)
    inputs = re.findall(r"rule train_student:\n +input: (.*)", said)[0]

    # noisy_training reads the clean translations with the student of the noisy ones
    assert "results/pocket/translation/de.parquet" in inputs
    assert inputs.count("results/pocket/translation/noise/0.1/de.parquet") == 2
    assert "translation/nl.parquet" not in inputs


@pytest.mark.slow
def test_a_world_pretrains_each_of_its_clips() -> None:
    folders = [f"results/natural_full/world/models/{name}" for name in ("clip", "clip_vit")]
    said = dry_run(*folders, "--config", "study=natural_full")

    assert re.search(r"^generate_clip +2$", said, re.MULTILINE)


@pytest.mark.slow
def test_translations_are_scored_together_and_noise_is_made_once_a_rate() -> None:
    said = dry_run("results/pocket_full/translation/quality.csv", "--config", "study=pocket_full")
    counts = dict(re.findall(r"^(\w+) +(\d+)$", said, re.MULTILINE))

    assert (counts["score_translations"], counts["generate_noise"]) == ("1", "3")
    assert "train_student" not in counts


@pytest.mark.slow
@pytest.mark.parametrize(
    "study", ["pocket", "tiny", "thesis", "thesis_as_published", "pocket_full", "invented"]
)
def test_every_study_resolves(study: str) -> None:
    dry_run("results/accuracy_table.csv", "--config", f"study={study}")


def command_lines() -> list[str]:
    """The snakemake and make lines of the fenced blocks of README and docs."""
    lines = []
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for block in re.findall(r"```sh\n(.*?)```", path.read_text(), re.DOTALL):
            lines += [line for line in block.splitlines() if line.startswith(("snakemake", "make"))]
    return lines


@pytest.mark.slow
@pytest.mark.parametrize("line", command_lines())
def test_every_command_line_of_the_docs_resolves(line: str) -> None:
    program, *arguments = shlex.split(line, comments=True)
    if program == "snakemake":
        dry_run(*arguments)
        return
    result = subprocess.run(["make", "-n", *arguments], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["snakefmt", "--check", "Snakefile", "rules"],
        ["snakemake", "--lint"],
        ["mypy", "."],
    ],
    ids=" ".join,
)
def test_style_types_and_workflow_are_clean(command: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
