"""From annotation files to the corpus tables: every sentence once, every id checked.

Test sets beyond `test` are read the same way. They may reuse pairs and pictures of train (332 of
XVNLI's 357 pictures are SNLI-VE train pictures): the report counts both, for whoever judges
leakage.
"""

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
from clseave_core.corpus.pictures import PictureSource
from clseave_core.corpus.schemas import HYPOTHESES, PAIRS, SPLITS
from clseave_core.corpus.snli_ve import Annotations, read_annotations
from clseave_core.files import write_json, write_table


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
) -> Corpus:
    """Read and check the annotation files of all splits.

    `annotations` has train, dev, test and any further test sets. `pictures` (or their ids) must
    have each picture that a pair names. `sentences` is a generated world's table (SENTENCES).
    `expected` gives `pairs` and `images` per split, as far as they are known; `labels`, per split,
    the labels that numbers stand for.

    Raises ValueError, with file, line and value, as `read_annotations` does, and on: a pair id
    or a picture that stands in two of train, dev and test; pictures that are not there; a sentence
    that the world does not know, or holds out for the other split; counts that are not as expected.
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
    _check_splits(read)
    check_pictures(read, pictures)
    texts, rows = number_sentences(read)
    if sentences is None:
        hypotheses = hypotheses_of_corpus(texts, rows)
    else:
        hypotheses = hypotheses_of_world(texts, rows, read, Path(sentences))
    report = count_corpus(read, rows, hypotheses["held_out"].to_numpy())
    if expected:
        check_counts(report, expected, read)
    pairs = {
        split: pa.table([part.pair_ids, part.image_ids, rows[split], part.labels], schema=PAIRS)
        for split, part in read.items()
    }
    return Corpus(pairs, hypotheses, report)


def _check_splits(read: Mapping[str, Annotations]) -> None:
    """A pair or a picture of two splits would let a training see what it is tested on."""
    pairs: dict[str, tuple[str, int]] = {}
    images: dict[str, tuple[str, int]] = {}
    for split in SPLITS:
        part = read[split]
        for row, (pair, image) in enumerate(zip(part.pair_ids, part.image_ids, strict=True)):
            for seen, what, identity in ((pairs, "pairID", pair), (images, "picture", image)):
                earlier, earlier_row = seen.setdefault(identity, (split, row))
                if earlier != split:
                    raise ValueError(
                        f"{part.place(row)}: {what} {identity!r} stands also in "
                        f"{read[earlier].place(earlier_row)}. Two splits must not share a pair or "
                        "a picture: check that each path is the file of its split, or delete the "
                        "lines from one of them."
                    )
