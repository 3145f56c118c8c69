"""Broken inputs through the `snakemake` command: the message is seen, no output is left.

A workflow stops at what is broken, so one run shows several inputs where its jobs are independent:
a language's file each, a teacher's model each, and all broken pictures of an archive.
"""

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.bad_input import archives, models, pictures, studies, translations
from tests.bad_input.annotations import GOOD, row
from tests.rehearsal.workflow import copy_project, snakemake, told

pytestmark = pytest.mark.slow

SPLITS = ("train", "dev", "test")
# A language of the study for each broken file of translations; `fr` has a good one.
FILES = {
    "ar": "no source",
    "de": "no translation",
    "es": "three fields",
    "it": "10,000 characters",
    "ja": "a control character",
    "ko": "half a surrogate",
    "nl": "Latin-1",
}
PICTURES = (
    "cut short",
    "without a byte",
    "a single pixel",
    "20,000 x 20,000 pixels",
    "a page with the name of a picture",
    "a program with the name of a picture",
)


class Project:
    """A copy of the project with a small corpus of the user's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = copy_project(folder / "project")
        self.own = folder / "own"
        self.own.mkdir()
        for split in SPLITS:
            lines = [
                json.dumps(row(pairID=f"{split}{n}", Flickr30K_ID=f"{split}{n}", sentence2=text))
                for n, text in enumerate(("A cat.", "A dog."))
            ]
            (self.own / f"{split}.jsonl").write_text("\n".join(lines) + "\n")
        images = [f"{split}{n}.jpg" for split in SPLITS for n in range(2)]
        with zipfile.ZipFile(self.own / "pictures.zip", "w") as archive:
            for name, broken in zip(images, PICTURES, strict=True):
                archive.writestr(name, pictures.BROKEN[broken][0])
        self.named = dict(zip(images, PICTURES, strict=True))
        for code, name in FILES.items():
            line = translations.LINES[name][0]
            (self.own / f"{code}.tsv").write_bytes(
                translations.HEAD + line + b"\nA dog.\tein Hund\n"
            )
        (self.own / "fr.tsv").write_text(
            "source\ttranslation\nA cat.\tUn chat.\nA dog.\tUn chien.\nA cat.\tUne chatte.\n"
        )

    def study(self, **changes: Any) -> dict[str, Any]:
        """The study file `bad`, with `changes` of its sections."""
        training = {"preset": "clip_ve"}
        names = ["whole", "twisted", "cut"]
        own = {split: {"path": str(self.own / f"{split}.jsonl")} for split in SPLITS}
        content = {
            "based_on": "thesis",
            "languages": [*FILES, "fr"],
            "corpus": {
                "pictures": {"path": str(self.own / "pictures.zip"), "urls": None},
                "annotations": own, "expected": None,
            },
            "models": {
                name: {"path": str(self.own / name / "clip")} for name in names
            },
            "teachers": {
                name: {"model": name, "training": training} for name in names
            },
            "translation": {
                "provider": "file", "file": f"{self.own}/{{lang}}.tsv", "shards": 1,
            },
            "images": {"workers": 1},
            "compute": {job: {"threads": 1, "mem_mb": 1000} for job in ("read", "embed")},
        }  # fmt: skip
        return content | changes

    def run(self, study: dict[str, Any] | bytes, *targets: str) -> str:
        """What a run of the study `bad` says; it must fail."""
        text = study if isinstance(study, bytes) else yaml.safe_dump(study).encode()
        (self.folder / "studies/bad.yaml").write_bytes(text)
        words = [*targets, "--keep-going", "--config", "study=bad"]
        result = snakemake(self.folder, words, {})
        assert result.returncode == 1, told(self.folder, result)
        return result.stdout

    def left(self) -> set[str]:
        """The files below `results` but logs and benchmarks, hidden ones included."""
        results = self.folder / "results/bad"
        made = (path for path in results.rglob("*") if path.is_file())
        return {
            path.relative_to(results).as_posix()
            for path in made
            if path.relative_to(results).parts[0] not in ("logs", "benchmarks")
            and path.suffix != ".lock"
        }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, tiny_clip_folder: Path) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("bad")
    made = Project(folder)
    for name in ("whole", "twisted", "cut"):
        shutil.copytree(tiny_clip_folder, made.own / name / "clip")
    vision = made.own / "twisted/clip/config.json"
    config = json.loads(vision.read_text())
    config["vision_config"]["hidden_size"] = 20
    vision.write_text(json.dumps(config))
    models.cut_weights(made.own / "cut")
    yield made
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def said(project: Project) -> str:
    """One run over everything that the prepared corpus leads to."""
    targets = [f"results/bad/translation/{code}.parquet" for code in (*FILES, "fr")]
    targets += [f"results/bad/teacher/{name}/images.arrow" for name in ("whole", "twisted", "cut")]
    return project.run(project.study(), *targets)


def test_what_is_good_beside_it_is_made(project: Project, said: str) -> None:
    assert project.left() == {
        *(f"corpus/{name}.parquet" for name in (*SPLITS, "hypotheses")),
        "corpus/report.json",
        "translation/fr.parquet",
        "translation/doubtful/fr.csv",
    }, said


def test_the_job_says_that_a_sentence_has_two_translations(project: Project, said: str) -> None:
    report = project.folder / "results/bad/logs/translate_shard/fr/0.json"
    (warning,) = json.loads(report.read_text())["warnings"]
    assert re.search(
        r"fr\.tsv: 1 of 2 sentences have several translations: 'A cat\.' has 'Un chat\.' in line 2 "
        r"and 'Une chatte\.' in line 4\. The first of each is taken",
        warning,
    ), said


@pytest.mark.parametrize("code", FILES)
def test_a_broken_file_of_translations(said: str, code: str) -> None:
    message = translations.LINES[FILES[code]][1]
    assert re.search(rf"translate_shard: ValueError: .*{code}\.tsv line 3: .*{message}", said), said


@pytest.mark.parametrize("broken", PICTURES)
def test_a_broken_picture(project: Project, said: str, broken: str) -> None:
    name = next(name for name, kind in project.named.items() if kind == broken)
    message = pictures.BROKEN[broken][1]
    assert "6 of the 6 pictures that the corpus uses cannot be embedded. Replace them in" in said
    stem = name.removesuffix(".jpg")
    assert re.search(rf"^picture {stem}: it cannot be decoded: .*({message})", said, re.M), said


def test_a_model_whose_shapes_differ(said: str) -> None:
    assert re.search(
        r"embed_images: ValueError: .*twisted/clip: the tensor .* config\.json asks", said
    )


def test_a_model_that_is_cut_short(said: str) -> None:
    assert re.search(
        r"embed_images: ValueError: .*cut/clip cannot be loaded as the image tower", said
    )


CORPORA = {
    "a broken line": (
        {"train.jsonl": GOOD.encode() + b"\n" + b'{"gold_label": "maybe"}\n'},
        r"prepare_corpus: ValueError: .*train\.jsonl line 2: gold_label 'maybe' is not one of",
    ),
    "a hostile archive": (
        {"pictures.tar": archives.tar_bytes(archives.member("../../1.jpg"))},
        r"prepare_corpus: ValueError: .*pictures\.tar: the name '\.\./\.\./1\.jpg' leads out",
    ),
}


@pytest.mark.parametrize("name", CORPORA)
def test_a_corpus_that_cannot_be_read(project: Project, said: str, name: str) -> None:
    files, message = CORPORA[name]
    study = project.study()
    other = project.own / "other"
    other.mkdir(exist_ok=True)
    for file, content in files.items():
        (other / file).write_bytes(content)
        path = {"path": str(other / file), "urls": None}
        if file.startswith("pictures"):
            study["corpus"]["pictures"] = path
        else:
            study["corpus"]["annotations"]["train"] = path

    found = project.run(study, "results/bad/corpus/report.json")

    assert re.search(message, found), found
    assert not any(path.startswith("corpus/") for path in project.left())


@pytest.mark.parametrize("name", ["a misspelt key", "no number", "no YAML"])
def test_a_study_that_cannot_be_read(project: Project, said: str, name: str) -> None:
    message = studies.CASES[name].message
    before = project.left()

    found = project.run(studies.content_of(name), "results/bad/corpus/report.json")

    assert re.search(message, found, re.DOTALL), found
    assert project.left() == before
