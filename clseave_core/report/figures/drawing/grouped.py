"""A share of pairs by group of pairs and language: by length, by template, by label."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from clseave_core.report.figures.drawing.common import (
    LIGHT,
    chunks,
    finish,
    language_handle,
    legend_height,
    seed_handle,
    whisker,
)
from clseave_core.report.figures.numbers.groups import GroupedShares
from clseave_core.report.figures.style import PALE, look_of, new_figure

_NOTE = "Whiskers: Wilson's 95 % intervals, which take pairs for independent."
_SPREAD = 0.8
"""How much of a group's width its marks may take."""


@dataclass(frozen=True)
class Wording:
    """What a figure of groups says: its title, what is counted, and what the groups are."""

    title: str
    share: str
    groups: str


def draw_grouped(shares: GroupedShares, words: Wording, *, ordered: bool) -> Figure:
    """Marks with intervals, side by side in each group, and below them the numbers of pairs.

    Of `ordered` groups the marks of a language are joined. More than a few languages are spread
    over several panels, with English in each.
    """
    names, languages = shares.names, list(shares.shares)
    parts = chunks(languages)
    width = min(max(0.58 * len(names) + 1.2, 5.5), 12)
    height = 2.3 * len(parts) + 1.9 + legend_height(len(languages) + 1, width)
    figure = new_figure(width, height)
    heights = [2.3] * len(parts) + [0.7]
    grid = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
    low = min(share.low for of in shares.shares.values() for share in of)
    high = max(share.high for of in shares.shares.values() for share in of)
    room = max(0.05 * (high - low), 0.5)
    for panel, part in zip(grid, parts, strict=False):
        _draw_part(panel, shares, part, ordered=ordered)
        panel.set_ylim(low - room, high + room)
        panel.set_ylabel(words.share)
    _draw_counts(grid[-1], shares.counts)
    labels = [name.replace("_", "\n").replace(" ", "\n") for name in names]
    grid[-1].set_xticks(range(len(names)), labels)
    grid[-1].set_xlabel(words.groups)
    grid[-1].set_xlim(-0.5, len(names) - 0.5)
    handles = [language_handle(name, linestyle="-" if ordered else "") for name in languages]
    if any(len(share.seeds) > 1 for of in shares.shares.values() for share in of):
        handles.append(seed_handle(lines=False))
    return finish(figure, words.title, handles, _NOTE)


def _draw_part(
    panel: Axes, shares: GroupedShares, languages: Sequence[str], *, ordered: bool
) -> None:
    for place in range(0, len(shares.names), 2):
        panel.axvspan(place - 0.5, place + 0.5, color=PALE, linewidth=0, zorder=0)
    step = min(_SPREAD / len(languages), 0.14)
    for number, name in enumerate(languages):
        look = look_of(name)
        shift = (number - (len(languages) - 1) / 2) * step
        places = [place + shift for place in range(len(shares.names))]
        of_language = shares.shares[name]
        if ordered:
            values = [share.percent for share in of_language]
            panel.plot(places, values, color=look.colour, linewidth=0.8, alpha=0.6)
        for x, share in zip(places, of_language, strict=True):
            if len(share.seeds) > 1:
                panel.plot([x] * len(share.seeds), share.seeds, color=look.colour, **LIGHT)
            whisker(panel, x, share.percent, (share.low, share.high), name)
    panel.grid(axis="y")
    panel.tick_params(axis="x", length=0, labelbottom=False)


def _draw_counts(panel: Axes, counts: Sequence[int]) -> None:
    bars = panel.bar(range(len(counts)), counts, 0.6, color="#bbbbbb")
    panel.bar_label(bars, fmt="{:,.0f}", padding=1, fontsize=6)
    panel.set_ylim(0, 1.35 * max(counts))
    panel.set_yticks([])
    panel.set_ylabel("pairs")
    panel.spines["left"].set_visible(False)
    panel.tick_params(axis="x", length=0)
