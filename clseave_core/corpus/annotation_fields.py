"""The names under which annotation files have their fields, and the labels' spellings."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clseave_core.labels import LABELS
from clseave_core.records.text import shown

PAIR = ("pairid", "questionid", "exampleid", "uid", "guid")
IMAGE = (
    "flickr30kid", "flikr30kid", "flickrid", "imageid", "imgid", "pictureid", "imagename",
    "imgname", "filename", "imagefilename", "imagefile", "imgfile", "imagepath", "imgpath",
    "filepath", "imagelink", "imageurl", "image", "img", "picture",
)  # fmt: skip
HYPOTHESIS = ("sentence2", "hypothesis", "hypothesistext", "statement", "sentence", "sent", "text")
LABEL = ("goldlabel", "labeltext", "labelname", "label", "gold", "relation")
"""Names without case and punctuation, the surest first."""
NO_GOLD_LABEL = "-"
SPELLINGS = {spelling: label for label in LABELS for spelling in (label, label[0])} | {
    "entail": LABELS[0],
    "entails": LABELS[0],
    "contradict": LABELS[2],
    "contradicts": LABELS[2],
}


@dataclass(frozen=True)
class Fields:
    """The keys of one row, "" for one that it has not; those of `image` must agree."""

    image: tuple[str, ...]
    hypothesis: str
    label: str
    pair: str


def find_fields(keys: Sequence[str]) -> Fields:
    """Which of the `keys` of a row (or the names of columns) are what."""
    plain: dict[str, str] = {}
    for key in keys:
        plain.setdefault(re.sub(r"[\W_]+", "", str(key).casefold()), key)
    images = [plain[name] for name in IMAGE if name in plain]
    # SNLI-VE's own name and that of XVNLI may stand side by side.
    own = [plain[name] for name in IMAGE[:2] if name in plain]
    return Fields(tuple(own or images[:1]), *(_first(plain, n) for n in (HYPOTHESIS, LABEL, PAIR)))


def _first(plain: Mapping[str, str], names: Sequence[str]) -> str:
    return next((plain[name] for name in names if name in plain), "")


def columns_of(names: Sequence[str], path: Path) -> Sequence[str]:
    """The columns of a table that are read; none where `names` are no header of annotations.

    Raises ValueError naming the file where a header has some of the fields and lacks others.
    """
    fields = find_fields([name for name in names if name])
    needed = {
        "picture (Flickr30K_ID, image_id, image, filename)": fields.image,
        "hypothesis (sentence2, hypothesis)": fields.hypothesis,
        "label (gold_label, label)": fields.label,
    }
    missing = [what for what, found in needed.items() if not found]
    if len(missing) > 1:
        return ()
    if missing:
        raise ValueError(
            f"{path} line 1: the columns {shown(list(names))} have no {missing[0]}. Add it, or "
            "rename the column."
        )
    found = (fields.pair, *fields.image, fields.hypothesis, fields.label)
    return [name for name in found if name]


def read_label(value: Any, key: str, place: str, numbers: Sequence[str] | None) -> str | None:
    """The label that `value` stands for; None where the annotators did not agree ("-", or -1).

    `numbers` are the labels that 0, 1 and 2 stand for. Raises ValueError naming place and value for
    a number without them, and for anything else.
    """
    if isinstance(value, dict) and len(value) == 1:
        (value,) = value  # e-ViL's JSON has {"neutral": 1.0}
    text = str(value).strip() if isinstance(value, str | int | float) else ""
    if text == NO_GOLD_LABEL:
        return None
    label = SPELLINGS.get(text.casefold())
    if label is not None:
        return label
    number = re.fullmatch(r"(-?\d+)(\.0*)?", text) if not isinstance(value, bool) else None
    if number is not None:
        return _numbered(int(number[1]), f"{place}: {key} {shown(value)}", numbers)
    raise ValueError(
        f"{place}: {key} {shown(value)} is not one of {', '.join(LABELS)}. Mend the line or "
        "download the file again."
    )


def _numbered(number: int, what: str, numbers: Sequence[str] | None) -> str | None:
    if numbers is None:
        raise ValueError(
            f"{what} is a number, and data sets number the labels in different orders. Write into "
            "the study what 0, 1 and 2 stand for in the file of each split, for example corpus: "
            f"labels: {{train: [{', '.join(LABELS)}]}}."
        )
    if number == -1:
        return None
    if not 0 <= number < len(numbers):
        raise ValueError(
            f"{what} is none of 0 to {len(numbers) - 1}, for which corpus.labels gives the labels. "
            "Mend the line."
        )
    return numbers[number]
