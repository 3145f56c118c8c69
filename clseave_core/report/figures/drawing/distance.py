"""Accuracy against the linguistic distances from English, with the warning that they need."""

import textwrap
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from clseave_core.report.figures.drawing.common import HOLLOW, finish, hollow, notice, whisker
from clseave_core.report.figures.drawing.named_points import name_points
from clseave_core.report.figures.numbers.accuracy_rows import AccuracyRow
from clseave_core.report.figures.numbers.distances import DistanceRows
from clseave_core.report.figures.style import BLACK, look_of, new_figure

_TITLE = "Accuracy against linguistic distance from English"
_APART = 0.035
_WARNING = (
    "Read no trend into these points: five languages carry no correlation. With five, a rank\n"
    "correlation reaches 5 % only if the order is perfect, and several languages share a distance\n"
    "(drawn side by side). Whiskers: 95 % intervals that respect shared pictures and sentences."
)


def draw_distance(numbers: DistanceRows, english: float | None, method: str, where: str) -> Figure:
    """One panel a kind of distance; `english` is English accuracy, `where` the distances' source.

    Languages without a distance are named below.
    """
    kinds = {kind: known for kind, known in numbers.distances.items() if known}
    if not kinds:
        return notice(_TITLE, f"No distance from English is known of {method}'s languages.")
    columns = min(len(kinds), 3)
    rows = -(-len(kinds) // columns)
    figure = new_figure(2.45 * columns + 0.3, 2.3 * rows + 1.1)
    panels = list(figure.subplots(rows, columns, sharey=True, squeeze=False).flat)
    for panel in panels[len(kinds) :]:
        panel.remove()
    shown = [row for name, row in numbers.rows.items() if name not in numbers.without]
    limits = _limits(shown, english)
    for panel, (kind, known) in zip(panels, kinds.items(), strict=False):
        panel.set_xlim(-0.08, 1.08)
        panel.set_ylim(*limits)
        _draw_kind(panel, known, numbers, english)
        panel.set_xlabel(f"{kind} distance")
    for panel in panels[::columns][:rows]:
        panel.set_ylabel("accuracy (%)")
    note = _WARNING
    if numbers.without:
        names = ", ".join(look_of(name).name for name in numbers.without)
        text = f"Not shown, as no distance is published: {names}."
        note += "\n" + textwrap.fill(text, int(figure.get_figwidth() * 14))
    handles = []
    if english is not None:
        handles.append(Line2D([], [], color=BLACK, linestyle="--", linewidth=0.8, label="English"))
    if any(row.published is not None for row in shown):
        handles.append(hollow("published accuracy"))
    figure = finish(figure, f"{_TITLE}: {method} (distances: {where})", handles, note)
    figure.draw_without_rendering()  # so that the panels have their places
    for panel, known in zip(panels, kinds.values(), strict=False):
        places = side_by_side(known)
        points = [(places[name], numbers.rows[name].accuracy) for name in known]
        lines = [
            ((places[name], numbers.rows[name].low), (places[name], numbers.rows[name].high))
            for name in known
        ]
        lines += [
            ((places[name], value), (places[name], value))
            for name in known
            if (value := numbers.rows[name].published) is not None
        ]
        if english is not None:
            lines.append(((-1, english), (2, english)))
        name_points(
            panel, points, [(look_of(name).name, look_of(name).colour) for name in known], lines
        )
    return figure


def side_by_side(known: Mapping[str, float]) -> dict[str, float]:
    """Places of languages: their distances, moved apart a little where several share one."""
    places = {}
    for name, distance in known.items():
        same = [other for other in known if known[other] == distance]
        places[name] = distance + _APART * (same.index(name) - (len(same) - 1) / 2)
    return places


def _limits(rows: Sequence[AccuracyRow], english: float | None) -> tuple[float, float]:
    values = [value for row in rows for value in (row.low, row.high)]
    values += [row.published for row in rows if row.published is not None]
    values += [english] if english is not None else []
    room = max(0.12 * (max(values) - min(values)), 0.5)
    return min(values) - room, max(values) + room


def _draw_kind(
    panel: Axes, known: dict[str, float], numbers: DistanceRows, english: float | None
) -> None:
    if english is not None:
        panel.axhline(english, color=BLACK, linestyle="--", linewidth=0.8)
    for name, distance in side_by_side(known).items():
        row = numbers.rows[name]
        whisker(panel, distance, row.accuracy, (row.low, row.high), name)
        if row.published is not None:
            panel.plot([distance], [row.published], color=look_of(name).colour, **HOLLOW)
    panel.grid(axis="y")
