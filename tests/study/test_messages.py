"""What a person reads who made a mistake in a study: one line, no section, no pattern."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from clseave_core.corpus.natural.grammars import _GRAMMARS
from clseave_core.corpus.pocket.grammars import GRAMMARS
from clseave_core.corpus.worlds import SPOKEN
from clseave_core.study.loading import load_study
from clseave_core.study.messages import _WORDS, PATTERNS, explain, shown

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = yaml.safe_load((ROOT / "schemas/study.schema.yaml").read_text())
OWN = {name: {"path": f"/mine/{name}.jsonl"} for name in ("train", "dev", "test")}
NO_ASSERTIONS = {
    "$schema", "$ref", "$defs", "title", "description", "properties", "items", "propertyNames",
}  # fmt: skip


def message(study: str, overrides: Mapping[str, Any]) -> str:
    with pytest.raises(ValueError, match="studies/") as caught:
        load_study(study, overrides, ROOT)
    return str(caught.value)


@pytest.mark.parametrize(
    ("study", "overrides", "said"),
    [
        (
            "tiny", {"corpus": {"pictures": {"path": "/mine"}, "annotations": OWN}},
            "corpus: has world and pictures and annotations, which exclude each other: `world` "
            "makes a generated corpus. For data of your own write `world: null`",
        ),
        (
            "thesis", {"testsets": ["test", "dev"]},
            "testsets: 'dev' is no test set: trainings learn from train and are chosen by dev",
        ),
        (
            "thesis", {"translation": {"provider": "file", "file": "mine.tsv"}},
            "translation.file: must be a path that contains {lang}, which stands for the code of "
            'the language, such as translations/{lang}.tsv, got "mine.tsv".',
        ),
        (
            "pocket", {"languages": ["es", "de"]},
            "languages: this study's generated world does not speak es, only de, nl, ja, ko, zh",
        ),
        (
            "thesis", {"teachers": {"clip_ve": {"trainin": {}}}},
            "teachers.clip_ve.trainin is no key of teachers.clip_ve. Did you mean training?",
        ),
        (
            "thesis", {"teachers": {"clip_ve": {"training": {"optimizer": "adan"}}}},
            "teachers.clip_ve.training.optimizer: must be one of adam, adamw, got \"adan\". "
            "Did you mean adam?",
        ),
        (
            "thesis", {"models": {"clip": {"path": "/mine"}}},
            "models.clip: has id and path. Keep one; null takes a key of the base study away.",
        ),
        (
            "thesis", {"seeds": [0, 0]}, "seeds: has 0 twice. Remove one.",
        ),
        (
            "thesis", {"seeds": {"first": 0}},
            "seeds: must be a list, got a section with the keys first.",
        ),
        (
            "thesis", {"corpus": {"annotations": {"My test": {"path": "x"}}}},
            'corpus.annotations: the key "My test" must be a name of small letters',
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_said_in_words(study: str, overrides: Mapping[str, Any], said: str) -> None:
    assert said in message(study, overrides)


def test_methods_and_sweeps_of_a_base_take_part_in_the_studys_own_languages_alone() -> None:
    assert "argmax_pooling" in load_study("pocket", {"languages": ["ja"]}, ROOT)["methods"]
    assert "sweep" not in load_study("pocket_full", {"languages": ["ko"]}, ROOT)


def test_the_languages_of_worlds_are_those_that_they_have_a_grammar_for() -> None:
    assert {"pocket": tuple(GRAMMARS), "natural": tuple(_GRAMMARS)} == SPOKEN


def parts(tree: Any) -> Iterator[dict[str, Any]]:
    """Every schema within a schema."""
    if isinstance(tree, dict):
        yield tree
    for value in tree.values() if isinstance(tree, dict) else tree:
        if isinstance(value, dict | list):
            yield from parts(value)


def keywords() -> set[str]:
    """The keywords of the schema by which a study can be refused."""
    names: set[str] = set()

    def look(schema: Mapping[str, Any]) -> None:
        names.update(schema)
        for key in ("properties", "$defs"):
            for value in schema.get(key, {}).values():
                look(value)
        for key in ("items", "propertyNames", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                look(schema[key])

    look(SCHEMA)
    return names - NO_ASSERTIONS


def test_every_keyword_and_pattern_of_the_schema_has_words() -> None:
    assert keywords() <= set(_WORDS)
    patterns = {part["pattern"] for part in parts(SCHEMA) if isinstance(part.get("pattern"), str)}
    assert patterns == set(PATTERNS)


WRONG: list[Any] = [
    None, -7, 10**9, 2.5, "x y", [], [1, 1], {}, {"A b": {}},
]  # fmt: skip


def test_no_wrong_value_gives_a_dump_or_a_pattern() -> None:
    study = load_study("thesis", {}, ROOT)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    said: set[str] = set()

    def try_at(tree: Any, key: Any) -> None:
        before = tree[key]
        for wrong in WRONG:
            tree[key] = wrong
            said.update(map(explain, validator.iter_errors(study)))
        tree[key] = before
        if isinstance(before, dict):
            for inner in list(before):
                try_at(before, inner)
        elif isinstance(before, list) and before:
            try_at(before, 0)

    for key in ("languages", "seeds", "corpus", "translation"):
        try_at(study, key)
    try_at(study["models"], "clip")
    try_at(study["teachers"], "clip_ve")
    try_at(study["methods"], "clseave")

    assert len(said) > 100
    for line in said:
        assert len(line) <= 300, line
        for sign in ("$ref", "under each of", "[A-Za-z", "\\", "^"):
            assert sign not in line, line
        assert line.endswith((".", "?")), line


def test_a_value_is_shortened() -> None:
    assert len(shown("x" * 500)) == 60
    assert shown({"a": 1, "b": 2}) == "a section with the keys a, b"
