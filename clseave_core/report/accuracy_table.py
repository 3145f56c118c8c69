"""The accuracy table: one row for each test set, method, language and seed, and their means."""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import mean
from typing import Any

import pandas as pd

from clseave_core.corpus.overlap import LEAKED
from clseave_core.evaluation.grounding import grounded_gain_kept
from clseave_core.evaluation.intervals import RESAMPLES
from clseave_core.evaluation.references import english_reference, hypothesis_only_reference
from clseave_core.evaluation.runs import Run, run_of
from clseave_core.files import read_json
from clseave_core.labels import LABELS
from clseave_core.report.seed_means import mean_and_deviation, mean_intervals

logger = logging.getLogger(__name__)

Files = Iterable[str | Path]
Score = Mapping[str, Any]
Numbers = dict[str, float | None]

_KEYS = ("study", "testset", "method", "setting", "language", "seed")
_PERCENT, _NATS, _RATIO, _COUNT = ".2f", ".4f", ".4f", ".0f"
_FORMATS = {
    "n": _COUNT,
    "test_loss": _NATS,
    "test_accuracy": _PERCENT,
    "ci_low": _PERCENT,
    "ci_high": _PERCENT,
    "wilson_low": _PERCENT,
    "wilson_high": _PERCENT,
    **{f"recall_{label}": _PERCENT for label in LABELS},
    "rank": _COUNT,
    "gap_to_english": _PERCENT,
    "grounded_gain_kept": _RATIO,
    "seen_accuracy": _PERCENT,
    "seen_gap": _PERCENT,
    "held_out_accuracy": _PERCENT,
    "held_out_gap": _PERCENT,
    "held_out_n": _COUNT,
    "published_loss": _NATS,
    "published_accuracy": _PERCENT,
}
COLUMNS = (*_KEYS, *_FORMATS)
"""The header, the same in all studies."""
NOTES = "setting_notes"
"""One column more where a test set is leaked: what keeps a row from being ranked."""

_ALIKE = ("n", "rank", "held_out_n", "published_loss", "published_accuracy")
"""Columns that no seed changes."""
_INTERVALS = ("ci_low", "ci_high", "wilson_low", "wilson_high")
_DIFFERING = tuple(name for name in _FORMATS if name not in _ALIKE + _INTERVALS)
"""Columns that have a mean and a deviation over seeds."""
_PUBLISHED_TESTSET = "test"


@dataclass(frozen=True)
class StudyFacts:
    """What the table must know of a study: the entries of its file under the same names.

    Rows follow the order of `testsets`, `methods` and `languages` (English first). `published` is
    method -> language -> {loss, accuracy in percent}, measured on the split `test`. `leaked` are
    the test sets that share pictures or pairs with train.
    """

    name: str
    methods: Mapping[str, Mapping[str, Any]]
    teachers: Mapping[str, Mapping[str, Any]]
    languages: Sequence[str]
    testsets: Sequence[str]
    published: Mapping[str, Mapping[str, Mapping[str, float]]]
    leaked: Collection[str] = ()


def tabulate_accuracy(
    study: StudyFacts,
    scores: Files,
    predictions: Files,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> pd.DataFrame:
    """Make the table as text, ready for `write_csv`, with the columns `COLUMNS`.

    Rows of a leaked test set have no rank and no published value, and say so in one more column,
    `NOTES`, which no other table has.

    `scores` and `predictions` are paths as `run_of` reads them; a prediction file is opened only
    where there are several seeds. A run whose method has several seeds is followed by a row
    `mean` and a row `sd` (sample standard deviation). `resamples` and `seed` are those of the
    bootstrap, as for `score_predictions`. Raises ValueError where a file is not of
    this study, is there twice, lacks its predictions, or two files of a test set hold other pairs.
    """
    score_files, prediction_files = _by_run(study, scores), _by_run(study, predictions)
    contents = {run: read_json(path) for run, path in score_files.items()}
    _check_pairs(score_files, contents)
    runs = sorted(contents, key=lambda run: _place(study, run))
    fingerprints = {run: content["fingerprint"] for run, content in contents.items()}
    intervals = mean_intervals(runs, fingerprints, prediction_files, resamples, seed)
    ranks = _ranks(study, contents)
    for testset, reason in dict(_without_intervals(contents)).items():
        logger.warning("the test set %s has no intervals: %s", testset, reason)
    rows: list[dict[str, str]] = []
    for _, group in groupby(runs, key=lambda run: run[:-1]):
        seeds = list(group)
        numbers = [_numbers(study, run, contents) for run in seeds]
        for one in numbers:
            one["rank"] = ranks.get(seeds[0][:3]) if len(seeds) == 1 else None
        rows += [_text(study, run, str(run.seed), n) for run, n in zip(seeds, numbers, strict=True)]
        if len(seeds) > 1:
            average, deviation = mean_and_deviation(numbers, _DIFFERING)
            average |= {name: numbers[0][name] for name in _ALIKE}
            average["rank"] = ranks.get(seeds[0][:3])
            average |= _interval_columns(*(intervals[seeds[0]] or (None, None)))
            rows.append(_text(study, seeds[0], "mean", average))
            rows.append(_text(study, seeds[0], "sd", deviation))
    notes = [NOTES] if any(row[NOTES] for row in rows) else []
    return pd.DataFrame(rows, columns=[*COLUMNS, *notes])


def _without_intervals(contents: Mapping[Run, Score]) -> Iterator[tuple[str, str]]:
    """Test sets whose scores have no intervals, and why."""
    for run, score in contents.items():
        if "no_interval" in score:
            yield run.testset, score["no_interval"]


def _by_run(study: StudyFacts, files: Files) -> dict[Run, str]:
    """Files by what they are about."""
    result: dict[Run, str] = {}
    for path in files:
        run = run_of(path)
        for kind, value, known in (
            ("test set", run.testset, study.testsets),
            ("method", run.method, study.methods),
            ("language", run.language, ["en", *study.languages]),
        ):
            if value not in known:
                raise ValueError(
                    f"{path}: the study {study.name} has no {kind} {value!r}, only "
                    f"{', '.join(known)}. Leave the file out or add it to the study."
                )
        if run in result:
            raise ValueError(f"{result[run]} and {path} are about the same run. Give one of them.")
        result[run] = str(path)
    return result


def _check_pairs(files: Mapping[Run, str], contents: Mapping[Run, Score]) -> None:
    """All scores of a test set must be about the same pairs in the same order."""
    first: dict[str, Run] = {}
    for run, content in contents.items():
        other = first.setdefault(run.testset, run)
        if contents[other]["fingerprint"] != content["fingerprint"]:
            raise ValueError(
                f"{files[other]} ({contents[other]['n']} pairs) and {files[run]} "
                f"({content['n']} pairs) were not measured on the same pairs in the same order. "
                "Delete their predictions to have them made again from one corpus."
            )


def _place(study: StudyFacts, run: Run) -> tuple[int, int, int, int]:
    """Where a run stands in the table."""
    languages = ["en", *(language for language in study.languages if language != "en")]
    return (
        list(study.testsets).index(run.testset),
        list(study.methods).index(run.method),
        languages.index(run.language),
        run.seed,
    )


def _numbers(study: StudyFacts, run: Run, contents: Mapping[Run, Score]) -> Numbers:
    """The numeric columns of one seed's row, in the table's units, not rounded."""
    score = contents[run]
    english = _english(run, english_reference(run.method, study.methods, study.teachers), contents)
    kept = None
    if run.language != "en":
        blind = hypothesis_only_reference(run.method, study.methods, study.teachers)
        kept = grounded_gain_kept(
            score["accuracy"],
            english.get("accuracy"),
            _english(run, blind, contents).get("accuracy"),
        )
    published: Mapping[str, float] = {}
    if run.testset == _PUBLISHED_TESTSET and run.testset not in study.leaked:
        published = study.published.get(run.method, {}).get(run.language, {})
    return {
        "n": score["n"],
        "test_loss": score["loss"],
        "test_accuracy": _percent(score["accuracy"]),
        **_interval_columns(score["clustered"], score["wilson"]),
        **{f"recall_{label}": _percent(score["recall"][label]) for label in LABELS},
        "gap_to_english": _gap(english, score, "accuracy"),
        "grounded_gain_kept": kept,
        "seen_accuracy": _percent(score["seen_accuracy"]),
        "seen_gap": _gap(english, score, "seen_accuracy"),
        "held_out_accuracy": _percent(score["held_out_accuracy"]),
        "held_out_gap": _gap(english, score, "held_out_accuracy"),
        "held_out_n": score["held_out_n"],
        "published_loss": published.get("loss"),
        "published_accuracy": published.get("accuracy"),
    }


def _ranks(study: StudyFacts, contents: Mapping[Run, Score]) -> dict[tuple[str, str, str], int]:
    """1 for the best mean accuracy over seeds among rows of equal test set, language and setting.

    Equal accuracies share the better rank. Keyed by test set, method and language; those of a
    leaked test set have none.
    """
    accuracies: dict[tuple[str, str, str], list[float]] = {}
    for run, score in contents.items():
        if run.testset not in study.leaked:
            accuracies.setdefault(run[:3], []).append(score["accuracy"])
    means = {key: mean(values) for key, values in accuracies.items()}

    def rivals(key: tuple[str, str, str]) -> tuple[str, str, str]:
        testset, method, language = key
        return testset, language, study.methods[method]["setting"]

    return {
        key: 1 + sum(rivals(other) == rivals(key) and means[other] > means[key] for other in means)
        for key in means
    }


def _english(run: Run, method: str | None, contents: Mapping[Run, Score]) -> Score:
    """The scores of an English method with the seed and test set of `run`, empty if none."""
    if method is None:
        return {}
    return contents.get(run._replace(method=method, language="en"), {})


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _gap(english: Score, score: Score, key: str) -> float | None:
    """English minus this row in percentage points; positive = behind."""
    if english.get(key) is None or score[key] is None:
        return None
    return _percent(english[key] - score[key])


def _interval_columns(clustered: Sequence[float] | None, wilson: Sequence[float] | None) -> Numbers:
    """The columns of both intervals; empty where there are too few clusters for one."""
    nothing = (None, None)
    values = (_percent(bound) for bound in (*(clustered or nothing), *(wilson or nothing)))
    return dict(zip(_INTERVALS, values, strict=True))


def _text(study: StudyFacts, run: Run, seed: str, numbers: Numbers) -> dict[str, str]:
    """A row as text: rounded to the nearest, empty where a number does not exist, never -0."""
    keys = (study.name, run.testset, run.method, study.methods[run.method]["setting"])
    row = dict(zip(_KEYS, (*keys, run.language, seed), strict=True))
    for name, form in _FORMATS.items():
        value = numbers.get(name)
        row[name] = "" if value is None else format(value, f"z{form}")
    row[NOTES] = LEAKED if run.testset in study.leaked else ""
    return row
