"""From annotation files to the corpus tables: every sentence once, every id checked.

Test sets beyond `test` are read the same way. What the splits share is counted in the report and
refused where it would make a test worthless (`overlap.py`).
"""

import logging
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from clseave_core.corpus.absent_pictures import check_pictures
from clseave_core.corpus.counting import Expected, check_counts, count_corpus
from clseave_core.corpus.hypotheses import (
    hypotheses_of_corpus,
    hypotheses_of_world,
    number_sentences,
)
from clseave_core.corpus.overlap import overlaps, refuse_overlaps
from clseave_core.corpus.pictures import PictureSource
from clseave_core.corpus.schemas import HYPOTHESES, PAIRS, SPLITS
from clseave_core.corpus.snli_ve import read_annotations
from clseave_core.files import write_json, write_table

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Corpus:
    """A corpus in memory: `pairs` of each split (PAIRS), `hypotheses` (HYPOTHESES), `report`."""

    pairs: dict[str, pa.Table]
    hypotheses: pa.Table
    report: dict[str, Any]

    def save(self, folder: str | Path) -> None:
        """Write `{split}.parquet`, `hypotheses.parquet` and `report.json` into `folder`."""
        for split, table in self.pairs.items():
            write_table(Path(folder, f"{split}.parquet"), table, PAIRS)
        write_table(Path(folder, "hypotheses.parquet"), self.hypotheses, HYPOTHESES)
        write_json(Path(folder, "report.json"), self.report)


def prepare_corpus(
    annotations: Mapping[str, str | Path],
    pictures: PictureSource | Set[str],
    sentences: str | Path | None = None,
    expected: Expected | None = None,
    labels: Mapping[str, Sequence[str]] | None = None,
    *,
    overlap_allowed: bool = False,
) -> Corpus:
    """Read and check the annotation files of all splits.

    `annotations` has train, dev, test and any further test sets. `pictures` (or their ids) must
    have each picture that a pair names. `sentences` is a generated world's table (SENTENCES).
    `expected` gives `pairs` and `images` per split, as far as they are known; `labels`, per split,
    the labels that numbers stand for. `overlap_allowed` lets test sets share pairs and pictures
    with train, with a warning.

    Raises ValueError, with file, line and value, as `read_annotations` and `refuse_overlaps` do,
    and on: pictures that are not there; a sentence that the world does not know, or holds out for
    the other split; counts that are not as expected.
    """
    missing = [split for split in SPLITS if split not in annotations]
    if missing:
        raise ValueError(
            f"the study names no annotations of {', '.join(missing)}. Add the path or address "
            f"under corpus: annotations: {missing[0]}."
        )
    order = [*SPLITS, *(name for name in annotations if name not in SPLITS)]
    read = {
        split: read_annotations(annotations[split], (labels or {}).get(split)) for split in order
    }
    shared = overlaps(read)
    for said in refuse_overlaps(read, shared, allowed=overlap_allowed):
        logger.warning(said)
    check_pictures(read, pictures)
    texts, rows = number_sentences(read)
    if sentences is None:
        hypotheses = hypotheses_of_corpus(texts, rows)
    else:
        hypotheses = hypotheses_of_world(texts, rows, read, Path(sentences))
    report = count_corpus(read, rows, hypotheses["held_out"].to_numpy(), shared)
    if expected:
        check_counts(report, expected, read)
    pairs = {
        split: pa.table([part.pair_ids, part.image_ids, rows[split], part.labels], schema=PAIRS)
        for split, part in read.items()
    }
    return Corpus(pairs, hypotheses, report)
