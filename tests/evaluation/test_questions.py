from typing import Any

import pytest

from clseave_core.evaluation.method_entries import differences
from clseave_core.evaluation.questions import Question, questions_of

STUDENT = {"setting": "unlabelled", "teacher": "t", "student": "m"}
TOKEN = {**STUDENT, "objective": "token_mse"}
STUDY: dict[str, Any] = {
    "languages": ["nl", "de"],
    "teachers": {
        "t": {"model": "clip", "training": {"epochs": 2}},
        "rows": {"model": "clip", "training": {"epochs": 2}},
        "blind": {"model": "clip", "premise": "constant", "training": {"epochs": 2}},
    },
    "students": {
        "m": {"model": "bert", "pooling": "end"}, "n": {"model": "bert", "pooling": "mean"},
    },
    "methods": {
        "clip_ve": {"setting": "english", "teacher": "t"},
        "hypothesis_only": {"setting": "english", "teacher": "blind"},
        "clseave": {**STUDENT, "training": {"epochs": 3}},
        "mean": {**STUDENT, "student": "n", "training": {"epochs": 3}},
        "labelled": {**STUDENT, "setting": "labelled", "training": {"epochs": 3}},
        "decay": {**STUDENT, "training": {"epochs": 3, "weight_decay": 0.01}, "trained_as": "x"},
        "english_rows": {"setting": "english", "teacher": "rows"},
        "both": {**TOKEN, "autoencoder": "relu", "signal": "both"},
        "words": {**TOKEN, "autoencoder": "relu", "signal": "words"},
        "linear": {**TOKEN, "autoencoder": "linear", "signal": "words"},
        "linear_all": {**TOKEN, "autoencoder": "linear", "signal": "words", "sub_words": "all"},
        "words_all": {**TOKEN, "autoencoder": "relu", "signal": "words", "sub_words": "all"},
    },
    "comparisons": {"choices": {"reference": "clseave", "methods": ["labelled", "english_rows"]}},
}  # fmt: skip


def asked(main: list[str], *runs: tuple[str, str]) -> list[tuple[str, ...]]:
    return [
        (one.family, one.from_method, one.from_language, one.to_method, one.to_language)
        for one in questions_of(STUDY, main, runs)
    ]


def test_a_language_against_english_in_the_order_of_the_study() -> None:
    runs = [("clip_ve", "en"), ("clseave", "de"), ("clseave", "nl")]

    assert asked(["clip_ve", "clseave"], *runs) == [
        ("language_against_english", "clip_ve", "en", "clseave", "nl"),
        ("language_against_english", "clip_ve", "en", "clseave", "de"),
    ]
    assert asked(["clip_ve", "clseave"], *runs[1:]) == []  # no English, no question


def test_a_language_against_the_control_language() -> None:
    study = STUDY | {"control_language": "nl"}
    runs = [("clip_ve", "en"), ("clseave", "de"), ("clseave", "nl"), ("mean", "de")]

    found = questions_of(study, ["clip_ve", "clseave", "mean"], runs)

    assert [one for one in found if one.family == "language_against_control"] == [
        Question(
            "language_against_control", "clseave in de against nl", "clseave", "nl", "clseave", "de"
        )
    ]
    assert not any(one.is_about_arriving for one in found if one.from_language == "nl")


def test_methods_are_compared_within_language_and_setting() -> None:
    runs = [
        ("clip_ve", "en"), ("hypothesis_only", "en"), ("clseave", "de"), ("mean", "de"),
        ("labelled", "de"), ("mean", "nl"),
    ]  # fmt: skip
    main = ["clip_ve", "hypothesis_only", "clseave", "mean", "labelled"]

    pairs = [question for question in asked(main, *runs) if question[0] == "method_against_method"]

    assert pairs == [
        ("method_against_method", "clip_ve", "en", "hypothesis_only", "en"),
        ("method_against_method", "clseave", "de", "mean", "de"),
    ]


def test_a_comparison_has_its_reference_against_each_method_and_both_against_english() -> None:
    runs = [("clip_ve", "en"), ("clseave", "de"), ("labelled", "de"), ("english_rows", "en")]

    assert asked([], *runs) == [
        ("choices", "clseave", "de", "labelled", "de"),
        ("choices", "clip_ve", "en", "english_rows", "en"),  # no student: against English
        ("choices_against_english", "clip_ve", "en", "labelled", "de"),
    ]


def test_a_student_of_english_is_compared_with_the_english_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    english = {"frozen_english": {**STUDENT, "setting": "english"}}
    monkeypatch.setitem(STUDY, "methods", STUDY["methods"] | english)
    rivals = {"rivals": {"reference": "clseave", "methods": ["frozen_english"]}}
    monkeypatch.setitem(STUDY, "comparisons", rivals)
    runs = [("clip_ve", "en"), ("clseave", "de"), ("frozen_english", "en")]

    assert asked([], *runs) == [("rivals", "clip_ve", "en", "frozen_english", "en")]


def test_what_distinguishes_two_token_methods() -> None:
    runs = [("both", "de"), ("words", "de"), ("linear", "de"), ("linear", "nl")]

    found = questions_of(STUDY, [], runs)

    # From ReLU to linear as the study has them, from words to both by the question; `both` and
    # `linear` differ in two things and ask none.
    assert [(one.question, one.from_method, one.to_method) for one in found] == [
        ("autoencoder: relu -> linear", "words", "linear"),
        ("signal: words -> both", "words", "both"),
    ]
    assert {(one.from_language, one.to_language) for one in found} == {("de", "de")}


def test_an_autoencoder_comes_first_that_the_studys_methods_have_first() -> None:
    found = questions_of(STUDY, [], [("linear_all", "de"), ("words_all", "de")])

    assert [(one.question, one.from_method) for one in found] == [
        ("autoencoder: relu -> linear", "words_all")
    ]


@pytest.mark.parametrize(
    ("languages", "said"), [("en nl", True), ("nl nl", False), ("en en", False)]
)
def test_what_is_about_arriving(languages: str, said: bool) -> None:
    before, after = languages.split()

    assert Question("f", "q", "a", before, "b", after).is_about_arriving == said


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("mean", "student.pooling: end -> mean"),
        ("decay", "training.weight_decay: none -> 0.01"),
        ("clseave", ""),
    ],
)
def test_what_a_method_differs_in(method: str, said: str) -> None:
    assert differences(STUDY, method, "clseave") == said
