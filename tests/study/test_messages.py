"""What a person reads who made a mistake in a study: one line, no section, no pattern."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from clseave_core.study.loading import load_study
from clseave_core.study.messages import _WORDS, PATTERNS, explain, listed, meant, nearest, shown

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
            "  corpus: `world` makes this study's corpus a generated one (perhaps that of the "
            "study that it is based on), which has no other pictures and annotations. For data of "
            "your own base the study on `thesis`; or write `world: null` under corpus, and an id "
            "or path for each model.",
        ),
        (
            "pocket", {"corpus": {"pictures": {"path": "/mine"}}},
            "  corpus: `world` makes this study's corpus a generated one",
        ),
        (
            "tiny",
            {"corpus": {"world": None, "pictures": {"path": "/mine"}, "annotations": OWN}},
            "  models: only a study with corpus.world can generate clip, bert, aligner. Base a "
            "study with data of its own on `thesis`, or write e.g. clip: {generate: null, "
            "settings: null, path: ...}.",
        ),
        (
            "tiny",
            {"corpus": {"world": None, "pictures": {"path": "/mine"}, "annotations": OWN}},
            "errors. If the base study has it, take it away: methods: {translate_test: null}.",
        ),
        (
            "thesis", {"corpus": {"pictures": None}},
            "  corpus: needs world, or pictures and annotations; it has annotations alone.",
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
            "thesis", {"teachers": {"clip_ve": {"trainin": {}}}},
            "  teachers.clip_ve: the key trainin is unknown. Did you mean training?",
        ),
        (
            "thesis", {"teachers": {"clip_ve": {"training": {"optimizer": "adan"}}}},
            'teachers.clip_ve.training.optimizer: must be one of adam, adamw, got "adan". '
            "Did you mean adam?",
        ),
        (
            "thesis", {"models": {"clip": {"path": "/mine"}}},
            "models.clip: has id and path. Keep one; null takes a key of the base study away, e.g. "
            "id: null, revision: null.",
        ),
        (
            "thesis", {"models": {"clip": {"path": "/mine", "id": None}}},
            "models.clip: revision goes with id, which is missing. Add what is missing, or write "
            "revision: null.",
        ),
        ("thesis", {"seeds": [0, 0]}, "seeds: has 0 twice. Remove one."),
        (
            "thesis", {"seeds": {"first": 0}},
            "seeds: must be a list, got a section with the keys first.",
        ),
        (
            "thesis", {"corpus": {"annotations": {"My test": {"path": "x"}}}},
            'corpus.annotations: the key "My test" must be a name of small letters',
        ),
        (
            "thesis", {"languages": yaml.safe_load("[de, no]")},
            "languages[1]: must be text, got false. YAML reads no, off, yes and on so; write the "
            "word in quotes.",
        ),
        ("thesis", {"languages": "de, nl"}, "Write it in brackets: [de, nl]."),
        ("thesis", {"teachers": {"clip_ve": {"model": 3}}}, "got 3. Write it in quotes."),
        (
            "thesis", {"evaluation": None, "compute": None},
            "  the study: the keys evaluation, compute are missing. Add them. Or write `based_on: "
            "thesis` and only what differs.",
        ),
        (
            "thesis", {"methods": {"a": {"like": ["b"]}}},
            'methods.a.like is ["b"], which is none of the study\'s methods. Known: clip_ve, ',
        ),
        ("thesis", {"methods": {"a": {"like": "clsave"}}}, "Did you mean clseave?"),
        ("thesis", {"methods": {"clseave": "clseave"}}, "must be a section with keys, got "),
        (
            "thesis", {"methods": {"clseave": {"training": {"preset": "table_1a"}}}},
            "preset is 'table_1a', which is none of the study's presets. Did you mean table_a1?",
        ),
        (
            "pocket", {"methods": {"argmax_pooling": None}},
            "comparisons.protocol_effects: 'argmax_pooling' is none of the study's methods. ",
        ),
        (
            "pocket", {"teachers": {"image_only": None}},
            "methods.image_only.teacher: 'image_only' is none of the study's teachers. Known: "
            "clip_ve, hypothesis_only, random_image_tower, row_split, last_epoch, as_published. "
            "If the base study has it, take it away: methods: {image_only: null}.",
        ),
        (
            "thesis",
            {"sweep": {"x": {"method": "clseav", "languages": ["de"], "runs": [{"epochs": 1}]}}},
            "no method of the study with a training of its own. Did you mean clseave?",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_said_in_words(study: str, overrides: Mapping[str, Any], said: str) -> None:
    found = message(study, overrides)

    assert said in found
    assert max(map(len, found.splitlines())) <= 400


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


def resolved(schema: Any) -> Any:
    while isinstance(schema, dict) and "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema


def places(schema: Any, path: str = "study") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every place of a study, with its schema."""
    schema = resolved(schema)
    yield path, schema
    for key, inner in schema.get("properties", {}).items():
        yield from places(inner, f"{path}.{key}")
    for key in ("items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(key), dict):
            yield from places(schema[key], f"{path}.{key}")


PLACES = dict({id(s): (p, s) for p, s in places(SCHEMA)}.values())
"""Each part of the schema once, under one of its places."""
WRONG: tuple[Any, ...] = (
    None, True, -7, 0, 2.5, 10**12, "", "Ä ?", "x y" * 200, "5e5", [], [1, 1], ["x" * 400] * 3,
    [{"a": {1: 2}}] * 30, {}, {"Ä ?": 1}, {"x" * 400: {"y": []}}, {3: None, False: [], None: 1},
    {f"key_{number}": number for number in range(100)},
)  # fmt: skip


def said_of(schema: Mapping[str, Any], value: Any) -> list[str]:
    return explain(errors_of(schema, value))


def errors_of(schema: Mapping[str, Any], value: Any) -> list[jsonschema.ValidationError]:
    whole = {**schema, "$defs": SCHEMA["$defs"]}
    return list(jsonschema.Draft202012Validator(whole).iter_errors(value))


@pytest.mark.parametrize("place", PLACES)
def test_no_wrong_value_gives_a_dump_or_a_pattern_or_a_long_line(place: str) -> None:
    lines = [line for wrong in WRONG for line in said_of(PLACES[place], wrong)]

    assert lines
    for line in lines:
        assert len(line) <= 300, line
        assert "\n" not in line
        for sign in ("$ref", "under each of", "does not match", "[A-Za-z", "[a-z]", "\\{", "^("):
            assert sign not in line, line
        assert line.endswith((".", "?")), line


def test_every_keyword_of_the_schema_is_broken_by_some_value_and_said() -> None:
    broken: set[str] = set()
    for schema in PLACES.values():
        for wrong in (*WRONG, too_much_of(schema)):
            broken |= {str(error.validator) for error in errors_of(schema, wrong)}

    assert broken == keywords()


def too_much_of(schema: Mapping[str, Any]) -> Any:
    """A value that stands beyond a bound of `schema`, or one key of those that go together."""
    if "dependentRequired" in schema:
        return dict.fromkeys(schema["dependentRequired"], 1)
    if "exclusiveMaximum" in schema:
        return schema["exclusiveMaximum"]
    return schema.get("maximum", 0) + 1


def test_a_value_is_shortened() -> None:
    assert len(shown("x" * 500)) == 60
    assert shown({"a": 1, "b": 2}) == "a section with the keys a, b"
    assert shown([{"a": 1}]) == '[{"a": 1}]'
    assert listed([]) == "none"
    assert listed(["a" * 50, "b" * 50, "c"]) == f"{'a' * 50} and 2 more"


def test_what_was_meant_is_the_nearest_name_or_all_of_them() -> None:
    assert meant("tset", ["test", "dev"]) == "Did you mean test?"
    assert meant("xyz", ["test", "dev"]) == "Known: test, dev."
    assert nearest("xyz", ["test", "dev"]) == ""


def test_a_secret_that_is_cut_is_hidden_all_the_same() -> None:
    url = f"ftp://me:{'p4ss' * 20}@example.org/test.jsonl"
    said = message("thesis", {"corpus": {"annotations": {"test": {"urls": [url]}}}})

    assert "ftp://***@example.org" in said
    assert "p4ss" not in said


def test_a_mistake_that_entries_inherit_is_said_once() -> None:
    lines = message("pocket", {"methods": {"clseave": {"techer": "clip_ve"}}}).splitlines()

    assert len(lines) == 2
    assert lines[1].startswith("  methods.argmax_pooling, methods.as_published, methods.clseave, ")
    assert lines[1].endswith("more: the key techer is unknown. Did you mean teacher?")


@pytest.mark.parametrize("text", ["[1", "x: : y", "!!python/object/apply:os.system [exit]", "'"])
def test_text_of_the_command_line_that_is_no_yaml_is_said(text: str) -> None:
    assert "seeds: must be a list, got" in message("thesis", {"seeds": text})


def test_null_takes_away_what_no_base_has(tmp_path: Path) -> None:
    """A study that stands alone may say `expected: null`, too."""
    (tmp_path / "studies").mkdir()
    (tmp_path / "schemas").symlink_to(ROOT / "schemas")
    study = yaml.safe_load((ROOT / "studies/thesis.yaml").read_text())
    study["corpus"]["expected"] = study["control_language"] = study["reuse"] = None
    study["students"]["mbert"]["pooling"] = study["methods"]["clseave"]["joint"] = None
    (tmp_path / "studies/alone.yaml").write_text(yaml.safe_dump(study))

    loaded = load_study("alone", {}, tmp_path)

    assert "expected" not in loaded["corpus"]
    assert loaded.keys().isdisjoint({"control_language", "reuse"})
    assert "pooling" not in loaded["students"]["mbert"]
    assert "joint" not in loaded["methods"]["recalibrated"]


def test_null_takes_a_key_of_the_entry_away_that_it_is_like() -> None:
    english = {"like": "clseave", "student": None, "objective": None, "training": None}
    methods = {"mine": english | {"setting": "english"}}

    assert load_study("thesis", {"methods": methods}, ROOT)["methods"]["mine"] == {
        "setting": "english", "teacher": "clip_ve",
    }  # fmt: skip
