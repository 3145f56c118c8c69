"""Accuracy of every method and language: a mark with its interval, published numbers hollow."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from clseave_core.labels import LABELS
from clseave_core.report.figures.drawing.common import (
    HOLLOW,
    LIGHT,
    finish,
    hollow,
    seed_handle,
    whisker,
)
from clseave_core.report.figures.numbers.accuracy_rows import AccuracyRow
from clseave_core.report.figures.style import BLACK, PALE, look_of, new_figure

CHANCE = 100 / len(LABELS)
_ROW = 0.165
"""Inches a row."""


def draw_accuracy(rows: Sequence[AccuracyRow], study: str) -> Figure:
    """One panel a test set; one band a method, its languages below its name."""
    testsets = list(dict.fromkeys(row.testset for row in rows))
    lines: list[tuple[str, str | None]] = []
    for method in dict.fromkeys(row.method for row in rows):
        of_method = [row for row in rows if row.method == method]
        languages = dict.fromkeys(row.language for row in of_method)
        lines += [(method, None), *((method, language) for language in languages)]
    figure = new_figure(4.6 + 2.2 * len(testsets), _ROW * len(lines) + 1.5)
    panels = figure.subplots(1, len(testsets), sharex=True, sharey=True, squeeze=False)[0]
    for panel, testset in zip(panels, testsets, strict=True):
        _draw_testset(panel, lines, [row for row in rows if row.testset == testset])
        notes = {row.notes for row in rows if row.testset == testset and row.notes}
        panel.set_title(f"{testset} ({', '.join(sorted(notes))})" if notes else testset)
    settings = {row.method: row.setting for row in rows}
    _label_lines(panels[0], lines, settings)
    label = f"chance, {CHANCE:.1f} %"
    handles = [Line2D([], [], color=BLACK, linestyle=":", linewidth=1, label=label)]
    if any(row.published is not None for row in rows):
        handles.append(hollow("published, under the published protocol"))
    if any(len(row.seeds) > 1 for row in rows):
        handles.append(seed_handle(lines=False))
    note = "Whiskers: 95 % intervals that respect shared pictures and sentences."
    return finish(figure, f"Accuracy of every method and language, study {study}", handles, note)


def _draw_testset(
    panel: Axes, lines: Sequence[tuple[str, str | None]], rows: Sequence[AccuracyRow]
) -> None:
    by_line = {(row.method, row.language): row for row in rows}
    panel.axvline(CHANCE, color=BLACK, linestyle=":", linewidth=1)
    for y, (method, language) in enumerate(lines):
        if language is None:
            panel.axhspan(y - 0.5, y + 0.5, color=PALE, linewidth=0, zorder=0)
            continue
        row = by_line.get((method, language))
        if row is None:
            continue
        colour = look_of(language).colour
        if len(row.seeds) > 1:
            panel.plot(row.seeds, [y + 0.28] * len(row.seeds), color=colour, **LIGHT)
        whisker(panel, row.accuracy, y, (row.low, row.high), language, upright=False)
        if row.published is not None:
            panel.plot([row.published], [y], color=colour, **HOLLOW)
    panel.set_ylim(len(lines) - 0.5, -0.5)
    panel.set_xlabel("accuracy (%)")
    panel.grid(axis="x")
    panel.tick_params(axis="y", length=0)


def _label_lines(
    panel: Axes, lines: Sequence[tuple[str, str | None]], settings: dict[str, str]
) -> None:
    names = [
        f"{method} ({settings[method].replace('_', ' ')})"
        if language is None
        else look_of(language).name
        for method, language in lines
    ]
    panel.set_yticks(range(len(lines)), names)
    for label, (_, language) in zip(panel.get_yticklabels(), lines, strict=True):
        label.set_fontweight("bold" if language is None else "normal")
