"""The browser's data: every pair of a test set in columns, as small as JSON allows.

A label or prediction is one digit, its place in LABELS; a picture and a sentence are numbers in
lists that hold each once. A full SNLI-VE test set (17,901 pairs, six languages, 1,000 pictures)
takes some 15 MB.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from clseave_core.corpus.pictures import open_pictures
from clseave_core.corpus.schemas import HYPOTHESES, PAIRS
from clseave_core.evaluation.runs import run_of
from clseave_core.evaluation.schemas import PREDICTIONS
from clseave_core.files import read_table
from clseave_core.labels import LABEL_INDEX, LABELS
from clseave_core.report.page.study import PageFiles, PageStudy, language_name
from clseave_core.report.page.thumbnails import thumbnails
from clseave_core.translation.schemas import TRANSLATIONS

PAGE_BYTES = 24_000_000
"""What the data of the browser may take at most, pictures included, in bytes of the page."""


@dataclass(frozen=True)
class Examples:
    """The browser's data as JSON can hold it, and how many pictures it has `of` how many."""

    data: Mapping[str, Any]
    pictures: int
    of: int


def examples(study: PageStudy, files: PageFiles, *, page_bytes: int = PAGE_BYTES) -> Examples:
    """Read the first test set with its pictures, sentences and every method's predictions.

    A method that is shown exchanged pictures or translations with errors is left out: its answers
    are not about what the page shows.
    With the texts in place, pictures are taken in the order of their archive until `page_bytes`
    is full. Raises ValueError naming a file of predictions that does not hold the test set.
    """
    pairs = read_table(files.pairs, PAIRS)
    used = sorted(int(number) for number in pairs["hypothesis_id"].unique())
    place = {number: index for index, number in enumerate(used)}
    columns = ["hypothesis_id", "text", "held_out", "template"]
    hypotheses = read_table(files.hypotheses, HYPOTHESES, columns).set_index("hypothesis_id")
    shown = hypotheses.loc[used]
    templates = sorted({str(name) for name in shown["template"].dropna()})
    data: dict[str, Any] = {
        "labels": list(LABELS),
        "languages": [
            {"code": code, "name": language_name(code)} for code in ("en", *study.languages)
        ],
        "templates": templates,
        "sentences": {
            "en": shown["text"].tolist(),
            **{
                code: _translations(path, used)
                for code, path in zip(study.languages, files.translations, strict=True)
            },
        },
        "template": [
            templates.index(str(name)) if pd.notna(name) else -1 for name in shown["template"]
        ],
        "held_out": "".join("0" if word == "none" else "1" for word in shown["held_out"]),
        "label": _digits(pairs["label"]),
        "sentence": [place[int(number)] for number in pairs["hypothesis_id"]],
        "runs": _runs(study, files.predictions, pairs),
        "start": _start(study),
    }
    wanted = list(dict.fromkeys(pairs["image_id"]))
    number = {identity: index for index, identity in enumerate(wanted)}
    data["image"] = [number[identity] for identity in pairs["image_id"]]
    text = len(json.dumps(data, ensure_ascii=False).encode())
    source = open_pictures(files.pictures)
    # Base64 makes four bytes of three.
    small = thumbnails(source.stream(frozenset(wanted)), max(0, page_bytes - text) * 3 // 4)
    data["images"] = [base64.b64encode(small.get(identity, b"")).decode() for identity in wanted]
    return Examples(data, len(small), len(wanted))


def _translations(path: str | Path, used: Sequence[int]) -> list[str]:
    rows = read_table(path, TRANSLATIONS, ["hypothesis_id", "text"]).set_index("hypothesis_id")
    texts: list[str] = rows["text"].loc[list(used)].tolist()
    return texts


def _runs(
    study: PageStudy, paths: Sequence[str | Path], pairs: pd.DataFrame
) -> list[dict[str, Any]]:
    """What each method said in each language and with each seed, a digit a pair."""
    found: list[dict[str, Any]] = []
    for path in paths:
        run = run_of(path)
        if run.testset != study.testset or _was_shown_another(study.methods[run.method]):
            continue
        rows = pq.read_table(path, schema=PREDICTIONS, columns=["pair_id", "prediction"])
        if rows.column("pair_id").to_pylist() != pairs["pair_id"].tolist():
            raise ValueError(
                f"{path} does not hold the pairs of the test set {study.testset} in their order. "
                "Delete it to have it made again."
            )
        said = _digits(rows.column("prediction").to_pandas())
        found.append(
            {"method": run.method, "language": run.language, "seed": run.seed, "said": said}
        )
    order = {method: number for number, method in enumerate(study.methods)}
    languages = {code: number for number, code in enumerate(("en", *study.languages))}
    found.sort(key=lambda run: (order[run["method"]], languages[run["language"]], run["seed"]))
    return found


def _was_shown_another(entry: Mapping[str, Any]) -> bool:
    """Whether a method answers about other pictures or sentences than the test set's."""
    return entry.get("premise") == "shuffled" or bool(entry.get("noise_at_test"))


def _digits(labels: pd.Series) -> str:
    """Labels as one string of their places in LABELS."""
    return "".join(str(LABEL_INDEX[str(label)]) for label in labels)


def _start(study: PageStudy) -> dict[str, Any]:
    """What the browser shows first."""
    pictured = study.pictured
    return {
        "method": pictured.student or pictured.english or study.main[0],
        "language": study.languages[0] if pictured.student else "en",
        "seed": study.seeds[0],
    }
