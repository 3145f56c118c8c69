"""The files of a small made-up study, for figures: any languages and any number of seeds."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.evaluation.scores import score_predictions
from clseave_core.files import write_csv, write_json, write_table
from clseave_core.labels import LABELS
from clseave_core.report.accuracy_table import StudyFacts, tabulate_accuracy
from clseave_core.report.figures.files import StudyFiles
from clseave_core.report.figures.pictured import Pictured
from clseave_core.report.published import accuracies, load_published
from clseave_core.translation.schemas import TRANSLATIONS
from tests.evaluation.made_predictions import prediction_rows, write_predictions
from tests.report.published_corpus import published_report

ROOT = Path(__file__).parents[3]
THESIS = str(ROOT / "clseave_core/report/published/thesis.yaml")
PICTURED = Pictured("clip_ve", "clip_ve", "clseave")
_PAIRS = 240
_METHODS = {
    "clip_ve": {"setting": "english", "teacher": "clip_ve"},
    "clseave": {
        "setting": "translate_train_unlabelled",
        "teacher": "clip_ve",
        "student": "mbert",
        "objective": "sentence_mse",
    },
}
_COUNTS = {"entailment": 100_000, "neutral": 90_000, "contradiction": 110_000}
_OWN_REPORT = {"splits": {split: {"labels": _COUNTS} for split in ("train", "dev", "test")}}
_TEACHERS = {"clip_ve": {"model": "clip"}}


def make_study(
    folder: Path,
    languages: Sequence[str],
    seeds: Sequence[int],
    *,
    published: bool,
    templates: bool = True,
    testsets: Sequence[str] = ("test",),
    credit: str | None = None,
) -> StudyFiles:
    """Write corpus, histories, predictions, scores and the table, from one random stream."""
    chance = np.random.default_rng(1)
    hypotheses = _write_corpus(folder, templates=templates)
    report = published_report() if published else _OWN_REPORT
    folder.joinpath("report.json").write_text(json.dumps(report))
    runs = [
        (method, language, seed, testset)
        for method, of_method in (("clip_ve", ["en"]), ("clseave", languages))
        for language in of_method
        for seed in seeds
        for testset in testsets
    ]
    labels = np.arange(_PAIRS) % len(LABELS)
    predictions, scores = [], []
    for method, language, seed, testset in runs:
        said = np.where(chance.random(_PAIRS) < 0.75, labels, chance.integers(0, 3, _PAIRS))
        rows = prediction_rows(
            [LABELS[code] for code in labels],
            [LABELS[code] for code in said],
            sentences=[number % 60 for number in range(_PAIRS)],
        )
        place = f"{method}/{language}/seed{seed}/{testset}"
        predictions.append(write_predictions(folder / f"predictions/{place}.parquet", rows))
        scores.append(folder / f"scores/{place}.json")
        write_json(scores[-1], score_predictions(predictions[-1], hypotheses, resamples=100))
    beside = [THESIS] if published else []
    facts = StudyFacts(
        "made", _METHODS, _TEACHERS, languages, testsets, accuracies(load_published(beside))
    )
    write_csv(folder / "table.csv", tabulate_accuracy(facts, scores, predictions, resamples=100))
    return StudyFiles(
        "made",
        "test",
        PICTURED,
        folder / "report.json",
        hypotheses,
        folder / "table.csv",
        [_write_teacher(folder, seed, chance) for seed in seeds],
        [_write_student(folder, name, seed, chance) for name in languages for seed in seeds],
        [path for path in scores if path.stem == "test"],
        [path for path in predictions if path.stem == "test"],
        str(_write_pictures(folder, pd.read_parquet(predictions[0])["image_id"].unique().tolist())),
        {name: str(_write_translations(folder, name)) for name in languages},
        credit,
        [THESIS],
        beside,
    )


def _write_corpus(folder: Path, *, templates: bool) -> Path:
    rows = pd.DataFrame(
        {
            "hypothesis_id": range(60),
            "text": ["word " * (number % 12 + 3) for number in range(60)],
            "held_out": ["none", "none", "test"] * 20,
            "template": [f"rather_long_kind{number % 4}" if templates else None
                         for number in range(60)],
            "spans": None,
        }
    )  # fmt: skip
    write_table(folder / "hypotheses.parquet", rows, HYPOTHESES)
    return folder / "hypotheses.parquet"


def _write_pictures(folder: Path, names: Sequence[str]) -> Path:
    pictures = folder / "pictures"
    pictures.mkdir()
    for number, name in enumerate(names):
        Image.new("RGB", (50, 40), (number % 256, 200, 90)).save(pictures / f"{name}.png")
    return pictures


def _write_translations(folder: Path, language: str) -> Path:
    said = {
        "ja": "右下にカモがいる。",
        "ko": "오른쪽 아래에 오리가 있다.",
        "zh": "右下角有一只鸭子。",
    }
    table = pd.DataFrame({
        "hypothesis_id": np.arange(60, dtype=np.int32),
        "text": [said.get(language, f"{language} word ") * (1 + row % 5) for row in range(60)],
        "provider": "file", "unchanged": False,
    })  # fmt: skip
    write_table(folder / f"{language}.parquet", table, TRANSLATIONS)
    return folder / f"{language}.parquet"


def _write_teacher(folder: Path, seed: int, chance: np.random.Generator) -> Path:
    """Seeds stop at different epochs."""
    epochs = np.arange(1, 7 + seed)
    loss = 0.5 + 0.6 / epochs + 0.05 * chance.random(len(epochs))
    rows = {
        "epoch": epochs,
        "train_loss": loss,
        "train_accuracy": 1 - loss / 2,
        "dev_loss": loss + 0.05,
        "dev_accuracy": 0.98 - loss / 2,
    }
    return _write_history(folder / f"teacher/clip_ve/seed{seed}/history.csv", rows)


def _write_student(folder: Path, name: str, seed: int, chance: np.random.Generator) -> Path:
    """Dev is measured at every other epoch only."""
    epochs = np.arange(1, 10)
    mse = 0.02 + 0.5 / epochs**2 + 0.01 * chance.random(len(epochs))
    dev = np.where(epochs % 2 == 0, mse + 0.002, np.nan)
    rows = {
        "epoch": epochs,
        "learning_rate": 4e-5 * np.minimum(epochs / 2, (22 - epochs) / 20),
        "train_mse_per_dim": mse,
        "train_mse_sum": 512 * mse,
        "dev_mse_per_dim": dev,
        "dev_mae_per_dim": np.sqrt(dev),
        "dev_accuracy": 0.8 - dev / 4,
    }
    return _write_history(folder / f"students/clseave/{name}/seed{seed}/history.csv", rows)


def _write_history(path: Path, columns: dict[str, np.ndarray]) -> Path:
    path.parent.mkdir(parents=True)
    pd.DataFrame(columns).to_csv(path, index=False, float_format="%.6g")
    return path
