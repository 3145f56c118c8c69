"""A few pairs of the test set as anybody can judge them: picture, sentence, label, answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from clseave_core.corpus.picture_decoding import decode_picture
from clseave_core.corpus.pictures import open_pictures
from clseave_core.labels import LABELS
from clseave_core.report.figures.numbers.answers import Answers

SHOWN = 4
LONGEST = 64
"""Letters of the longest English sentence that is shown where there are shorter ones."""


@dataclass(frozen=True)
class Line:
    """A sentence in one language, and what a model answers that reads it."""

    language: str
    text: str
    answer: str


@dataclass(frozen=True)
class ExamplePair:
    """A picture, the label of the pair, and a line for each language."""

    picture: Image.Image
    label: str
    lines: list[Line]


def choose_pairs(answers: Answers, texts: Sequence[str], seed: int = 0) -> list[int]:
    """Rows of `SHOWN` pairs drawn at random: one of each label, then one answered wrongly.

    No two have the same picture or sentence. `texts` [n] are the English sentences; long ones are
    taken only where there are no others. The last is one that a student gets wrong while English
    does not, or anybody, or the next of all.
    """
    order = np.random.default_rng(seed).permutation(len(answers.labels))
    order = order[np.argsort([len(texts[row]) > LONGEST for row in order], kind="stable")]
    right = {name: said[0] for name, said in answers.right.items()}
    students = [said for name, said in right.items() if name != "en"] or list(right.values())
    wrong = ~np.all(students, axis=0)
    lost = wrong & right["en"] if "en" in right else wrong
    wanted = [[answers.labels == place] for place in range(len(LABELS))]
    wanted.append([lost, wrong, np.ones_like(wrong)])
    chosen: list[int] = []
    for choices in wanted[:SHOWN]:
        free = (
            row
            for fits in choices
            for row in order.tolist()
            if fits[row]
            and all(answers.images[row] != answers.images[other] for other in chosen)
            and all(answers.hypotheses[row] != answers.hypotheses[other] for other in chosen)
        )
        chosen += [row for row in [next(free, None)] if row is not None]
    return chosen


def example_pairs(
    rows: Sequence[int],
    answers: Answers,
    texts: Mapping[str, Sequence[str]],
    pictures: str,
) -> list[ExamplePair]:
    """The pairs in `rows`; `texts` [n] by language, answers of the first seed."""
    wanted = frozenset(str(answers.images[row]) for row in rows)
    shown = {
        identity: decode_picture(data, identity)[0]
        for identity, data in open_pictures(pictures).stream(wanted)
    }
    return [
        ExamplePair(
            shown[str(answers.images[row])],
            LABELS[int(answers.labels[row])],
            [
                Line(name, texts[name][row], LABELS[int(said[0, row])])
                for name, said in answers.predicted.items()
            ],
        )
        for row in rows
    ]
