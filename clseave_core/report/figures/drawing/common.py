"""What several figures share: titles, legends, whiskers, panels for many languages."""

from collections.abc import Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from clseave_core.report.figures.style import GREY, look_of, new_figure

HOLLOW: dict[str, Any] = {
    "marker": "o",
    "linestyle": "",
    "markerfacecolor": "none",
    "markersize": 6,
}
"""A published number."""
LIGHT: dict[str, Any] = {"linestyle": "", "marker": "o", "markersize": 2.2, "alpha": 0.4}
"""A single seed."""
MOST_TOGETHER = 6
"""Languages, beside English, that one panel can show apart."""
_LETTER, _MARK = 0.062, 0.5
"""Inches that a letter of a legend and its mark take."""


def chunks(languages: Sequence[str]) -> list[list[str]]:
    """Languages panel by panel: English in each, and at most `MOST_TOGETHER` others, evenly."""
    others = [name for name in languages if name != "en"]
    panels = max(1, -(-len(others) // MOST_TOGETHER))
    size = max(1, -(-len(others) // panels))
    english = [name for name in languages if name == "en"]
    return [english + others[start : start + size] for start in range(0, len(others), size)] or [
        english
    ]


def language_handle(iso: str, **changes: Any) -> Line2D:
    """A legend's entry of a language."""
    look = look_of(iso)
    return Line2D([], [], color=look.colour, marker=look.marker, label=look.name, **changes)


def hollow(label: str, colour: str = GREY, **changes: Any) -> Line2D:
    """A legend's entry of published numbers: hollow marks, dashed lines."""
    return Line2D([], [], color=colour, label=label, **{**HOLLOW, **changes})


def seed_handle(*, lines: bool = True) -> Line2D:
    """A legend's entry of single seeds, as light lines or light points, beside their mean."""
    look: dict[str, Any] = {"linewidth": 0.7} if lines else LIGHT
    return Line2D([], [], **{"color": GREY, "alpha": 0.5, "label": "single seeds", **look})


def finish(figure: Figure, title: str, handles: Sequence[Artist] = (), note: str = "") -> Figure:
    """Give a figure its title above, and below it a note and a legend."""
    figure.suptitle(title)
    if handles or note:
        columns = max(1, min(len(handles), _columns_of(figure, handles)))
        by_row = [handle for column in range(columns) for handle in handles[column::columns]]
        figure.legend(handles=by_row, loc="outside lower center", ncols=columns, title=note or None)
    return figure


def _columns_of(figure: Figure, handles: Sequence[Artist]) -> int:
    """How many entries of a legend stand side by side in the figure's width."""
    widest = max((len(str(handle.get_label())) for handle in handles), default=1)
    return int((figure.get_figwidth() - 0.2) / (_LETTER * widest + _MARK))


def legend_height(names: int, width: float) -> float:
    """About the inches that a legend of so many languages takes in a figure of this width."""
    return 0.16 * -(-names // max(1, int(width / 1.05)))


def notice(title: str, text: str) -> Figure:
    """A figure that says why there is nothing to draw."""
    figure = new_figure(6.5, 1.6)
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes)
    return finish(figure, title)


def whisker(
    axes: Axes, x: float, y: float, bounds: tuple[float, float], iso: str, *, upright: bool = True
) -> None:
    """A language's mark at (x, y) with its interval from `bounds[0]` to `bounds[1]`."""
    look = look_of(iso)
    line: dict[str, Any] = {"color": look.colour, "linewidth": 0.9, "solid_capstyle": "butt"}
    axes.plot(*(([x, x], bounds) if upright else (bounds, [y, y])), **line)
    axes.plot([x], [y], color=look.colour, marker=look.marker, linestyle="")


def place_panels(figure: Figure, count: int, columns: int) -> list[Axes]:
    """`count` panels that share their axes, row by row; labels only at the left and below."""
    rows = -(-count // columns)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    panels = list(grid.flat)
    for panel in panels[count:]:
        panel.remove()
    for number, panel in enumerate(panels[:count]):
        panel.tick_params(labelbottom=number + columns >= count, labelleft=number % columns == 0)
    return panels[:count]
