"""The source's research questions with what this study's tables answer, and the tests behind it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clseave_core.report.page.evidence import Evidence
from clseave_core.report.page.headline import Headline, Result
from clseave_core.report.page.numbers import Difference, Row, between
from clseave_core.report.page.study import PageStudy
from clseave_core.report.published import where


@dataclass(frozen=True)
class Control:
    """A method that lacks something, and in words what."""

    words: str
    result: Result


@dataclass(frozen=True)
class TokenArms:
    """How the token methods stand against the student of whole sentences, arm by language."""

    reference: str
    arms: Sequence[Difference]

    @property
    def behind(self) -> list[Difference]:
        """Those whose whole interval lies below the student's."""
        return [arm for arm in self.arms if arm.high < 0]

    @property
    def worst(self) -> Difference:
        """The arm that is farthest behind."""
        return min(self.arms, key=lambda arm: arm.value)

    @property
    def best(self) -> Difference:
        """The arm that is nearest, or ahead."""
        return max(self.arms, key=lambda arm: arm.value)


@dataclass(frozen=True)
class Question:
    """A question, the source's answer, and the rows of `comparisons.csv` that bear on ours."""

    number: int
    title: str
    question: str
    answer: str
    where: str
    tests: Sequence[Row]


@dataclass(frozen=True)
class Answers:
    """What the study's own answers are made of; empty parts were not measured."""

    controls: Sequence[Control]
    tokens: TokenArms | None
    gaps_overlap: bool | None


def questions(evidence: Evidence, compared: Sequence[Row]) -> list[Question]:
    """Every question of the published file, with the comparisons of the first test set."""
    study = evidence.study
    rows = [row for row in compared if row["testset"] == study.testset]
    return [
        Question(
            entry["number"],
            entry["title"],
            entry["question"],
            entry["answer"],
            where(entry["reference"]),
            [row for row in rows if _BEARS_ON.get(entry["number"], _nothing)(row, study)],
        )
        for entry in evidence.published.get("questions", [])
    ]


def answers(evidence: Evidence, first: Headline) -> Answers:
    """What the study says to the questions."""
    study = evidence.study
    controls = [
        Control(words, evidence.results[method, "en"])
        for method in study.main
        if (method, "en") in evidence.results and (words := lacking(study, method))
    ]
    return Answers(controls, _token_arms(evidence), _overlap(first))


def lacking(study: PageStudy, method: str) -> str:
    """What a control lacks, in words; nothing for a method that is none."""
    entry = study.methods[method]
    teacher = study.teachers[entry["teacher"]]
    said: list[tuple[Mapping[str, Any], str, str, str]] = [
        (entry, "premise", "shuffled", "with another pair's picture"),
        (teacher, "premise", "constant", "from the sentence alone"),
        (teacher, "hypothesis", "constant", "from the picture alone"),
        (teacher, "image_tower", "random", "with an untrained image tower"),
    ]
    return next((words for where_, key, value, words in said if where_.get(key) == value), "")


def _token_arms(evidence: Evidence) -> TokenArms | None:
    student = evidence.study.pictured.student
    arms = [
        found
        for method in evidence.study.token_methods
        for language in evidence.languages(method)
        if (found := between(evidence.differences, method, str(student), language))
    ]
    return TokenArms(str(student), arms) if arms else None


def _overlap(first: Headline) -> bool | None:
    """Whether all gaps' intervals share a point; None where there are not two with intervals."""
    gaps = [result.gap for result in first.students if result.gap]
    ends = [(gap.low, gap.high) for gap in gaps if gap.low is not None and gap.high is not None]
    if len(ends) < 2:
        return None
    return max(low for low, _ in ends) <= min(high for _, high in ends)


def _nothing(row: Row, study: PageStudy) -> bool:
    return False


def _in_english(row: Row, study: PageStudy) -> bool:
    return row["sentences"] == "all" and row["from_language"] == row["to_language"] == "en"


def _of_tokens(row: Row, study: PageStudy) -> bool:
    pair = {row["from_method"], row["to_method"]}
    return row["sentences"] == "all" and not pair.isdisjoint(study.token_methods)


def _to_english(row: Row, study: PageStudy) -> bool:
    pictured = study.pictured
    ends = {row["from_language"], row["to_language"]}
    return (
        len(ends) == 2
        and "en" in ends
        and {row["from_method"], row["to_method"]} == {pictured.english, pictured.student}
    )


def _of_factors(row: Row, study: PageStudy) -> bool:
    """Errors that were put into translations on purpose."""
    return row["sentences"] == "all" and row["family"].startswith("noise")


_BEARS_ON: dict[int, Callable[[Row, PageStudy], bool]] = {
    1: _in_english,
    2: _of_tokens,
    3: _to_english,
    4: _of_factors,
}
