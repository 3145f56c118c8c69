"""The questions of a study answered: results/<study>/comparisons.csv (docs/tables.md)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from clseave_core.evaluation.differences import (
    SIGNIFICANCE,
    holm,
    mcnemar_p_value,
    seed_differences,
)
from clseave_core.evaluation.equivalence import equivalence
from clseave_core.evaluation.grounding import grounded_gain_kept
from clseave_core.evaluation.intervals import Floats, clustered_intervals, too_few_clusters
from clseave_core.evaluation.permutation import permutation_p_value
from clseave_core.evaluation.prediction_tables import Predictions, held_out, read_predictions
from clseave_core.evaluation.questions import Question, questions_of
from clseave_core.evaluation.references import hypothesis_only_reference
from clseave_core.evaluation.runs import Run, run_of

COLUMNS = (
    "study", "testset", "family", "question", "from_method", "from_language", "from_setting",
    "to_method", "to_language", "to_setting", "sentences", "seeds", "n", "cluster", "images",
    "hypotheses", "from_accuracy", "to_accuracy", "to_low", "to_high", "difference",
    "difference_low", "difference_high", "seed_sd", "p_permutation", "p_holm", "p_mcnemar",
    "direction", "margin", "equivalence_low", "equivalence_high", "p_equivalence", "arrives",
    "grounded_gain_kept",
)  # fmt: skip
ALL, SEEN, HELD_OUT = "all", "seen", "held_out"
TO_BETTER, FROM_BETTER, UNDECIDED = "to_better", "from_better", "undecided"
CLUSTER = "image and hypothesis"
_PERCENT = (
    "from_accuracy", "to_accuracy", "to_low", "to_high", "difference", "difference_low",
    "difference_high", "seed_sd", "equivalence_low", "equivalence_high",
)  # fmt: skip

Row = dict[str, Any]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Settings:
    """How questions are answered: the study's section `evaluation`; `margin` is in points."""

    resamples: int
    permutations: int
    seed: int
    margin: float


@dataclass(frozen=True)
class Measured:
    """One test set: its pairs, which are held out, and how right each run is, by seed [n]."""

    pairs: pd.DataFrame
    held_out: Mask
    runs: dict[tuple[str, str], dict[int, Floats]]


def compare_methods(
    study: Mapping[str, Any],
    name: str,
    main: Sequence[str],
    predictions: Iterable[str | Path],
    hypotheses: str | Path,
    settings: Settings,
) -> pd.DataFrame:
    """The answer to each question of `study`, as text: percent and points with two decimals.

    `study` and `main` are as for `questions_of`, and `study` has its testsets; `predictions` are
    paths as `run_of` reads them, `hypotheses` is `corpus/hypotheses.parquet`. Each question is
    asked on all pairs, and where some sentences are held out also on the two parts. A part with
    too few pictures or sentences has no intervals and no test of equivalence. Raises
    ValueError where two files of a test set hold other pairs, or two methods to be compared have no
    seed in common.
    """
    files = sorted((run_of(path), str(path)) for path in predictions)
    rows: list[Row] = []
    for testset in study["testsets"]:
        of_testset = [(run, path) for run, path in files if run.testset == testset]
        if not of_testset:
            continue
        measured = _read(of_testset, hypotheses)
        questions = questions_of(study, main, measured.runs)
        found = []
        for sentences, kept in _parts(measured.held_out):
            for question, answer in zip(
                questions, _answers(questions, measured, kept, settings), strict=True
            ):
                if sentences != HELD_OUT or not question.is_about_arriving:
                    answer |= dict.fromkeys(_ARRIVING)
                if too_few_clusters(
                    measured.pairs["image_id"][kept], measured.pairs["hypothesis_id"][kept]
                ):
                    answer |= dict.fromkeys((*_INTERVALS, *_ARRIVING))
                kept_gain = _grounded_gain(study, question, measured, kept)
                answer["grounded_gain_kept"] = kept_gain
                about = {"study": name, "testset": testset, "sentences": sentences}
                found.append(about | _sides(study, question) | answer)
        families = list(dict.fromkeys(question.family for question in questions))
        rows += sorted(found, key=lambda row: families.index(row["family"]))
    _adjust(rows, settings.permutations)
    return pd.DataFrame([_text(row) for row in rows], columns=list(COLUMNS))


_INTERVALS = ("to_low", "to_high", "difference_low", "difference_high")
_ARRIVING = ("margin", "equivalence_low", "equivalence_high", "p_equivalence", "arrives")


def _read(files: Sequence[tuple[Run, str]], hypotheses: str | Path) -> Measured:
    """The predictions of one test set, all about the same pairs."""
    runs: dict[tuple[str, str], dict[int, Floats]] = {}
    first: Predictions | None = None
    for run, path in files:
        said = read_predictions(path, with_logits=False)
        first = first or said
        if said.fingerprint != first.fingerprint:
            raise ValueError(
                f"{first.path} and {path} do not hold the same pairs. Delete them to have them "
                "made again."
            )
        runs.setdefault((run.method, run.language), {})[run.seed] = said.right
    assert first is not None
    return Measured(first.pairs, held_out(first, hypotheses), runs)


def _parts(is_held_out: Mask) -> list[tuple[str, Mask]]:
    """Choices of pairs by name; where nothing is held out, all are seen and there is one."""
    parts = [(ALL, np.ones_like(is_held_out))]
    if is_held_out.any():
        parts += [(SEEN, ~is_held_out), (HELD_OUT, is_held_out)]
    return [(name, kept) for name, kept in parts if kept.any()]


def _sides(study: Mapping[str, Any], question: Question) -> Row:
    """The question, with the settings of its two methods."""
    entries = study["methods"]
    return vars(question) | {
        "from_setting": entries[question.from_method]["setting"],
        "to_setting": entries[question.to_method]["setting"],
    }


def _answers(
    questions: Sequence[Question], measured: Measured, kept: Mask, settings: Settings
) -> list[Row]:
    """The numbers of each question on the pairs `kept`, as fractions; P values not adjusted."""
    if not questions:
        return []
    images = measured.pairs["image_id"][kept].to_numpy()
    sentences = measured.pairs["hypothesis_id"][kept].to_numpy()
    sides = [_sides_of_seeds(question, measured, kept) for question in questions]
    apart = [seed_differences(after, before) for before, after in sides]
    afterwards = {
        (question.to_method, question.to_language): after.mean(axis=0)
        for question, (_, after) in zip(questions, sides, strict=True)
    }
    intervals = clustered_intervals(
        np.stack([one.of_pairs for one in apart] + list(afterwards.values())),
        images, sentences, resamples=settings.resamples, seed=settings.seed,
    )  # fmt: skip
    answers = []
    of_runs = dict(zip(afterwards, intervals[len(questions) :], strict=True))
    for question, (before, after), found, of_difference in zip(
        questions, sides, apart, intervals[: len(questions)], strict=True
    ):
        difference = float(found.of_pairs.mean())
        of_after = of_runs[question.to_method, question.to_language]
        near = equivalence(found.of_pairs, images, sentences, settings.margin / 100)
        answers.append(
            {
                "seeds": len(before),
                "n": int(kept.sum()),
                "cluster": CLUSTER,
                "images": len(np.unique(images)),
                "hypotheses": len(np.unique(sentences)),
                "from_accuracy": float(before.mean()),
                "to_accuracy": float(after.mean()),
                "to_low": of_after.low,
                "to_high": of_after.high,
                "difference": difference,
                "difference_low": of_difference.low,
                "difference_high": of_difference.high,
                "seed_sd": found.seed_sd,
                "p_permutation": permutation_p_value(
                    found.of_pairs, images, sentences,
                    permutations=settings.permutations, seed=settings.seed,
                ),
                "p_mcnemar": mcnemar_p_value(after, before),
                "margin": f"{settings.margin:g}",
                "equivalence_low": near.interval.low,
                "equivalence_high": near.interval.high,
                "p_equivalence": near.p_value,
                "arrives": "yes" if near.p_value < SIGNIFICANCE else "no",
            }
        )  # fmt: skip
    return answers


def _grounded_gain(
    study: Mapping[str, Any], question: Question, measured: Measured, kept: Mask
) -> str | None:
    """What a student keeps of the gain by the picture, on the pairs `kept`; a mean over seeds."""
    if not question.is_about_arriving:
        return None
    blind = hypothesis_only_reference(question.to_method, study["methods"], study["teachers"])
    of_blind = measured.runs.get((str(blind), question.from_language), {})
    english = measured.runs[question.from_method, question.from_language]
    student = measured.runs[question.to_method, question.to_language]
    gains = [
        grounded_gain_kept(*(float(one[seed][kept].mean()) for one in (student, english, of_blind)))
        for seed in sorted(student.keys() & english.keys() & of_blind.keys())
    ]
    known = [gain for gain in gains if gain is not None]
    return format(np.mean(known), "z.4f") if known and len(known) == len(gains) else None


def _sides_of_seeds(question: Question, measured: Measured, kept: Mask) -> tuple[Floats, Floats]:
    """How right both runs are with the seeds that both have: [s, n] each."""
    before = measured.runs[question.from_method, question.from_language]
    after = measured.runs[question.to_method, question.to_language]
    seeds = sorted(before.keys() & after.keys())
    if not seeds:
        raise ValueError(
            f"{question.from_method} in {question.from_language} has the seeds "
            f"{', '.join(map(str, before))} and {question.to_method} in {question.to_language} "
            f"{', '.join(map(str, after))}: none in common. Compare them with the same seeds."
        )
    return (
        np.stack([before[seed][kept] for seed in seeds]),
        np.stack([after[seed][kept] for seed in seeds]),
    )


def _adjust(rows: list[Row], permutations: int) -> None:
    """Add Holm's P values, family by family, and what they decide."""
    families: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        key = (row["testset"], row["family"], row["sentences"])
        families.setdefault(key, []).append(row)
    for family in families.values():
        _check_flips(family, permutations)
        adjusted = holm([row["p_permutation"] for row in family])
        for row, p_value in zip(family, adjusted, strict=True):
            better = TO_BETTER if row["difference"] > 0 else FROM_BETTER
            row["p_holm"] = p_value
            row["direction"] = better if p_value < SIGNIFICANCE else UNDECIDED


def _check_flips(family: Sequence[Row], permutations: int) -> None:
    """The smallest p value that flips can give must be able to decide the whole family."""
    if len(family) >= SIGNIFICANCE * (permutations + 1):
        needed = round(len(family) / SIGNIFICANCE)
        raise ValueError(
            f"the family {family[0]['family']} has {len(family)} questions, of which "
            f"{permutations} flips could decide none. Set evaluation.permutations to {needed} or "
            "more."
        )


def _text(row: Row) -> dict[str, str]:
    """A row as text: rounded to the nearest, empty where a number does not exist, never -0."""
    text = {}
    for column in COLUMNS:
        value = row[column]
        if value is None:
            text[column] = ""
        elif column in _PERCENT:
            text[column] = format(100 * value, "z.2f")
        else:
            text[column] = format(value, ".3g") if column.startswith("p_") else str(value)
    return text
