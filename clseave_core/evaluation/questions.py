"""What a study asks: which two runs are compared, and which questions make one family.

Read from the study's entries alone, so that a new method or comparison brings its questions along.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from clseave_core.evaluation.method_entries import differences
from clseave_core.evaluation.references import english_reference

ENGLISH = "en"
LANGUAGE_AGAINST_ENGLISH = "language_against_english"
LANGUAGE_AGAINST_CONTROL = "language_against_control"
METHOD_AGAINST_METHOD = "method_against_method"
CLTEAVE_QUESTIONS = "clteave_questions"
AGAINST_ENGLISH = "_against_english"
"""Ending of the family of a comparison's languages against English."""

_CHOICES = ("autoencoder", "signal", "sub_words", "alignment", "readout")
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


@dataclass(frozen=True)
class Question:
    """Two runs to compare, *from* and *to*; one family's P values are adjusted together."""

    family: str
    question: str
    from_method: str
    from_language: str
    to_method: str
    to_language: str

    @property
    def is_about_arriving(self) -> bool:
        """Whether it compares a language with English."""
        return self.from_language == ENGLISH != self.to_language


def questions_of(
    study: Mapping[str, Any], main: Sequence[str], runs: Collection[tuple[str, str]]
) -> list[Question]:
    """All questions of `study`, family by family, in the order of its methods and languages.

    `study` has languages, methods, teachers, students, comparisons and, where the languages have a
    control, `control_language`; `main` names the methods of the accuracy table; `runs` are the
    methods and languages that were measured.
    """
    comparisons = study.get("comparisons", {})
    found = [
        *_against_english(study, main, runs, LANGUAGE_AGAINST_ENGLISH),
        *_against_control(study, main, runs),
        *_method_against_method(study, main, runs),
    ]
    for name, comparison in comparisons.items():
        found += _comparison(study, name, comparison, runs)
        found += _against_english(study, comparison["methods"], runs, name + AGAINST_ENGLISH)
    return [*found, *_clteave_questions(study, runs)]


def _languages(
    study: Mapping[str, Any], methods: Sequence[str], runs: Collection[tuple[str, str]]
) -> list[str]:
    """The languages in which all of `methods` were measured, English first."""
    order = [ENGLISH, *study["languages"]]
    return [code for code in order if all((method, code) in runs for method in methods)]


def _against_english(
    study: Mapping[str, Any],
    methods: Sequence[str],
    runs: Collection[tuple[str, str]],
    family: str,
) -> Iterator[Question]:
    """Every one of `methods` that is not English, by language, against its English model."""
    for method in methods:
        if study["methods"][method]["setting"] == "english":
            continue
        english = english_reference(method, study["methods"], study["teachers"])
        if english is None or (english, ENGLISH) not in runs:
            continue
        for code in _languages(study, [method], runs):
            if code != ENGLISH:
                question = f"{method} in {code} against English"
                yield Question(family, question, english, ENGLISH, method, code)


def _against_control(
    study: Mapping[str, Any], main: Sequence[str], runs: Collection[tuple[str, str]]
) -> Iterator[Question]:
    """Every language of a method against the study's control language."""
    control = study.get("control_language")
    for method in main:
        if control and (method, control) in runs:
            for code in _languages(study, [method], runs):
                if code not in (control, ENGLISH):
                    question = f"{method} in {code} against {control}"
                    yield Question(
                        LANGUAGE_AGAINST_CONTROL, question, method, control, method, code
                    )


def _method_against_method(
    study: Mapping[str, Any], main: Sequence[str], runs: Collection[tuple[str, str]]
) -> Iterator[Question]:
    """Every two methods of the accuracy table of equal setting, in each language of both."""
    entries = study["methods"]
    for first, second in combinations(main, 2):
        if entries[first]["setting"] == entries[second]["setting"]:
            for code in _languages(study, [first, second], runs):
                question = f"{first} -> {second}"
                yield Question(METHOD_AGAINST_METHOD, question, first, code, second, code)


def _comparison(
    study: Mapping[str, Any],
    name: str,
    comparison: Mapping[str, Any],
    runs: Collection[tuple[str, str]],
) -> Iterator[Question]:
    """The reference against each method; its English model against an English method."""
    for method in comparison["methods"]:
        reference = comparison["reference"]
        if study["methods"][method]["setting"] == "english":
            reference = (
                english_reference(reference, study["methods"], study["teachers"]) or reference
            )
        for code in _languages(study, [reference, method], runs):
            question = differences(study, method, reference)
            yield Question(name, question, reference, code, method, code)


def _clteave_questions(
    study: Mapping[str, Any], runs: Collection[tuple[str, str]]
) -> list[Question]:
    """Every two token methods that differ in one thing alone."""
    chosen = {
        name: {key: entry.get(key, _PLAIN[key]) for key in _CHOICES}
        for name, entry in study["methods"].items()
        if entry.get("objective") == "token_mse"
    }
    found = []
    for first, second in combinations(chosen, 2):
        apart = [key for key in _CHOICES if chosen[first][key] != chosen[second][key]]
        if len(apart) == 1:
            (key,) = apart
            pair = [(str(chosen[name][key]), name) for name in (first, second)]
            # What has no order of its own comes as the study's methods first have it.
            order = _ORDER.get(key) or [str(choice[key]) for choice in chosen.values()]
            (before, first_method), (after, second_method) = sorted(
                pair, key=lambda choice: order.index(choice[0])
            )
            for code in _languages(study, [first, second], runs):
                question = f"{key}: {before} -> {after}"
                found.append(
                    Question(CLTEAVE_QUESTIONS, question, first_method, code, second_method, code)
                )
    return sorted(found, key=lambda one: (one.question, one.from_method))
