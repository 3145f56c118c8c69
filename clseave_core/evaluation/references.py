"""Which English method another method is compared with.

Read from the study's `methods` and `teachers` alone, so that a new teacher or student needs no
word about it.
"""

from collections.abc import Mapping
from typing import Any

Entries = Mapping[str, Mapping[str, Any]]

_PLAIN_TEACHER = {"image_tower": "pretrained", "premise": "image", "hypothesis": "text"}


def english_reference(method: str, methods: Entries, teachers: Entries) -> str | None:
    """The English method that `method` is measured against; None for such a method itself.

    It is the method without student, with its own pictures, of the same teacher. Where that is
    `method` itself and its teacher is a control (constant premise, constant hypothesis, random
    image tower), it is the one of the teacher on the same CLIP that is no control.
    """
    teacher = methods[method]["teacher"]
    reference = _english_method([teacher], methods)
    if reference != method:
        return reference
    if _is(teachers[teacher], _PLAIN_TEACHER):
        return None
    return _english_method(_teachers_like(teacher, teachers, _PLAIN_TEACHER), methods)


def hypothesis_only_reference(method: str, methods: Entries, teachers: Entries) -> str | None:
    """The English method that sees no picture, on the same CLIP as `method`; None without one."""
    blind = {**_PLAIN_TEACHER, "premise": "constant"}
    return _english_method(_teachers_like(methods[method]["teacher"], teachers, blind), methods)


def plain_teachers(teachers: Entries) -> list[str]:
    """The teachers that are no controls."""
    return [name for name, entry in teachers.items() if _is(entry, _PLAIN_TEACHER)]


def _teachers_like(teacher: str, teachers: Entries, wanted: Mapping[str, str]) -> list[str]:
    """The teachers on the CLIP of `teacher` with the wanted settings."""
    model = teachers[teacher]["model"]
    return [
        name for name, entry in teachers.items() if entry["model"] == model and _is(entry, wanted)
    ]


def _is(teacher: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    """Whether a teacher has these settings (what it does not say is plain)."""
    return all(teacher.get(key, _PLAIN_TEACHER[key]) == value for key, value in wanted.items())


def _english_method(teachers: list[str], methods: Entries) -> str | None:
    """The one English method without student and with its own pictures of these teachers."""
    found = [
        name
        for name, entry in methods.items()
        if entry["teacher"] in teachers
        and entry["setting"] == "english"
        and not entry.get("student")
        and entry.get("premise", "image") == "image"
    ]
    if len(found) > 1:
        raise ValueError(
            f"the methods {', '.join(found)} are all the English model of teacher "
            f"{' or '.join(teachers)}, so a gap to English has no one meaning. Keep one of them in "
            "the study, or give the others a teacher of their own."
        )
    return found[0] if found else None
