"""Which methods the figures show that have room for one English model and its students."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clseave_core.evaluation.references import english_reference

Entries = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Pictured:
    """The `teacher`, its `english` method, and the `student` method that learns from it.

    `english` is None in a study that does not evaluate that teacher in English, `student` in one
    without students.
    """

    teacher: str
    english: str | None
    student: str | None

    @property
    def methods(self) -> list[str]:
        """The methods there are, English first."""
        return [method for method in (self.english, self.student) if method is not None]


def pictured_methods(main: Sequence[str], methods: Entries, teachers: Entries) -> Pictured:
    """Choose from `main`, the methods of the accuracy table, in its order.

    The student is the first that trains its own students on whole sentences, as CLSEAVE does,
    else the first that trains any. English is what it is measured against; without a student, the
    first method that has none.
    """
    training = [
        name for name in main if methods[name].get("student") and "trained_as" not in methods[name]
    ]
    sentences = [name for name in training if methods[name].get("objective") == "sentence_mse"]
    student = next(iter(sentences or training), None)
    if student is None:
        english = next(name for name in main if not methods[name].get("student"))
        return Pictured(methods[english]["teacher"], english, None)
    reference = english_reference(student, methods, teachers)
    return Pictured(methods[student]["teacher"], reference if reference in main else None, student)
