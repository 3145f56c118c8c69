"""What the splits share: a pair or a picture of train is no test of what was learnt from train.

Nobody is tested on what trained or chose a model unless a study says so: XVNLI's test set, for one,
has mostly pictures of SNLI-VE's train split. Its rows then say `leaked`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from clseave_core.corpus.schemas import SPLITS
from clseave_core.corpus.snli_ve import Annotations

ALLOWED = "allowed"
"""The study's word under `overlap`: test sets may share pairs and pictures with train."""
LEAKED = "leaked"
"""What the rows of such a test set say."""
_TRAIN, _DEV = SPLITS[:2]
_SHOWN = 2


@dataclass(frozen=True)
class Overlap:
    """What a split shares with another: ids of pictures and of pairs.

    `rows` counts the rows whose picture and sentence stand together in the other split, under
    whichever pair id. It is empty (false) where no picture and no pair is shared.
    """

    images: frozenset[str]
    pairs: frozenset[str]
    rows: int

    def __bool__(self) -> bool:
        return bool(self.images or self.pairs)


Overlaps = Mapping[str, Mapping[str, Overlap]]


def overlaps(read: Mapping[str, Annotations]) -> dict[str, dict[str, Overlap]]:
    """What dev shares with train, and each test set with train and with dev, empty or not."""
    return {
        name: {
            other: _between(part, read[other])
            for other in (_TRAIN, _DEV)
            if other in read and other != name
        }
        for name, part in read.items()
        if name != _TRAIN
    }


def refuse_overlaps(
    read: Mapping[str, Annotations], shared: Overlaps, *, allowed: bool
) -> list[str]:
    """Sentences about what is shared and may be; `shared` is of `overlaps`.

    `allowed` lets test sets share with train. Raises ValueError with the counts and two places
    where dev shares a pair or a picture with train, `test` with dev, or, unless it is allowed, a
    test set with train.
    """
    said = []
    for name, others in shared.items():
        for other, overlap in others.items():
            if not overlap:
                continue
            of_train = name != _DEV and other == _TRAIN
            if not (of_train and allowed) and (of_train or name in SPLITS):
                raise ValueError(_refusal(name, other, read, overlap))
            found = _counts(overlap, len(set(read[name].image_ids)), len(read[name]))
            if of_train:
                said.append(f"{name} is {LEAKED}: {found} stand in train.")
            else:
                said.append(
                    f"{name}: {found} stand in {other}, on which models are chosen: a weaker leak."
                )
    return said


def leaked_testsets(report: Mapping[str, Any]) -> dict[str, str]:
    """The test sets that share with train, and how much: by what `corpus/report.json` counts."""
    found = {}
    for name, split in report["splits"].items():
        images = split.get(f"images_shared_with_{_TRAIN}", 0)
        pairs = split.get(f"pairs_shared_with_{_TRAIN}", 0)
        if name not in (_TRAIN, _DEV) and (images or pairs):
            found[name] = (
                f"{images:,} of its {split['images']:,} pictures and {pairs:,} of its "
                f"{split['rows']:,} pairs stand in train"
            )
    return found


def sound_testsets(testsets: Sequence[str], report: Mapping[str, Any]) -> list[str]:
    """The test sets whose rows may be ranked and compared: those that are not leaked."""
    leaked = leaked_testsets(report)
    return [name for name in testsets if name not in leaked]


def _between(part: Annotations, other: Annotations) -> Overlap:
    images = frozenset(part.image_ids).intersection(other.image_ids)
    rows = 0
    if images:
        told = set(zip(part.image_ids, part.hypotheses, strict=True))
        told.intersection_update(zip(other.image_ids, other.hypotheses, strict=True))
        rows = sum(row in told for row in zip(part.image_ids, part.hypotheses, strict=True))
    return Overlap(images, frozenset(part.pair_ids).intersection(other.pair_ids), rows)


def _counts(overlap: Overlap, images: int, rows: int) -> str:
    return (
        f"{len(overlap.images):,} of its {images:,} pictures and {len(overlap.pairs):,} of its "
        f"{rows:,} pairs"
    )


def _refusal(name: str, other: str, read: Mapping[str, Annotations], overlap: Overlap) -> str:
    part = read[name]
    places = "; ".join(islice(_places(part, read[other], overlap), _SHOWN))
    counts = _counts(overlap, len(set(part.image_ids)), len(part))
    advice = "Check that each path is the file of its split, or delete the lines from one of them."
    if not overlap.images:
        advice += " Give other pairs other ids, where only the ids are the same."
    if name != _DEV and other == _TRAIN:
        advice += (
            f" Or write `overlap: {ALLOWED}` in the study: the rows of {name} then say `{LEAKED}` "
            "and are ranked with nobody."
        )
    return (
        f"{places}. In all {name} shares {counts} with {other} ({overlap.rows:,} rows with the "
        f"same picture and sentence); two splits must not share a pair or a picture. {advice}"
    )


def _places(part: Annotations, other: Annotations, overlap: Overlap) -> Iterator[str]:
    """Rows of `part` that share a pair, or else a picture, and where it stands in `other`."""
    shown: set[str] = set()
    for row, (pair, image) in enumerate(zip(part.pair_ids, part.image_ids, strict=True)):
        if pair in overlap.pairs:
            what, value, there = "pairID", pair, other.pair_ids.index(pair)
        elif image in overlap.images:
            what, value, there = "picture", image, other.image_ids.index(image)
        else:
            continue
        if value not in shown:
            shown.add(value)
            yield f"{part.place(row)}: {what} {value!r} stands also in {other.place(there)}"
