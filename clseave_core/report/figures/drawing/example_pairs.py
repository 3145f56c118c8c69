"""Pictures, each beside its sentence in every language, the label and what the models answer."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any
from unicodedata import east_asian_width

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from clseave_core.report.figures.drawing.common import MOST_TOGETHER, finish
from clseave_core.report.figures.numbers.example_pairs import ExamplePair, Line
from clseave_core.report.figures.style import BLACK, GREY, families_for, new_figure

WRONG = "#D55E00"
_WIDTH, _PICTURE, _LINE = 7.0, 1.25, 0.2
"""Inches: the figure, a picture, a line of text."""
_ROOM = 70
"""Latin letters that stand between a language's code and the answers."""


def draw_example_pairs(
    pairs: Sequence[ExamplePair], title: str, credit: str | None = None
) -> Figure:
    """One row a pair; English and at most `MOST_TOGETHER` more languages are shown."""
    lines = 1 + max(len(_shown(pair.lines)) for pair in pairs)
    height = max(_PICTURE, lines * _LINE)
    figure = new_figure(_WIDTH, len(pairs) * (height + 0.12) + 0.7)
    ratios = [_PICTURE, _WIDTH - _PICTURE - 0.3]
    letters = {letter for pair in pairs for line in _shown(pair.lines) for letter in line.text}
    families = families_for(letters)
    for (left, right), pair in zip(
        figure.subplots(len(pairs), 2, width_ratios=ratios, squeeze=False), pairs, strict=True
    ):
        left.imshow(pair.picture, interpolation="antialiased")
        left.set_anchor("N")
        for axes in (left, right):
            axes.set_axis_off()
        _write(right, pair, lines, families)
    note = "Answers that are not the label stand in orange."
    return finish(figure, title, note="\n".join(filter(None, [note, credit])))


def _shown(lines: Sequence[Line]) -> list[Line]:
    return [*lines[: MOST_TOGETHER + 1]]


def fitted(text: str) -> str:
    """The text, cut where it would run into the answers; a Chinese character counts twice."""
    ends = accumulate(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
    room = sum(end <= _ROOM for end in ends)
    return text if room == len(text) else text[: room - 1] + "…"


def _write(axes: Axes, pair: ExamplePair, lines: int, families: list[str]) -> None:
    """The label, then each language: its code, the sentence, the answer."""
    axes.set(xlim=(0, 1), ylim=(lines, 0))
    axes.text(0, 0.5, f"label: {pair.label}", color=GREY, va="center", parse_math=False)
    axes.text(1, 0.5, "answer", color=GREY, va="center", ha="right")
    for place, line in enumerate(_shown(pair.lines), start=1):
        wrong = line.answer != pair.label
        height: dict[str, Any] = {"y": place + 0.5, "va": "center"}
        axes.text(0, s=line.language, color=GREY, **height)
        axes.text(
            0.055, s=fitted(line.text), color=BLACK, parse_math=False, family=families,
            **height,
        )  # fmt: skip
        axes.text(
            1, s=line.answer, ha="right", color=WRONG if wrong else BLACK,
            fontweight="bold" if wrong else "normal", **height,
        )  # fmt: skip
