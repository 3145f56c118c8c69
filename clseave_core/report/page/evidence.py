"""What the verdicts and answers of the page rest on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clseave_core.report.page.headline import Result
from clseave_core.report.page.numbers import Difference
from clseave_core.report.page.study import PageStudy
from clseave_core.report.published import Published


@dataclass(frozen=True)
class Evidence:
    """What the rules look at, all of it on one test set.

    `results` by method and language; `differences` between methods; `errors` gives for each
    language of a method its last train and dev MSE per dimension, both in eval mode. `same_corpus`
    says that the corpus is the published one, `leaked` that the test set shares with train.
    """

    study: PageStudy
    results: Mapping[tuple[str, str], Result]
    differences: Sequence[Difference]
    errors: Mapping[tuple[str, str], tuple[float, float]]
    published: Published
    same_corpus: bool = False
    leaked: bool = False

    def languages(self, method: str) -> list[str]:
        """The languages in which a method was measured, in the study's order."""
        order = ["en", *self.study.languages]
        return [code for code in order if (method, code) in self.results]
