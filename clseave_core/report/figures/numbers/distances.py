"""Accuracy against the linguistic distance of each language from English."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clseave_core.report.figures.numbers.accuracy_rows import AccuracyRow


@dataclass(frozen=True)
class DistanceRows:
    """By kind of distance the distance of each language that has one; the rows they belong to."""

    distances: dict[str, dict[str, float]]
    rows: dict[str, AccuracyRow]

    @property
    def without(self) -> list[str]:
        """Languages of which no distance is known."""
        return [name for name in self.rows if not any(name in d for d in self.distances.values())]


def distance_rows(
    rows: Iterable[AccuracyRow],
    method: str,
    testset: str,
    distances: Mapping[str, Mapping[str, float]],
) -> DistanceRows:
    """The rows of `method` on `testset`, by language, with the distances known of them."""
    ours = {row.language: row for row in rows if row.method == method and row.testset == testset}
    known = {
        kind: {name: float(value) for name, value in of_languages.items() if name in ours}
        for kind, of_languages in distances.items()
    }
    return DistanceRows(known, ours)
