"""What is wrong with a study, one line each: the key, the value, what is allowed, what to do."""

import json
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

import jsonschema
import yaml

from clseave_core.redaction import without_secrets

_SHOWN = 60
_LISTED = 100
"""Characters of a value, and of a list of names, at most."""
_UNKNOWN = 2
"""Unknown keys of one section that a line names."""
_TYPES = {
    "array": "a list", "boolean": "true or false", "integer": "a whole number", "null": "null",
    "number": "a number", "object": "a section with keys", "string": "text",
}  # fmt: skip
PATTERNS = {
    "^[a-z][a-z0-9_]*$": (
        "a name of small letters, digits and _, which begins with a letter, such as my_test"
    ),
    "^([a-z]{2}|q[a-t][a-z])$": (
        "the code of a language, such as de (ISO 639-1; clseave_core/languages.py has them all)"
    ),
    "^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)?$": (
        "the id of a model on the hub, such as openai/clip-vit-base-patch16; a folder of yours is "
        "given as path"
    ),
    "^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$": "the id of a data set, such as nlphuji/flickr30k",
    "^[^/\\s]+(/[^/\\s]+)*$": "the path of a file in the data set, such as images/all.zip",
    "^[^./\\s][^/\\s]*$": "the name of a file, without its folder",
    "^[0-9a-f]{64}$": "64 hexadecimal digits",
    "\\{lang\\}": (
        "a path that contains {lang}, which stands for the code of the language, such as "
        "translations/{lang}.tsv"
    ),
    "^(https://[^\\s/]+|http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]+)?)(/[^\\s]*)?$": (
        "an https address (http only for this machine's own servers); a file on this machine is "
        "given as path"
    ),
    "^packed$": "a whole number, or packed",
}
"""What the patterns of the schema mean."""


def explain(errors: Iterable[jsonschema.ValidationError]) -> list[str]:
    """A line for each mistake that the schema finds, without secrets and without patterns.

    Places that share a mistake share its line: entries that are `like` another one repeat its
    mistakes. Of a value of the wrong type nothing else is said.
    """
    found = sorted(errors, key=lambda error: error.json_path)
    wrong_type = {error.json_path for error in found if error.validator == "type"}
    places: dict[str, dict[str, None]] = {}
    for error in found:
        if error.validator == "type" or error.json_path not in wrong_type:
            said = without_secrets(_WORDS[str(error.validator)](error))
            places.setdefault(said, {})[_place(error)] = None
    return [f"{without_secrets(listed(at))}: {said}" for said, at in places.items()]


def meant(name: Any, known: Iterable[str]) -> str:
    """A sentence with the nearest of the `known` names, or with all of them where none is near."""
    names = list(known)
    return nearest(name, names).lstrip() or f"Known: {listed(names)}."


def nearest(name: Any, known: Iterable[str]) -> str:
    """A sentence that asks for the nearest of the `known` names; empty where none is near."""
    found = get_close_matches(str(name), list(known), n=1)
    return f" Did you mean {found[0]}?" if found else ""


def shown(value: Any) -> str:
    """A value, shortened: never a whole section, and no secret of which a part would be left."""
    if isinstance(value, Mapping):
        return f"a section with the keys {listed(map(str, value))}" if value else "an empty section"
    return _cut(json.dumps(value, ensure_ascii=False, default=str, skipkeys=True))


def listed(names: Iterable[str]) -> str:
    """Names with commas, the first ones of many."""
    found = [_cut(name) for name in names]
    kept = len(found)
    while kept > 1 and len(", ".join(found[:kept])) > _LISTED:
        kept -= 1
    more = f" and {len(found) - kept} more" if len(found) > kept else ""
    return (", ".join(found[:kept]) or "none") + more


def _cut(text: str) -> str:
    text = without_secrets(text)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def _place(error: jsonschema.ValidationError) -> str:
    """As `methods.clseave.training`, whatever keys stand there."""
    place = ""
    for key in error.absolute_path:
        place += f"[{key}]" if isinstance(key, int) else f".{key}"
    return place.removeprefix(".") or "the study"


def _must_be(error: Any, what: str) -> str:
    if "propertyNames" in error.absolute_schema_path:
        return f"the key {shown(error.instance)} must be {what}."
    return f"must be {what}, got {shown(error.instance)}."


def _type(error: Any) -> str:
    wanted = error.validator_value
    types = [wanted] if isinstance(wanted, str) else list(wanted)
    words = _must_be(error, " or ".join(_TYPES[name] for name in types))
    return words + _type_hint(error.instance, types)


def _type_hint(value: Any, wanted: list[str]) -> str:
    """What to write where YAML read another type than was meant."""
    if "string" in wanted:
        if isinstance(value, bool):
            return " YAML reads no, off, yes and on so; write the word in quotes."
        return "" if isinstance(value, list | Mapping | None) else " Write it in quotes."
    if not isinstance(value, str) or len(value) > _SHOWN:
        return ""
    if wanted == ["array"]:
        return "" if set(value) & set("[]{}:#") else f" Write it in brackets: [{value}]."
    if not _is_number(value):
        return ""
    if isinstance(yaml.safe_load(value), str):
        return f" YAML reads {value} as text; write the number with a dot, e.g. {float(value):.1e}."
    return " Write the number without quotes."


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _pattern(error: Any) -> str:
    return _must_be(error, PATTERNS.get(error.validator_value, "written in another way"))


def _enum(error: Any) -> str:
    known = [str(value) for value in error.validator_value]
    return _must_be(error, f"one of {listed(known)}") + nearest(error.instance, known)


def _unknown_keys(error: Any) -> str:
    known = list(error.schema.get("properties", {}))
    unknown = [str(key) for key in error.instance if key not in known]
    said = [f"the key {_cut(key)} is unknown.{nearest(key, known)}" for key in unknown[:_UNKNOWN]]
    if len(unknown) > _UNKNOWN:
        said.append(f"{len(unknown) - _UNKNOWN} more are unknown.")
    if not all(nearest(key, known) for key in unknown[:_UNKNOWN]):
        said.append(f"Known: {listed(known)}.")
    return " ".join(said)


def _required(error: Any) -> str:
    missing = [key for key in error.validator_value if key not in error.instance]
    base = " Or write `based_on: thesis` and only what differs." if not error.absolute_path else ""
    if len(missing) == 1:
        return f"the key {missing[0]} is missing. Add it.{base}"
    return f"the keys {', '.join(missing)} are missing. Add them.{base}"


def _needs(error: Any) -> str:
    there = error.instance
    return " ".join(
        f"{key} goes with {' and '.join(missing)}, which {_verb(missing)} missing. Add what is "
        f"missing, or write {key}: null."
        for key, needed in error.validator_value.items()
        if key in there and (missing := [name for name in needed if name not in there])
    )


def _verb(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _one_of(error: Any) -> str:
    """One of several sets of keys: the corpus's, a model's, a file's."""
    if not isinstance(error.instance, Mapping):
        return _must_be(error, _TYPES["object"])
    choices = [choice["required"] for choice in error.validator_value]
    given = [key for keys in choices for key in keys if key in error.instance]
    if not any(set(keys) <= set(given) for keys in choices):
        ways = ", or ".join(" and ".join(keys) for keys in choices)
        return f"needs {ways}{f'; it has {listed(given)} alone' if given else ''}."
    if "world" in given:
        return MIXED_CORPUS
    goes = next(key for key in given if key != "path")
    needed = error.schema.get("dependentRequired", {})
    beside = [key for key in needed if key in error.instance and goes in needed[key]]
    nulls = ", ".join(f"{key}: null" for key in (goes, *beside))
    return (
        f"has {' and '.join(given)}. Keep one; null takes a key of the base study away, e.g. "
        f"{nulls}."
    )


MIXED_CORPUS = (
    "`world` makes this study's corpus a generated one (perhaps that of the study that it is based "
    "on), which has no other pictures and annotations. For data of your own base the study on "
    "`thesis`; or write `world: null` under corpus, and an id or path for each model."
)


def _bound(error: Any) -> str:
    bounds = [
        f"{words} {error.schema[key]}"
        for key, words in (
            ("minimum", "at least"), ("exclusiveMinimum", "more than"),
            ("maximum", "at most"), ("exclusiveMaximum", "less than"),
        )
        if key in error.schema
    ]  # fmt: skip
    return _must_be(error, " and ".join(bounds))


def _count(error: Any) -> str:
    number, words = error.validator_value, "at most" if "max" in error.validator else "at least"
    entries = "entry" if number == 1 else "entries"
    return f"must have {words} {number} {entries}, got {shown(error.instance)}."


def _twice(error: Any) -> str:
    again = next(value for value in error.instance if error.instance.count(value) > 1)
    return f"has {shown(again)} twice. Remove one."


_WORDS: dict[str, Callable[[Any], str]] = {
    "type": _type,
    "pattern": _pattern,
    "enum": _enum,
    "additionalProperties": _unknown_keys,
    "required": _required,
    "dependentRequired": _needs,
    "oneOf": _one_of,
    "anyOf": _one_of,
    "minLength": lambda error: _must_be(error, "a text that is not empty"),
    "uniqueItems": _twice,
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _bound),
    **dict.fromkeys(("minItems", "maxItems", "minProperties"), _count),
}
"""How each keyword of the schema is said; a test holds that the schema has no other."""
