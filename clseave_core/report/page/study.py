"""What the page must know of a study, and the files it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from clseave_core.languages import LANGUAGES
from clseave_core.report.figures.pictured import Pictured, pictured_methods

Entries = Mapping[str, Mapping[str, Any]]
Paths = Sequence[str | Path]


@dataclass(frozen=True)
class PageStudy:
    """The study's file under the names of its keys; `main` are the methods of the accuracy table.

    `generated` says whether the corpus is a generated world, whose seed is `world_seed`. `credit`
    is what the pictures' licence asks to be said beside them.
    """

    name: str
    description: str
    languages: Sequence[str]
    seeds: Sequence[int]
    testsets: Sequence[str]
    methods: Entries
    teachers: Entries
    main: Sequence[str]
    models: Entries
    generated: bool
    world_seed: int
    comparisons: Mapping[str, Any] = field(default_factory=dict)
    reuse: Mapping[str, str] = field(default_factory=dict)
    credit: str | None = None

    @cached_property
    def pictured(self) -> Pictured:
        """The English model and the student that the page speaks of first."""
        return pictured_methods(self.main, self.methods, self.teachers)

    @property
    def testset(self) -> str:
        """The first test set: the one of the headline, the questions and the examples."""
        return self.testsets[0]

    @property
    def token_methods(self) -> list[str]:
        """The methods that align tokens (CLTEAVE and its arms)."""
        return [
            name for name, entry in self.methods.items() if entry.get("objective") == "token_mse"
        ]


@dataclass(frozen=True)
class PageFiles:
    """Paths. `comparisons` and `quality` are empty where the study has no such table; the first of
    `quality` measures each language's translations, the second lists those that look broken.

    `tables` are the accuracy table's companions as CSV; a Markdown file beside one holds its
    caption. `translations` stand in the order of the study's languages. `histories` are the
    students' of the main methods, `logs` and `benchmarks` the study's folders. `claims` is the data
    file of claims, `published` the one that the study names, or empty.
    """

    accuracy: str | Path
    tables: Paths
    comparisons: Paths
    quality: Paths
    figures: Paths
    corpus: str | Path
    pairs: str | Path
    hypotheses: str | Path
    translations: Paths
    predictions: Paths
    histories: Paths
    pictures: str | Path
    claims: Paths
    logs: str | Path
    benchmarks: str | Path
    project: str | Path
    published: Paths = ()


def language_name(code: str) -> str:
    """A language's English name; the code itself for one that is not in the project's table."""
    return LANGUAGES[code].name if code in LANGUAGES else code
