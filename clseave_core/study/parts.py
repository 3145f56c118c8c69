"""What the checks of a study's parts share."""

from collections.abc import Mapping
from typing import Any

from clseave_core.study.messages import meant

Study = Mapping[str, Any]


def check_name(place: str, name: str, kind: str, study: Study) -> list[str]:
    """Whether the study has the model, teacher, student or method that stands at `place`."""
    if name not in study[kind]:
        return [
            f"  {place}: {name!r} is none of the study's {kind}. {meant(name, study[kind])} "
            f"{if_inherited(place)}"
        ]
    if "package" in study[kind][name] and not place.startswith("students."):
        return [f"  {place}: {name!r} is for students with a frozen encoder only."]
    return []


def if_inherited(place: str) -> str:
    """A sentence that says how an entry goes which the user never wrote."""
    kind, *rest = place.split(".")[:2]
    entry = f"{kind}: {{{rest[0]}: null}}" if kind != "alignment" else "alignment: null"
    return f"If the base study has it, take it away: {entry}."


def check_training(place: str, training: Mapping[str, Any]) -> list[str]:
    """Whether a training says what it must; a preset is filled in by now."""
    missing = [key for key in ("epochs", "batch_size", "learning_rate") if key not in training]
    return [f"  {place}: {', '.join(missing)} must be given."] if missing else []


def check_padding(place: str, training: Mapping[str, Any]) -> list[str]:
    """Whether it is a training that can pack its batches: only a teacher's can."""
    if training.get("length_groups") != "packed":
        return []
    return [
        f"  {place}.length_groups: only teachers, CLIP's text tower, can be packed. Give a number."
    ]
