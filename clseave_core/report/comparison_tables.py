"""Tables of comparisons: each method beside its reference, and what they differ in.

One row for each test set, method and language; with several seeds a pair counts with the share of
seeds that have it right, so that seeds stay together in every resample.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from clseave_core.evaluation.differences import paired_difference
from clseave_core.evaluation.intervals import Floats, clustered_intervals
from clseave_core.evaluation.prediction_tables import Predictions, read_predictions
from clseave_core.evaluation.references import english_reference
from clseave_core.evaluation.runs import run_of

COLUMNS = (
    "study", "testset", "method", "differs_in", "language", "seeds", "n", "accuracy", "ci_low",
    "ci_high", "reference", "reference_accuracy", "difference", "difference_low",
    "difference_high", "p_value",
)  # fmt: skip
QUESTIONS = ("autoencoder", "signal", "sub_words", "alignment", "readout")
"""What may distinguish two token methods, each asking a question."""
_PLAIN = {
    "autoencoder": None, "signal": "words", "sub_words": "first", "alignment": "aligner",
    "readout": "direct",
}  # fmt: skip
_ORDER = {
    "signal": ("words", "end", "both"), "sub_words": ("first", "all"),
    "alignment": ("aligner", "gold"), "readout": ("padded", "decoder", "direct"),
}  # fmt: skip
"""From the published choice to ours, or from less signal to more."""
QUESTION_COLUMNS = (
    "study", "testset", "question", "from", "to", "from_method", "to_method", "language", "seeds",
    "n", "from_accuracy", "to_accuracy", "difference", "difference_low", "difference_high",
    "p_value",
)  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """A method in one language on one test set: its pairs, and how right each is over seeds [n]."""

    pairs: pd.DataFrame
    right: Floats
    seeds: int


class Comparisons:
    """All runs that the comparisons of a study speak of."""

    def __init__(
        self, study: Mapping[str, Any], name: str, predictions: Iterable[str | Path],
        *, resamples: int, seed: int,
    ) -> None:  # fmt: skip
        self.study, self.name = study, name
        self._sampling: dict[str, Any] = {"resamples": resamples, "seed": seed}
        self._files: dict[tuple[str, str, str], list[str]] = {}
        for path in sorted(map(str, predictions)):
            run = run_of(path)
            self._files.setdefault((run.testset, run.method, run.language), []).append(path)

    @cached_property
    def runs(self) -> dict[tuple[str, str, str], Compared]:
        """Everything read once, by test set, method and language."""
        return {key: _compared(paths) for key, paths in self._files.items()}

    def table(self, comparison: str) -> pd.DataFrame:
        """The table of one comparison, as text: percent and points with two decimals."""
        entry = self.study["comparisons"][comparison]
        methods, teachers = self.study["methods"], self.study["teachers"]
        english = english_reference(entry["reference"], methods, teachers)
        rows = []
        for testset in self.study["testsets"]:
            for method in entry["methods"]:
                is_english = methods[method]["setting"] == "english"
                reference = english if is_english else entry["reference"]
                for language in self._languages(testset, method):
                    mine = self.runs[testset, method, language]
                    theirs = self.runs.get((testset, str(reference), language))
                    low, high = clustered_intervals(
                        mine.right[None], mine.pairs["image_id"], mine.pairs["hypothesis_id"],
                        **self._sampling,
                    )[0]  # fmt: skip
                    row = {
                        "study": self.name, "testset": testset, "method": method,
                        "differs_in": differences(self.study, method, str(reference)),
                        "language": language, "seeds": str(mine.seeds),
                        "n": str(len(mine.right)), "accuracy": _percent(mine.right.mean()),
                        "ci_low": _percent(low), "ci_high": _percent(high),
                    }  # fmt: skip
                    if theirs is not None:
                        row["reference"] = str(reference)
                        row["reference_accuracy"] = _percent(theirs.right.mean())
                        row |= self._difference(mine, theirs)
                    rows.append(row)
        return pd.DataFrame(rows, columns=list(COLUMNS)).fillna("")

    def questions(self) -> pd.DataFrame:
        """Every two token methods that differ in one thing alone, and what that is worth."""
        token_methods = {
            name: {key: entry.get(key, _PLAIN[key]) for key in QUESTIONS}
            for name, entry in self.study["methods"].items()
            if entry.get("objective") == "token_mse"
        }
        rows = []
        for testset in self.study["testsets"]:
            for first, second in combinations(token_methods, 2):
                ours, theirs = token_methods[first], token_methods[second]
                apart = [key for key in QUESTIONS if ours[key] != theirs[key]]
                if len(apart) == 1:
                    (key,) = apart
                    pair = [(str(ours[key]), first), (str(theirs[key]), second)]
                    # What has no order of its own comes as the study has it.
                    order = _ORDER.get(key, (pair[0][0], pair[1][0]))
                    pair.sort(key=lambda choice: order.index(choice[0]))
                    rows += self._question(testset, key, pair)
        return pd.DataFrame(rows, columns=list(QUESTION_COLUMNS)).sort_values(
            ["testset", "question", "from", "to", "from_method", "language"], ignore_index=True
        )

    def _question(
        self, testset: str, key: str, before_after: list[tuple[str, str]]
    ) -> list[dict[str, str]]:
        """A row for each language; `before_after` are two choices, each with its method."""
        (choice, first), (other_choice, second) = before_after
        rows = []
        for language in self._languages(testset, first):
            if (testset, second, language) not in self.runs:
                continue
            before, after = (self.runs[testset, name, language] for name in (first, second))
            rows.append(
                {
                    "study": self.name,
                    "testset": testset,
                    "question": key,
                    "from": choice,
                    "to": other_choice,
                    "from_method": first,
                    "to_method": second,
                    "language": language,
                    "seeds": str(after.seeds),
                    "n": str(len(after.right)),
                    "from_accuracy": _percent(before.right.mean()),
                    "to_accuracy": _percent(after.right.mean()),
                    **self._difference(after, before),
                }
            )
        return rows

    def _languages(self, testset: str, method: str) -> list[str]:
        order = ["en", *self.study["languages"]]
        return [language for language in order if (testset, method, language) in self._files]

    def _difference(self, mine: Compared, theirs: Compared) -> dict[str, str]:
        found = paired_difference(
            mine.right, theirs.right, mine.pairs["image_id"], mine.pairs["hypothesis_id"],
            **self._sampling,
        )  # fmt: skip
        return {
            "difference": _percent(found.value),
            "difference_low": _percent(found.interval.low),
            "difference_high": _percent(found.interval.high),
            "p_value": "<0.0001" if found.p_value < 1e-4 else format(found.p_value, ".4f"),
        }


def differences(study: Mapping[str, Any], method: str, reference: str) -> str:
    """What a method's entry, with its teacher and student, says otherwise than its reference's."""
    mine, theirs = (_flat(study, name) for name in (method, reference))
    keys = sorted(mine.keys() | theirs.keys())
    return "; ".join(
        f"{key}: {theirs.get(key, 'none')} -> {mine.get(key, 'none')}"
        for key in keys
        if mine.get(key) != theirs.get(key)
    )


def _flat(study: Mapping[str, Any], method: str) -> dict[str, Any]:
    entry = dict(study["methods"][method])
    for key in ("languages", "trained_as"):
        entry.pop(key, None)
    entry["teacher"] = dict(study["teachers"][entry["teacher"]])
    if "student" in entry:
        entry["student"] = dict(study["students"][entry["student"]])
    flat: dict[str, Any] = {}
    for key, value in entry.items():
        if isinstance(value, Mapping):
            flat |= _below(f"{key}.", value)
        else:
            flat[key] = value
    return flat


def _below(prefix: str, tree: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        flat |= _below(f"{prefix}{key}.", value) if isinstance(value, Mapping) else {
            prefix + key: value
        }  # fmt: skip
    return flat


def _compared(paths: list[str]) -> Compared:
    said: list[Predictions] = [read_predictions(path, with_logits=False) for path in paths]
    for other in said[1:]:
        if other.fingerprint != said[0].fingerprint:
            raise ValueError(
                f"{said[0].path} and {other.path} do not hold the same pairs. Delete them to have "
                "them made again."
            )
    return Compared(said[0].pairs, np.mean([one.right for one in said], axis=0), len(said))


def _percent(share: float) -> str:
    return format(100 * share, "z.2f")
