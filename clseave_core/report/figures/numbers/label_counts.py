"""How many pairs of each label a corpus has, ours beside the published ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clseave_core.labels import LABELS


@dataclass(frozen=True)
class LabelCounts:
    """One split: pairs by label, of ours and of SNLI-VE (if published), in the order of LABELS.

    `third_of_snli` is a third of SNLI's pairs, whose labels are not published exactly; None where
    nothing is published of the split.
    """

    split: str
    ours: list[int]
    snli_ve: list[int] | None
    third_of_snli: float | None


def label_counts(report: Mapping[str, Any], published: Mapping[str, Any]) -> list[LabelCounts]:
    """Counts for each split of `corpus/report.json`, in its order."""
    ve = published.get("corpus_facts", {}).get("labels", {})
    snli = published.get("corpus_sizes", {}).get("snli", {})
    return [
        LabelCounts(
            split,
            [int(facts["labels"][label]) for label in LABELS],
            [int(ve[split][label]) for label in LABELS] if split in ve else None,
            snli[split] / len(LABELS) if split in snli else None,
        )
        for split, facts in report["splits"].items()
    ]
