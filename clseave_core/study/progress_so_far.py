"""What a study has already found out about itself: its corpus, and the times of its jobs."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq

from clseave_core.corpus.fetching import at_hand
from clseave_core.corpus.snli_ve import Annotations, read_annotations
from clseave_core.files import read_json
from clseave_core.study.corpus_size import (
    CorpusSize,
    counted_size,
    expected_size,
    prepared_size,
    unknown_size,
    world_size,
)
from clseave_core.study.sources import Sources
from clseave_core.translation.packing import encoded_length, one_line


def corpus_size(
    sources: Sources,
    results: str | Path = "results",
    read: Mapping[str, Annotations] | None = None,
) -> CorpusSize:
    """The size of the corpus: counted if it is prepared, else what the study says.

    Without `expected` counts the study's own files are counted; nothing is known where they are not
    all here. `read` are the annotations that are here, for whoever has read them already. Raises
    ValueError where one of them cannot be read.
    """
    folder = Path(results) / sources.name / "corpus"
    if (folder / "report.json").exists() and (folder / "hypotheses.parquet").exists():
        texts = pq.read_table(folder / "hypotheses.parquet", columns=["text"])["text"].to_pylist()
        lengths = (encoded_length(one_line(text)) for text in texts)
        return prepared_size(read_json(folder / "report.json"), lengths)
    if sources.is_generated:
        return world_size(sources.study)
    size = expected_size(sources.study)
    return size or _counted(sources, _read(sources) if read is None else read)


def _read(sources: Sources) -> dict[str, Annotations]:
    files = {split: sources.raw_files[split] for split in sources.splits}
    places = {split: at_hand(file) for split, file in files.items()}
    if None in places.values():
        return {}
    return {
        split: read_annotations(place, files[split].get("labels"))
        for split, place in places.items()
        if place is not None
    }


def _counted(sources: Sources, read: Mapping[str, Annotations]) -> CorpusSize:
    """The size of a corpus whose annotations are here, as they are."""
    if not set(sources.splits) <= read.keys():
        return unknown_size(sources.splits)
    texts = dict.fromkeys(text for part in read.values() for text in part.hypotheses)
    images = {image for part in read.values() for image in part.image_ids}
    pairs = {split: len(part) for split, part in read.items()}
    lengths = [encoded_length(one_line(text)) for text in texts]
    return counted_size(pairs, len(images), lengths, "counted: the study's own files")


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
