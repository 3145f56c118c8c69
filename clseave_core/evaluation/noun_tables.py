"""The tables of nouns: what each method knows of them, and the answers to the study's questions."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from clseave_core.corpus.natural.tables import SCENE_CELLS, SENTENCE_NOUNS
from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.evaluation.intervals import (
    CONFIDENCE,
    clustered_intervals,
    too_few_clusters,
)
from clseave_core.evaluation.noun_questions import (
    HELD_OUT_NOUNS,
    TO_THE_TEACHER,
    NounQuestion,
    nearest_questions,
    noun_questions,
)
from clseave_core.evaluation.nouns import (
    Floats,
    Group,
    Measured,
    chosen_pairs,
    group_of,
    mean_of,
    measure,
    noun_scores,
)
from clseave_core.evaluation.prediction_tables import Predictions, read_predictions
from clseave_core.evaluation.runs import Run, run_of
from clseave_core.files import read_table

MEAN = "mean"
"""In place of a seed: the mean of a language's seeds; of a language too: the mean of all runs."""
COLUMNS: tuple[str, ...] = (
    "testset", "method", "language", "seed", "group", "n", "nouns", "accuracy", "ci_low", "ci_high",
    "noun_critical_n", "noun_auc", "auc_low", "auc_high", "two_way_accuracy",
)  # fmt: skip
QUESTION_COLUMNS: tuple[str, ...] = (
    "testset", "question", "from_method", "to_method", "group", "language", "n", "from_accuracy",
    "to_accuracy", "difference", "difference_low", "difference_high", "from_auc", "to_auc",
    "auc_difference", "auc_difference_low", "auc_difference_high",
)  # fmt: skip


class NounTables(NamedTuple):
    """Text, percent and points with two decimals: `runs`, and the answers to the `questions`."""

    runs: pd.DataFrame
    questions: pd.DataFrame


def tabulate_nouns(
    study: Mapping[str, Any], predictions: Iterable[str | Path], hypotheses: str | Path,
    world: str | Path, *, resamples: int, seed: int,
) -> NounTables:  # fmt: skip
    """A row for each prediction file and group of sentences, and for the means of seeds, languages.

    `study` has languages, methods, teachers, students and models, `world` is the generated folder.
    Intervals are bootstraps over pictures and nouns: of a sentence with two nouns the first counts,
    and one without any stands for itself. `noun_auc` is 50 where nouns are not used, and empty
    where a group has no such pair. Raises ValueError where two files of a test set hold other
    pairs.
    """
    said = read_table(hypotheses, HYPOTHESES, ["hypothesis_id", "text", "template", "held_out"])
    named = read_table(Path(world) / "sentence_nouns.parquet", SENTENCE_NOUNS)
    said = said.merge(named, on="text", validate="one_to_one").set_index("hypothesis_id")
    cells = read_table(Path(world) / "scenes.parquet", SCENE_CELLS)
    shown = cells.set_index("image_id")["cells"]
    files = [(run_of(path), path) for path in predictions]
    runs, answers = [], []
    for testset in dict.fromkeys(run.testset for run, _ in files):
        groups: dict[str, Group] = {}
        kept: dict[str, dict[Run, Measured]] = {}
        first: Predictions | None = None
        for run, path in files:
            if run.testset != testset:
                continue
            read = read_predictions(path)
            first = first or read
            if read.fingerprint != first.fingerprint:
                raise ValueError(
                    f"{first.path} and {path} do not hold the same pairs. Delete them to have them "
                    "made again."
                )
            pairs = read.pairs.join(said, on="hypothesis_id")
            scores = noun_scores(read, pairs, shown)
            for name, chosen in chosen_pairs(pairs).items():
                if name not in groups:
                    # Which pairs are noun-critical hangs on the pairs alone
                    groups[name] = group_of(
                        pairs[chosen], ~np.isnan(scores[chosen]), resamples, seed
                    )
                measured = measure(groups[name], read.right[chosen], scores[chosen])
                kept.setdefault(name, {})[run] = measured
        for name, group in groups.items():
            runs += _run_rows(group, kept[name], testset, name, resamples=resamples, seed=seed)
        answers += _answers(study, groups, kept, testset, resamples=resamples, seed=seed)
    order = list(dict.fromkeys((run.testset, run.method) for run, _ in files))
    runs.sort(key=lambda row: order.index((row["testset"], row["method"])))
    return NounTables(_text(runs, COLUMNS), _text(answers, QUESTION_COLUMNS))


def _run_rows(
    group: Group, kept: Mapping[Run, Measured], testset: str, name: str, *, resamples: int,
    seed: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """A row for each run of a method, then for each language's mean, and last the mean of all runs.

    There is a mean only of several: of a language's seeds, of a method's languages.
    """
    shown: list[tuple[dict[str, Any], Measured]] = []
    for method in dict.fromkeys(run.method for run in kept):
        of_method = {run: one for run, one in kept.items() if run.method == method}
        shown += [(run._asdict(), one) for run, one in of_method.items()]
        by_language: dict[str, list[Measured]] = {}
        for run, one in of_method.items():
            by_language.setdefault(run.language, []).append(one)
        means = [(language, ones) for language, ones in by_language.items() if len(ones) > 1]
        if len(by_language) > 1:
            means.append((MEAN, list(of_method.values())))
        for language, ones in means:
            about = {"testset": testset, "method": method, "language": language, "seed": MEAN}
            shown.append((about, mean_of(ones)))
    intervals = clustered_intervals(
        np.stack([one.right for _, one in shown]),
        group.pairs["image_id"], group.subjects, resamples=resamples, seed=seed,
    )  # fmt: skip
    few = too_few_clusters(group.pairs["image_id"], group.subjects)
    return [
        {
            **about, "group": name, "n": len(group.pairs), "nouns": group.nouns,
            "accuracy": one.right.mean(), "ci_low": None if few else interval.low,
            "ci_high": None if few else interval.high,
            **_auc(one.areas, "noun_auc", "auc"), "two_way_accuracy": one.two_way,
            "noun_critical_n": int(group.critical.sum()) if one.areas is not None else None,
        }
        for (about, one), interval in zip(shown, intervals, strict=True)
    ]  # fmt: skip


def _answers(
    study: Mapping[str, Any], groups: Mapping[str, Group],
    kept: Mapping[str, Mapping[Run, Measured]], testset: str, *, resamples: int, seed: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """A row for each question, group and language, on the same pairs."""
    measured = {run.method for runs in kept.values() for run in runs}
    questions = noun_questions(study, measured)
    rows = []
    near = [one for one in questions if one.name == TO_THE_TEACHER]
    if near and HELD_OUT_NOUNS in kept:
        accuracy = {
            one.to_method: _of(kept[HELD_OUT_NOUNS], one.to_method, None).right.mean()
            for one in near
        }
        questions += nearest_questions(max(accuracy, key=lambda name: accuracy[name]), questions)
    for name, group in groups.items():
        asked = [
            (question, language)
            for question in questions
            if name in question.groups
            for language in _languages(question, kept[name], study["languages"])
        ]
        if not asked:
            continue
        sides = [
            [_of(kept[name], method, language) for method in (one.from_method, one.to_method)]
            for one, language in asked
        ]
        intervals = clustered_intervals(
            np.stack([after.right - before.right for before, after in sides]),
            group.pairs["image_id"], group.subjects, resamples=resamples, seed=seed,
        )  # fmt: skip
        few = too_few_clusters(group.pairs["image_id"], group.subjects)
        for (question, language), (before, after), interval in zip(
            asked, sides, intervals, strict=True
        ):
            areas = (
                None if before.areas is None or after.areas is None else after.areas - before.areas
            )
            rows.append(
                {
                    "testset": testset, "question": question.name, "group": name,
                    "from_method": question.from_method, "to_method": question.to_method,
                    "language": language or MEAN, "n": len(group.pairs),
                    "from_accuracy": before.right.mean(), "to_accuracy": after.right.mean(),
                    "difference": after.right.mean() - before.right.mean(),
                    "difference_low": None if few else interval.low,
                    "difference_high": None if few else interval.high,
                    **_auc(before.areas, "from_auc"), **_auc(after.areas, "to_auc"),
                    **_auc(areas, "auc_difference", "auc_difference"),
                }
            )  # fmt: skip
    order = [question.name for question in questions]
    return sorted(rows, key=lambda row: order.index(row["question"]))


def _languages(
    question: NounQuestion, kept: Mapping[Run, Measured], languages: Sequence[str]
) -> list[str | None]:
    """The languages in which a question is answered; None stands for the mean of them all."""
    of = [
        {run.language for run in kept if run.method == method}
        for method in (question.from_method, question.to_method)
    ]
    both = [code for code in languages if all(code in one for one in of)]
    return [*(both if question.each and len(both) > 1 else []), None]


def _of(kept: Mapping[Run, Measured], method: str, language: str | None) -> Measured:
    """The mean of a method's runs, in one language or in all."""
    return mean_of(
        [
            one
            for run, one in kept.items()
            if run.method == method and language in (None, run.language)
        ]
    )


def _auc(areas: Floats | None, name: str, ends: str = "") -> dict[str, float]:
    """An area, or a difference of two, and its interval."""
    if areas is None:
        return {}
    tail = (1 - CONFIDENCE) / 2
    low, high = np.nanquantile(areas[1:], [tail, 1 - tail])
    return {name: areas[0], **({f"{ends}_low": low, f"{ends}_high": high} if ends else {})}


def _text(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Rows as text: percent and points with two decimals, empty where there is no number."""
    return pd.DataFrame(
        [{name: _cell(row.get(name)) for name in columns} for row in rows], columns=list(columns)
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return format(100 * value, "z.2f") if isinstance(value, float) else str(value)
