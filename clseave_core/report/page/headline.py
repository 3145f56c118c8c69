"""The first screen's numbers: the English model, its students, and how far apart they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clseave_core.report.page.numbers import Row
from clseave_core.report.page.study import PageStudy, language_name

CHANCE = 100 / 3
"""Percent that guessing scores with three labels of one size."""


@dataclass(frozen=True)
class Gap:
    """Points behind English on the same pairs, and the 95 % interval.

    `low` and `high` are None where the study has no comparison for it. `arrives` (yes, no or
    nothing) and the `margin` of that test in points are the comparison's words.
    """

    value: float
    low: float | None = None
    high: float | None = None
    arrives: str = ""
    margin: str = ""


@dataclass(frozen=True)
class Result:
    """One method in one language: percent and its 95 % interval, texts as the tables have them."""

    language: str
    name: str
    row: Row
    gap: Gap | None
    held_out_gap: Gap | None

    @property
    def accuracy(self) -> float:
        """Percent."""
        return float(self.row["test_accuracy"])

    @property
    def has_interval(self) -> bool:
        """Whether there were enough pictures and sentences for one."""
        return bool(self.row["ci_low"])

    @property
    def low(self) -> float:
        """The interval's lower bound in percent; the accuracy where there is no interval."""
        return float(self.row["ci_low"] or self.row["test_accuracy"])

    @property
    def high(self) -> float:
        """The interval's upper bound in percent; the accuracy where there is no interval."""
        return float(self.row["ci_high"] or self.row["test_accuracy"])


@dataclass(frozen=True)
class Scale:
    """The axis of a picture of intervals: percent from `low` to `high` on a width of 100."""

    low: float
    high: float

    @classmethod
    def around(cls, results: Iterable[Result]) -> "Scale":
        """The scale that holds all intervals, with room at both ends."""
        results = list(results)
        low = min(result.low for result in results)
        high = max(result.high for result in results)
        room = max(0.1 * (high - low), 0.1)
        return cls(low - room, high + room)

    def place(self, percent: float) -> str:
        """Where a value lies, from 0 to 100."""
        return format(100 * (percent - self.low) / (self.high - self.low), ".2f")


@dataclass(frozen=True)
class Headline:
    """`english` is None where the study does not evaluate it, `students` may be empty."""

    english: Result | None
    students: Sequence[Result]

    @property
    def results(self) -> list[Result]:
        """English first."""
        return [*([self.english] if self.english else []), *self.students]

    @property
    def scale(self) -> Scale:
        """The axis for all of them."""
        return Scale.around(self.results)

    @property
    def farthest(self) -> Result | None:
        """The student with the largest gap to English."""
        behind = [result for result in self.students if result.gap is not None]
        return max(behind, key=lambda result: result.gap.value if result.gap else 0, default=None)

    @property
    def lowest(self) -> float:
        """The lowest accuracy of a student."""
        return min(result.accuracy for result in self.students)

    @property
    def highest(self) -> float:
        """The highest accuracy of a student."""
        return max(result.accuracy for result in self.students)

    @property
    def arriving(self) -> list[str] | None:
        """Languages in which the student arrives by the equivalence test; None where untested."""
        tested = [result for result in self.students if result.held_out_gap]
        tested = [one for one in tested if one.held_out_gap and one.held_out_gap.arrives]
        if not tested:
            return None
        return [
            one.name for one in tested if one.held_out_gap and one.held_out_gap.arrives == "yes"
        ]


def headline(study: PageStudy, lines: Sequence[Row], compared: Sequence[Row]) -> Headline:
    """Read the pictured methods from the accuracy lines; gaps' intervals from `comparisons.csv`."""
    pictured = study.pictured
    of = {(row["method"], row["language"]): row for row in lines if row["testset"] == study.testset}
    english = of.get((str(pictured.english), "en"))
    students = [
        result(study, of[str(pictured.student), language], compared)
        for language in study.languages
        if (str(pictured.student), language) in of
    ]
    return Headline(result(study, english, compared) if english else None, students)


def result(study: PageStudy, row: Row, compared: Sequence[Row]) -> Result:
    """A line of the accuracy table with its gaps, where it has any."""
    gaps = {
        sentences: _gap(study, row, column, sentences, compared)
        for column, sentences in (("gap_to_english", "all"), ("held_out_gap", "held_out"))
    }
    return Result(
        row["language"], language_name(row["language"]), row, gaps["all"], gaps["held_out"]
    )


def _gap(
    study: PageStudy, row: Row, column: str, sentences: str, compared: Sequence[Row]
) -> Gap | None:
    """Points behind English: the accuracy table's, with the interval of the paired comparison."""
    if not row[column]:
        return None
    value = float(row[column])
    for one in compared:
        ends = {one["from_language"]: "from", one["to_language"]: "to"}
        here = ends.get(row["language"])
        if (
            len(ends) < 2
            or here is None
            or "en" not in ends
            or one["testset"] != row["testset"]
            or one["sentences"] != sentences
            or one[f"{here}_method"] != row["method"]
            or not one["difference_low"]
        ):
            continue
        # The difference is `to` minus `from`; a gap is English minus the student.
        sign = -1 if here == "to" else 1
        ends_of = (sign * float(one[f"difference_{end}"]) + 0.0 for end in ("low", "high"))
        low, high = sorted(ends_of)  # without the sign of a negative zero
        return Gap(value, low, high, one["arrives"], one["margin"])
    return Gap(value)
