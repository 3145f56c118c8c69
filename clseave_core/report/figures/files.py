"""The files that the figures of a study are made from, and what they show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from clseave_core.corpus.overlap import LEAKED, leaked_testsets
from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import read_json, read_table
from clseave_core.report.figures.numbers.accuracy_rows import AccuracyRow, read_accuracy_rows
from clseave_core.report.figures.numbers.answers import Answers, read_answers
from clseave_core.report.figures.numbers.histories import Histories, read_histories
from clseave_core.report.figures.pictured import Pictured
from clseave_core.report.published import Published, load_published, values_beside
from clseave_core.translation.texts import read_texts

Paths = Iterable[str | Path]


@dataclass(frozen=True)
class StudyFiles:
    """Paths; each is read when a figure first needs it.

    `scores` and `predictions` are those of the pictured methods on `testset`, English first and
    languages in the study's order; `translations` are those of the languages by code, `pictures`
    the archive, `credit` what its licence asks to be said beside it. `distances` and `published`
    are data files of published numbers, as `data_files` gives them: `published` is empty for a
    study that names none.
    """

    study: str
    testset: str
    pictured: Pictured
    report: str | Path
    hypotheses: str | Path
    table: str | Path
    teacher_histories: Paths
    student_histories: Paths
    scores: Paths
    predictions: Paths
    pictures: str
    translations: Mapping[str, str]
    credit: str | None
    distances: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)

    @cached_property
    def corpus_report(self) -> dict[str, Any]:
        """What `corpus/report.json` says."""
        return dict(read_json(self.report))

    @cached_property
    def sentences(self) -> pd.DataFrame:
        """English text and template by hypothesis id."""
        rows = read_table(self.hypotheses, HYPOTHESES, ["hypothesis_id", "text", "template"])
        return rows.set_index("hypothesis_id")

    @cached_property
    def accuracy_rows(self) -> list[AccuracyRow]:
        """The rows of the accuracy table."""
        return read_accuracy_rows(self.table)

    @cached_property
    def teacher(self) -> Histories:
        """The teacher's history by seed."""
        return read_histories(self.teacher_histories).get(self.pictured.teacher, {})

    @cached_property
    def students(self) -> dict[str, dict[int, pd.DataFrame]]:
        """The students' histories by language and seed."""
        return read_histories(self.student_histories)

    @cached_property
    def answers(self) -> Answers:
        """What English and the students say about each pair."""
        return read_answers(self.predictions)

    @cached_property
    def texts(self) -> dict[str, list[str]]:
        """The sentence of each pair, by language."""
        rows = self.answers.hypotheses
        files = {"en": self.hypotheses, **self.translations}
        said = {name: read_texts(files[name]) for name in self.answers.predicted}
        return {name: [texts[row] for row in rows] for name, texts in said.items()}

    @cached_property
    def known_distances(self) -> Published:
        """The data file that holds the linguistic distances."""
        return load_published(self.distances)

    @cached_property
    def beside(self) -> Published:
        """The published numbers that may stand beside the study's."""
        return values_beside(self.published, self.corpus_report)

    @property
    def shown_testset(self) -> str:
        """The test set in words: one that is leaked says so."""
        leaked = self.testset in leaked_testsets(self.corpus_report)
        return f"{self.testset} ({LEAKED})" if leaked else self.testset
