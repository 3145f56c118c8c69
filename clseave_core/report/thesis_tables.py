"""The tables of the thesis as one list, ours beside the published."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from clseave_core.files import read_json
from clseave_core.report.accuracy_summary import accuracy_summary, published_systems
from clseave_core.report.corpus_tables import corpus_sizes, linguistic_distances
from clseave_core.report.formats import Table
from clseave_core.report.published import load_published, values_beside
from clseave_core.report.training_tables import dev_errors, hyper_parameters

Entries = Mapping[str, Mapping[str, Any]]
Files = Iterable[str | Path]


@dataclass(frozen=True)
class StudyParts:
    """What the tables must know of a study: the entries of its file under the same names.

    `methods` are all of the study, `main` names those of the accuracy table.
    """

    name: str
    languages: Sequence[str]
    methods: Entries
    main: Sequence[str]
    teachers: Entries
    autoencoders: Entries


def thesis_tables(
    study: StudyParts,
    *,
    report: str | Path,
    table: str | Path,
    comparisons: Files,
    histories: Sequence[str | Path],
    distances: Sequence[str | Path],
    published: Sequence[str | Path],
) -> list[Table]:
    """Make every table of `TABLES` (`clseave_core.report.table_names`), in its order.

    `report` is the corpus's `report.json`, `table` the accuracy table, `comparisons` are its
    companions, `histories` those of the main methods' students. `distances` is the data file of the
    languages' distances, which are facts of the languages and so there for every study; `published`
    is the one that the study names, or empty. The published columns are empty then, and where the
    corpus is not the published one.
    """
    counts = read_json(report)
    known = values_beside(published, counts)
    accuracy = _read(table)
    if accuracy.empty:
        raise ValueError(f"{table} has no row. Delete it to have it made again.")
    main = {name: study.methods[name] for name in study.main}
    return [
        linguistic_distances(study.languages, load_published(distances)),
        corpus_sizes(counts, known),
        accuracy_summary(
            accuracy, [_read(path) for path in comparisons], study.methods, study.teachers, known
        ),
        hyper_parameters(main, study.teachers, study.autoencoders, known),
        dev_errors("mse", histories, known),
        dev_errors("mae", histories, known),
        published_systems(accuracy, study.name, study.methods, study.teachers, known),
    ]


def _read(path: str | Path) -> pd.DataFrame:
    """A table as text, empty cells as empty text.

    That of a comparison has no row where its methods speak none of the study's languages.
    """
    return pd.read_csv(path, dtype=str, keep_default_na=False)
