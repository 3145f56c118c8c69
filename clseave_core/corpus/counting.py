"""What stands in `corpus/report.json`, and whether it is what the study expects."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from clseave_core.corpus.hypotheses import Rows
from clseave_core.corpus.overlap import Overlap, Overlaps
from clseave_core.corpus.schemas import HELD_OUT
from clseave_core.corpus.snli_ve import Annotations
from clseave_core.labels import LABELS

Expected = Mapping[str, Mapping[str, int]]


def count_split(
    part: Annotations, rows: Rows, held_out: Rows, shared: Mapping[str, Overlap]
) -> dict[str, Any]:
    """The counts of one split.

    `rows` [n] are the split's sentence ids and `held_out` [m] the sentences' kinds. `sentences`
    counts distinct ones and `repeated_sentences` those of them that stand in several rows; `shared`
    is what the split has in common with others, by their names.
    """
    distinct, times = np.unique(rows, return_counts=True)
    labels = Counter(part.labels)
    images = set(part.image_ids)
    counts: dict[str, Any] = {
        "rows": len(part),
        "dropped_rows": part.dropped,
        "labels": {label: labels[label] for label in LABELS},
        "images": len(images),
        "sentences": len(distinct),
        "repeated_sentences": int((times > 1).sum()),
        "held_out_sentences": int((held_out[distinct] != "none").sum()),
        "held_out_rows": int((held_out[rows] != "none").sum()),
    }
    for other, overlap in shared.items():
        counts[f"images_shared_with_{other}"] = len(overlap.images)
        counts[f"pairs_shared_with_{other}"] = len(overlap.pairs)
        counts[f"rows_shared_with_{other}"] = overlap.rows
    return counts


def count_corpus(
    read: Mapping[str, Annotations],
    rows: Mapping[str, Rows],
    held_out: np.ndarray,
    shared: Overlaps,
) -> dict[str, Any]:
    """The content of `corpus/report.json`: counts per split, sentences by kind of `held_out`."""
    splits = {
        split: count_split(part, rows[split], held_out, shared.get(split, {}))
        for split, part in read.items()
    }
    return {
        "splits": splits,
        "sentences": {kind: int((held_out == kind).sum()) for kind in HELD_OUT},
    }


def check_counts(
    report: Mapping[str, Any], expected: Expected, read: Mapping[str, Annotations]
) -> None:
    """Raise ValueError with every count of `report` that is not as `expected` says.

    `expected` is {"pairs": {split: n}, "images": {split: n}}; what it leaves out is not checked.
    """
    wrong = []
    for quantity, key in (("pairs", "rows"), ("images", "images")):
        for split, number in expected.get(quantity, {}).items():
            if split not in read:
                raise ValueError(
                    f"expected: {quantity}: {split}: the study has no such split, only "
                    f"{', '.join(read)}. Remove the key or add the annotations."
                )
            counts = report["splits"][split]
            if counts[key] != number:
                dropped = f" and {counts['dropped_rows']:,} dropped" if key == "rows" else ""
                found = f"{counts[key]:,} {quantity}{dropped}"
                wrong.append(f"{read[split].path} has {found}, expected {number:,}")
    if wrong:
        raise ValueError(
            f"{'; '.join(wrong)}. Delete and download what is cut short, or, where the files are "
            "meant to be others, correct corpus: expected: in the study (null takes it away)."
        )
