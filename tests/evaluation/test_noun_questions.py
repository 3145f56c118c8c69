"""Which methods answer which question about nouns: by their entries, whatever their names."""

from typing import Any

from clseave_core.evaluation.noun_questions import NounQuestion, nearest_questions, noun_questions
from clseave_core.study.loading import load_study

HEAD = {
    "setting": "translate_train_unlabelled", "teacher": "t", "student": "head",
    "objective": "sentence_mse",
}  # fmt: skip
STUDY: dict[str, Any] = {
    "models": {"cells": {"settings": {}}, "patches": {"settings": {"patch": 16}}},
    "teachers": {
        "small": {"model": "patches"}, "t": {"model": "cells"},
        "blind": {"model": "cells", "hypothesis": "nameless"},
    },
    "students": {"trained": {}, "head": {"hidden": 8}},
    "methods": {
        "e1": {"setting": "english", "teacher": "small"},
        "e2": {"setting": "english", "teacher": "t"},
        "e3": {"setting": "english", "teacher": "blind"},
        "a": HEAD | {"student": "trained"},
        "b": HEAD,
        "english_head": HEAD | {"setting": "english"},
        "c": HEAD | {"setting": "zero_shot", "trained_as": "english_head"},
        "d": HEAD | {"with_english": True},
        "most": HEAD | {"with_english": True, "nouns": 50},
        "none": HEAD | {"with_english": True, "nouns": 0},
        "r": HEAD | {"with_english": True, "trained_as": "d", "retrieval": {"share": 1.0}},
        "labels": HEAD | {"setting": "translate_train", "student": "trained"},
    },
}  # fmt: skip


def asked(name: str, study: dict[str, Any] = STUDY) -> list[tuple[str, str]]:
    questions = noun_questions(study, set(study["methods"]))
    return [(one.from_method, one.to_method) for one in questions if one.name == name]


def test_wording_and_words_are_steps_from_no_translation_to_all() -> None:
    assert asked("wording") == [("c", "none")]
    assert asked("words") == [("none", "d")]
    assert asked("more_words") == [("none", "most"), ("most", "d")]


def test_pretrained_encoders_stand_beside_those_from_scratch() -> None:
    assert asked("text_encoder") == [("a", "b")]
    assert asked("image_tower") == [("e1", "e2")]


def test_methods_without_labels_stand_beside_the_teacher_and_the_blind() -> None:
    near = ["a", "b", "c", "d", "most", "none", "r"]
    assert asked("to_the_teacher") == [("e2", name) for name in near]
    assert asked("beyond_the_blind") == [("e3", name) for name in near]


def test_the_nearest_stands_beside_the_others() -> None:
    questions = [
        NounQuestion("to_the_teacher", "e2", name, ("held_out_nouns",)) for name in ("a", "b", "r")
    ]
    found = nearest_questions("b", [*questions, NounQuestion("words", "none", "d", ("seen",))])
    assert [(one.from_method, one.to_method) for one in found] == [("b", "a"), ("b", "r")]


def test_what_was_not_measured_is_not_asked() -> None:
    assert noun_questions(STUDY, {"a", "none"}) == []


def test_the_full_natural_study_asks_everything() -> None:
    study = load_study("natural_full", {})
    assert asked("wording", study) == [("zero_shot", "templates_only")]
    assert asked("words", study) == [("templates_only", "frozen_with_english")]
    assert asked("more_words", study) == [
        ("templates_only", "nouns_25"), ("nouns_25", "nouns_50"), ("nouns_50", "nouns_100"),
        ("nouns_100", "frozen_with_english"),
    ]  # fmt: skip
    assert asked("text_encoder", study) == [("clseave", "frozen_encoder")]
    assert asked("image_tower", study) == [("english_vit", "clip_ve")]
    near = [to for _, to in asked("to_the_teacher", study)]
    assert {"retrieval", "retrieval_and_head", "clseave"} <= set(near)
    assert not {"clseave_vit", "translate_train", "frozen_english"} & set(near)
