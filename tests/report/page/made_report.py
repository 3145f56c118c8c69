"""The files of a small made-up study with a report page, and one with as many pairs as wished.

German is 2 points behind English with an interval of [0.5, 3.5], Japanese 0.25 with [-1, 1.5].
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from clseave_core.corpus.schemas import HYPOTHESES, PAIRS
from clseave_core.evaluation.schemas import PREDICTIONS
from clseave_core.files import write_json, write_table
from clseave_core.labels import LABELS
from clseave_core.report.page.study import PageFiles, PageStudy
from clseave_core.translation.schemas import TRANSLATIONS

ROOT = Path(__file__).parents[3]
STUDENT: dict[str, Any] = {
    "setting": "translate_train_unlabelled",
    "teacher": "clip_ve",
    "student": "mbert",
    "objective": "sentence_mse",
}
STUDY = PageStudy(
    name="made",
    description="A study made by hand.",
    languages=["de", "ja"],
    seeds=[0],
    testsets=["test"],
    methods={
        "clip_ve": {"setting": "english", "teacher": "clip_ve"},
        "clseave": STUDENT,
        "hypothesis_only": {"setting": "english", "teacher": "hypothesis_only"},
        "image_shuffled": {"setting": "english", "teacher": "clip_ve", "premise": "shuffled"},
        "noisy_test": STUDENT | {"languages": ["de"], "noise_at_test": 0.1},
        "clteave_direct": STUDENT | {"objective": "token_mse", "languages": ["de"]},
    },
    teachers={"clip_ve": {"model": "clip"}, "hypothesis_only": {"premise": "constant"}},
    main=["clip_ve", "clseave", "hypothesis_only", "image_shuffled"],
    models={"clip": {"generate": "clip"}, "bert": {"id": "org/bert", "revision": "main"}},
    generated=True,
    world_seed=7,
    comparisons={"clteave": {"reference": "clseave", "methods": ["clteave_direct"]}},
)
ACCURACY = """\
study,testset,method,setting,language,seed,n,test_loss,test_accuracy,ci_low,ci_high,wilson_low,\
wilson_high,gap_to_english,grounded_gain_kept,seen_accuracy,seen_gap,held_out_accuracy,\
held_out_gap,held_out_n,published_loss,published_accuracy
made,test,clip_ve,english,en,0,12,0.4,80.00,78.00,82.00,1,2,,,80.00,,81.00,,4,,
made,test,clseave,translate_train_unlabelled,de,0,12,0.4,78.00,76.00,80.00,1,2,2.00,0.9600,\
78.00,2.00,77.00,4.00,4,,
made,test,clseave,translate_train_unlabelled,ja,0,12,0.4,79.75,77.70,81.70,1,2,0.25,0.9950,\
79.75,0.25,80.50,0.50,4,,
made,test,hypothesis_only,english,en,0,12,1.1,33.33,31.00,35.00,1,2,46.67,,33.33,46.67,33.33,\
47.67,4,,
made,test,image_shuffled,english,en,0,12,1.1,34.00,32.00,36.00,1,2,46.00,,34.00,46.00,34.00,\
47.00,4,,
"""
CLTEAVE = """\
study,testset,method,differs_in,language,seeds,n,accuracy,ci_low,ci_high,reference,\
reference_accuracy,difference,difference_low,difference_high,p_value
made,test,clteave_direct,objective: sentence_mse -> token_mse,de,1,12,40.00,38.00,42.00,clseave,\
78.00,-38.00,-40.00,-36.00,<0.0001
"""
_COMPARED = (
    "study", "testset", "family", "question", "from_method", "from_language", "from_setting",
    "to_method", "to_language", "to_setting", "sentences", "seeds", "n", "difference",
    "difference_low", "difference_high", "p_permutation", "p_holm", "p_mcnemar", "direction",
    "margin", "p_equivalence", "arrives",
)  # fmt: skip
_GAP_ROW = (
    "made,test,language_against_english,clseave in {lang} against English,clip_ve,en,english,"
    "clseave,{lang},translate_train_unlabelled,{sentences},1,12,{difference},{low},{high},"
    "{p},{p},0.0001,{direction},{rest}"
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path d="M0 0h40v20"/></svg>'


def comparisons_csv() -> str:
    """`comparisons.csv` with the gaps of the two languages and one arm of CLTEAVE."""
    rows = [
        _GAP_ROW.format(
            lang="de", sentences="all", difference="-2.00", low="-3.50", high="-0.50", p="0.0100",
            direction="from_better", rest=",,",
        ),
        _GAP_ROW.format(
            lang="ja", sentences="all", difference="-0.25", low="-1.50", high="1.00", p="0.7000",
            direction="undecided", rest=",,",
        ),
        _GAP_ROW.format(
            lang="de", sentences="held_out", difference="-4.00", low="-6.00", high="-2.00",
            p="0.0100", direction="from_better", rest="1.0,0.9900,no",
        ),
        _GAP_ROW.format(
            lang="ja", sentences="held_out", difference="-0.50", low="-0.90", high="-0.10",
            p="0.0300", direction="from_better", rest="1.0,0.0200,yes",
        ),
        "made,test,clteave,objective,clseave,de,translate_train_unlabelled,clteave_direct,de,"
        "translate_train_unlabelled,all,1,12,-38.00,-40.00,-36.00,0.0001,0.0001,0.0001,"
        "from_better,,,",
    ]  # fmt: skip
    return "\n".join([",".join(_COMPARED), *rows]) + "\n"


def make_report(
    folder: Path,
    *,
    pairs: int = 12,
    text: str = "There is a cat, number",
    compared: bool = True,
    study: PageStudy = STUDY,
) -> tuple[PageStudy, PageFiles]:
    """Write the files. Sentence k is `text` k, and every picture has nine pairs, then the next.

    German is right where the pair's number is even, every other method and language always.
    """
    sentences, images = max(4, pairs // 3), max(1, -(-pairs // 9))
    _write_corpus(folder, pairs, sentences, text, study.languages)
    _write_pictures(folder / "pictures.zip", images)
    labels = [LABELS[number % 3] for number in range(pairs)]
    predictions = []
    for method, entry in study.methods.items():
        languages = entry.get("languages", study.languages) if "student" in entry else ["en"]
        for language in languages:
            for seed in study.seeds:
                said = [
                    LABELS[(number + (language == "de" and number % 2)) % 3]
                    for number in range(pairs)
                ]
                predictions.append(
                    folder / f"predictions/{method}/{language}/seed{seed}/test.parquet"
                )
                _write_predictions(predictions[-1], labels, said, pairs, sentences)
    tables = {"accuracy_table": ACCURACY, "clteave": CLTEAVE, "comparisons": comparisons_csv()}
    for name, content in tables.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    (folder / "accuracy.svg").write_text(SVG)
    (folder / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    _write_jobs(folder)
    history = folder / "students/clseave/de/seed0/history.csv"
    history.parent.mkdir(parents=True)
    history.write_text("epoch,train_eval_mse_per_dim,dev_mse_per_dim\n1,0.02,0.025\n2,,\n")
    return study, PageFiles(
        accuracy=folder / "accuracy_table.csv",
        tables=[folder / "clteave.csv"],
        comparisons=[folder / "comparisons.csv"] if compared else [],
        quality=[],
        figures=[folder / "accuracy.svg"],
        corpus=folder / "report.json",
        pairs=folder / "test.parquet",
        hypotheses=folder / "hypotheses.parquet",
        translations=[folder / f"{code}.parquet" for code in study.languages],
        predictions=predictions,
        histories=[history],
        pictures=folder / "pictures.zip",
        claims=[ROOT / "clseave_core/report/published/thesis.yaml"],
        logs=folder / "logs",
        benchmarks=folder / "benchmarks",
        project=folder / "pyproject.toml",
    )


def with_seeds(seeds: Sequence[int]) -> PageStudy:
    """The made study with other seeds."""
    return replace(STUDY, seeds=list(seeds))


def _write_corpus(
    folder: Path, pairs: int, sentences: int, text: str, languages: Sequence[str]
) -> None:
    write_json(folder / "report.json", {"splits": {"test": {"rows": pairs, "images": pairs}}})
    write_table(
        folder / "hypotheses.parquet",
        pd.DataFrame(
            {
                "hypothesis_id": range(sentences),
                "text": [f"{text} {number}" for number in range(sentences)],
                "held_out": ["test" if number % 4 == 3 else "none" for number in range(sentences)],
                "template": [
                    "exists" if number % 2 else "absent_at" for number in range(sentences)
                ],
                "spans": None,
            }
        ),
        HYPOTHESES,
    )
    for code in languages:
        rows = {
            "hypothesis_id": range(sentences),
            "text": [f"{code} {text} {number}" for number in range(sentences)],
            "provider": "made",
            "unchanged": False,
        }
        write_table(folder / f"{code}.parquet", pd.DataFrame(rows), TRANSLATIONS)
    write_table(
        folder / "test.parquet",
        pd.DataFrame(
            {
                "pair_id": [f"p{number}" for number in range(pairs)],
                "image_id": [f"i{number // 9}" for number in range(pairs)],
                "hypothesis_id": [number % sentences for number in range(pairs)],
                "label": [LABELS[number % 3] for number in range(pairs)],
            }
        ),
        PAIRS,
    )


def _write_predictions(
    path: Path, labels: Sequence[str], said: Sequence[str], pairs: int, sentences: int
) -> None:
    rows = pd.DataFrame(
        {
            "draw": 0,
            "pair_id": [f"p{number}" for number in range(pairs)],
            "image_id": [f"i{number // 9}" for number in range(pairs)],
            "hypothesis_id": [number % sentences for number in range(pairs)],
            "label": labels,
            "prediction": said,
            **{f"logit_{label}": np.float32(0) for label in LABELS},
        }
    )
    write_table(path, rows, PREDICTIONS)


def _write_pictures(path: Path, images: int) -> None:
    chance = np.random.default_rng(3)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(images):
            file = io.BytesIO()
            pixels = chance.integers(0, 256, (6, 8, 3), dtype=np.uint8)
            Image.fromarray(pixels).resize((48, 36)).save(file, "JPEG")
            archive.writestr(f"i{number}.jpg", file.getvalue())


def _write_jobs(folder: Path) -> None:
    """A training of 90 s on a GPU, and a table of 5 s."""
    benchmark = "s\th:m:s\tmax_rss\tmax_vms\n{}\t0:00:01\t{}\t-\n"
    source = {"id": "org/bert", "revision": "main", "commit": "abc123", "weights": []}
    jobs: dict[str, dict[str, Any]] = {
        "train_student/clseave/de/seed0": {
            "versions": {"torch": "2.0", "python": "3.11"}, "models": {"m": source},
            "machine": "Linux x86_64", "device": "A100",
        },
        "tabulate_accuracy": {
            "versions": {"torch": "2.1", "python": "3.11"}, "models": {},
            "machine": "Linux x86_64", "device": "cpu",
        },
    }  # fmt: skip
    for (place, job), seconds in zip(jobs.items(), (90, 5), strict=True):
        write_json(folder / f"logs/{place}.json", job)
        path = folder / f"benchmarks/{place}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(benchmark.format(seconds, 100 + seconds))
