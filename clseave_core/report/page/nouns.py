"""What a natural study's tables of nouns say, for the page; nothing in other studies.

The two tables are those of `tabulate_nouns`: the level of each method, and the questions, whose
differences are of the same pairs and have intervals of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clseave_core.report.page.numbers import Row, ShownTable
from clseave_core.report.page.study import PageStudy

LEVELS, QUESTIONS = "nouns", "noun_questions"
MEAN = "mean"


@dataclass(frozen=True)
class Contrast:
    """One method minus another in points, on one group of sentences, by its row of the table."""

    row: Row

    @property
    def value(self) -> float:
        """Points of accuracy."""
        return float(self.row["difference"])

    @property
    def low(self) -> float:
        """The 95 % interval's lower bound; without an interval there is none."""
        return float(self.row["difference_low"] or "-inf")

    @property
    def high(self) -> float:
        """The 95 % interval's upper bound; without an interval there is none."""
        return float(self.row["difference_high"] or "inf")

    @property
    def decided(self) -> str:
        """`more` or `less` where the interval lies beside zero, else nothing."""
        return _beside_zero(self.low, self.high)

    @property
    def of_auc(self) -> str:
        """The same of the noun AUC; nothing too where it was not measured."""
        if not self.row["auc_difference"]:
            return ""
        return _beside_zero(*(float(self.row[f"auc_difference_{end}"]) for end in ("low", "high")))


@dataclass(frozen=True)
class NounAnswers:
    """Of the first test set: for each method its row of each group, and the questions' rows.

    A method that was measured several times has the row of the mean of all.
    """

    levels: Mapping[str, Mapping[str, Row]]
    rows: Sequence[Row]

    def of(self, question: str, group: str = "", *, each: bool = False) -> list[Contrast]:
        """The answers to a question: of the languages' mean, or of `each` language."""
        return [
            Contrast(row)
            for row in self.rows
            if row["question"] == question
            and group in ("", row["group"])
            and (row["language"] == MEAN) != each
        ]

    @property
    def blind(self) -> str | None:
        """The method that knows no noun."""
        return next((one.row["from_method"] for one in self.of("beyond_the_blind")), None)

    @property
    def nearest(self) -> str | None:
        """The method without labels that is nearest to its teacher on held-out nouns."""
        found = self.of("to_the_teacher")
        return max(found, key=lambda one: one.value).row["to_method"] if found else None

    @property
    def as_near(self) -> list[str]:
        """The methods that cannot be told from the nearest one."""
        return [one.row["to_method"] for one in self.of("nearest") if one.decided != "less"]


def noun_answers(study: PageStudy, tables: Sequence[ShownTable]) -> NounAnswers | None:
    """What the study's tables say of nouns; None for a study without them."""
    named = {table.name: table for table in tables}
    if LEVELS not in named or QUESTIONS not in named:
        return None
    levels: dict[str, dict[str, Row]] = {}
    for row in named[LEVELS].rows:
        if row["testset"] == study.testset:
            groups = levels.setdefault(row["method"], {})
            # Means stand behind the runs, and that of all languages last.
            if row["group"] not in groups or row["seed"] == MEAN:
                groups[row["group"]] = row
    rows = [row for row in named[QUESTIONS].rows if row["testset"] == study.testset]
    return NounAnswers(levels, rows)


def _beside_zero(low: float, high: float) -> str:
    return "more" if low > 0 else "less" if high < 0 else ""
