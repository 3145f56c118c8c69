"""What a study says of a method, and in what it differs from another one."""

from collections.abc import Mapping
from typing import Any


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
