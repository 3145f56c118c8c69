"""What is wrong with a study, one line each: the key, the value, what is allowed, what to do."""

import json
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

import jsonschema
import yaml

from clseave_core.redaction import without_secrets

_SHOWN = 60
_LISTED = 12
_TYPES = {
    "array": "a list", "boolean": "true or false", "integer": "a whole number", "null": "null",
    "number": "a number", "object": "a section with keys", "string": "text",
}  # fmt: skip
PATTERNS = {
    "^[a-z][a-z0-9_]*$": "a name of small letters, digits and _, which begins with a letter",
    "^([a-z]{2}|q[a-t][a-z])$": "the code of a language, such as de (ISO 639-1)",
    "^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)?$": (
        "the id of a model, such as openai/clip-vit-base-patch16"
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


def explain(error: jsonschema.ValidationError) -> str:
    """One line for what the schema says of a study, without secrets and without patterns."""
    place = error.json_path.removeprefix("$").removeprefix(".")
    said = _WORDS[str(error.validator)](error, place)
    return without_secrets(f"{said}{_number_hint(error.instance)}")


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that asks for the nearest of the `known` names; empty where none is near."""
    found = get_close_matches(name, list(known), n=1)
    return f" Did you mean {found[0]}?" if found else ""


def shown(value: Any) -> str:
    """A value, shortened: never a whole section."""
    if isinstance(value, Mapping):
        return f"a section with the keys {listed(map(str, value))}" if value else "an empty section"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def listed(names: Iterable[str]) -> str:
    """Names with commas, the first ones of many."""
    found = list(names)
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    return ", ".join(found[:_LISTED]) + more


def _must_be(error: jsonschema.ValidationError, place: str, what: str) -> str:
    return f"{place or 'the study'}: must be {what}, got {shown(error.instance)}."


def _type(error: Any, place: str) -> str:
    wanted = error.validator_value
    types = [wanted] if isinstance(wanted, str) else list(wanted)
    return _must_be(error, place, " or ".join(_TYPES[name] for name in types))


def _pattern(error: Any, place: str) -> str:
    what = PATTERNS.get(error.validator_value, "written in another way")
    if "propertyNames" in error.absolute_schema_path:
        return f"{place}: the key {shown(error.instance)} must be {what}."
    return _must_be(error, place, what)


def _enum(error: Any, place: str) -> str:
    known = [str(value) for value in error.validator_value]
    return _must_be(error, place, f"one of {listed(known)}") + nearest(str(error.instance), known)


def _unknown_keys(error: Any, place: str) -> str:
    known = list(error.schema.get("properties", {}))
    unknown = [str(key) for key in error.instance if key not in known]
    above = f"{place}." if place else ""
    hints = "".join(nearest(key, known) for key in unknown[:3])
    keys = listed(f"{above}{key}" for key in unknown)
    verb = "is no key" if len(unknown) == 1 else "are no keys"
    return f"{keys} {verb} of {place or 'a study'}.{hints} Known: {listed(known)}."


def _required(error: Any, place: str) -> str:
    missing = [key for key in error.validator_value if key not in error.instance]
    named = next((key for key in missing if f"'{key}'" in error.message), missing[0])
    return f"{place or 'the study'}: the key {named} is missing. Add it."


def _needs(error: Any, place: str) -> str:
    for key, needed in error.validator_value.items():
        missing = [name for name in needed if name not in error.instance]
        if key in error.instance and missing:
            return f"{place}: the key {key} goes with {' and '.join(missing)}, which is missing."
    raise AssertionError("an error of dependentRequired has a key that is missing")


def _one_of(error: Any, place: str) -> str:
    """One of several sets of keys: the corpus's, a model's, a file's."""
    if not isinstance(error.instance, Mapping):  # said of its type, too
        return _must_be(error, place, _TYPES["object"])
    choices = [choice["required"] for choice in error.validator_value]
    there = [keys for keys in choices if set(keys) <= set(error.instance)]
    ways = ", or ".join(" and ".join(keys) for keys in choices)
    if not there:
        return f"{place}: has no way to it. Give {ways}."
    both = " and ".join(key for keys in there for key in keys)
    if place == "corpus":
        return (
            f"{place}: has {both}, which exclude each other: `world` makes a generated corpus. For "
            "data of your own write `world: null` under corpus, which takes the base's key away, "
            "or base the study on `thesis`."
        )
    return f"{place}: has {both}. Keep one; null takes a key of the base study away."


def _bound(words: str) -> Callable[[Any, str], str]:
    return lambda error, place: _must_be(error, place, f"{words} {error.validator_value}")


def _count(words: str) -> Callable[[Any, str], str]:
    def said(error: Any, place: str) -> str:
        number = error.validator_value
        entries = "entry" if number == 1 else "entries"
        return f"{place}: must have {words} {number} {entries}, got {shown(error.instance)}."

    return said


def _twice(error: Any, place: str) -> str:
    again = next(value for value in error.instance if error.instance.count(value) > 1)
    return f"{place}: has {shown(again)} twice. Remove one."


_WORDS: dict[str, Callable[[Any, str], str]] = {
    "type": _type,
    "pattern": _pattern,
    "enum": _enum,
    "additionalProperties": _unknown_keys,
    "required": _required,
    "dependentRequired": _needs,
    "oneOf": _one_of,
    "anyOf": _one_of,
    "minimum": _bound("at least"),
    "maximum": _bound("at most"),
    "exclusiveMinimum": _bound("more than"),
    "exclusiveMaximum": _bound("less than"),
    "minLength": lambda error, place: _must_be(error, place, "a text that is not empty"),
    "minItems": _count("at least"),
    "maxItems": _count("at most"),
    "minProperties": _count("at least"),
    "uniqueItems": _twice,
}
"""How each keyword of the schema is said; a test holds that the schema has no other."""


def _number_hint(value: Any) -> str:
    """What to write where a number was read as text."""
    if not isinstance(value, str) or not _is_number(value):
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
