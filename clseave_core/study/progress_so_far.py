"""What a study has already found out about itself: its corpus, and the times of its jobs."""

import csv
from pathlib import Path

import pyarrow.parquet as pq

from clseave_core.files import read_json
from clseave_core.study.corpus_size import CorpusSize, expected_size, prepared_size, world_size
from clseave_core.study.sources import Sources
from clseave_core.translation.packing import encoded_length, one_line


def corpus_size(sources: Sources, results: str | Path = "results") -> CorpusSize:
    """The size of the corpus: counted if it is prepared, else what the study says.

    Raises ValueError when it is not prepared and the study has no `expected` counts.
    """
    folder = Path(results) / sources.name / "corpus"
    if (folder / "report.json").exists() and (folder / "hypotheses.parquet").exists():
        texts = pq.read_table(folder / "hypotheses.parquet", columns=["text"])["text"].to_pylist()
        lengths = (encoded_length(one_line(text)) for text in texts)
        return prepared_size(read_json(folder / "report.json"), lengths)
    if sources.is_generated:
        return world_size(sources.study)
    size = expected_size(sources.study)
    if size is None:
        raise ValueError(
            f"studies/{sources.name}.yaml has no corpus.expected (pairs and images), and its "
            "corpus is not prepared yet. Write what you expect there, or make "
            f"results/{sources.name}/corpus/report.json first."
        )
    return size


def measured_seconds(name: str, results: str | Path = "results") -> dict[str, list[float]]:
    """Seconds of the jobs of study `name` that have run, by rule, from its benchmarks."""
    folder = Path(results) / name / "benchmarks"
    seconds: dict[str, list[float]] = {}
    for path in sorted(folder.rglob("*.tsv")):
        rule = path.relative_to(folder).with_suffix("").parts[0]
        with path.open(encoding="utf-8", newline="") as file:
            times = [float(row["s"]) for row in csv.DictReader(file, delimiter="\t")]
        seconds.setdefault(rule, []).extend(times)
    return seconds
