"""The rules of the translation stage alone, for four languages in three scripts."""

import json
from pathlib import Path

import pytest
import yaml
from PIL import Image

from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import read_table
from clseave_core.translation.schemas import TRANSLATIONS
from tests.rehearsal.google_page import Fault, GooglePage
from tests.rehearsal.parallel_text import sentence_pairs
from tests.rehearsal.workflow import copy_project, snakemake, told

LANGUAGES = ("de", "ja", "ko", "zh")
ROWS = 46
SPLITS = {"train": 30, "dev": 8, "test": 8}


def write_corpus(folder: Path, english: list[str]) -> dict[str, object]:
    """Write pictures and annotations of the user's own; return the study's section of them."""
    (folder / "pictures").mkdir(parents=True)
    start = 0
    for split, count in SPLITS.items():
        with (folder / f"{split}.jsonl").open("w") as lines:
            for number, text in enumerate(english[start : start + count]):
                image = f"{split}{number}"
                Image.new("RGB", (8, 8)).save(folder / "pictures" / f"{image}.jpg")
                row = {
                    "gold_label": "neutral", "sentence2": text, "pairID": f"{image}#0",
                    "Flickr30K_ID": image,
                }  # fmt: skip
                lines.write(json.dumps(row) + "\n")
        start += count
    return {
        "pictures": {"path": str(folder / "pictures")},
        "annotations": {split: {"path": str(folder / f"{split}.jsonl")} for split in SPLITS},
        "expected": None,
    }


@pytest.mark.slow
def test_four_languages_are_translated_by_their_rules(tmp_path: Path) -> None:
    text = {lang: dict(sentence_pairs(lang)) for lang in LANGUAGES}
    english = [source for source in text["de"] if all(source in text[lang] for lang in LANGUAGES)]
    english = english[:ROWS]
    project = copy_project(tmp_path / "project")
    faults = {2: Fault.TOO_MANY_REQUESTS, 3: Fault.FEW_LINES, 5: Fault.SWAPPED, 6: Fault.EMPTY}
    pairs = {(lang, source): text[lang][source] for lang in LANGUAGES for source in english}
    with GooglePage(pairs, faults, retry_after=0) as page:
        study = {
            "study": "thesis",
            "languages": list(LANGUAGES),
            "corpus": write_corpus(tmp_path / "own", english),
            "translation": {
                "google": {"url": page.url}, "shards": 2, "requests_per_second": 500,
                "backoff_seconds": 0.01, "max_sentences": 15,
            },
        }  # fmt: skip
        (project / "rehearsal.yaml").write_text(yaml.safe_dump(study))
        targets = [f"results/thesis/translation/{lang}.parquet" for lang in LANGUAGES]
        run = snakemake(project, [*targets, "--configfile", "config.yaml", "rehearsal.yaml"], {})
        assert run.returncode == 0, told(project, run)
        record = dict(page.record)

    hypotheses = read_table(project / "results/thesis/corpus/hypotheses.parquet", HYPOTHESES)
    assert hypotheses["text"].tolist() == english
    for lang, target in zip(LANGUAGES, targets, strict=True):
        rows = read_table(project / target, TRANSLATIONS)
        assert rows["hypothesis_id"].tolist() == list(range(len(english)))
        assert rows["text"].tolist() == [text[lang][source] for source in english]
        assert rows["text"].tolist() == [record[lang, source] for source in english]
