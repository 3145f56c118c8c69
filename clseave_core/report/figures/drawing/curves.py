"""Figures 3.2 and 4.1: what a training measured, epoch by epoch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.axes._secondary_axes import SecondaryAxis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, MaxNLocator

from clseave_core.report.figures.drawing.common import (
    HOLLOW,
    finish,
    hollow,
    language_handle,
    legend_height,
    seed_handle,
)
from clseave_core.report.figures.numbers.histories import Curve
from clseave_core.report.figures.style import BLACK, GREY, look_of, new_figure

_LOG_FROM = 10
"""A quantity whose largest value is this many times its smallest has a logarithmic axis."""


@dataclass(frozen=True)
class TeacherCurves:
    """Losses in nats and accuracies in percent of train and dev; `published` last values."""

    loss: Mapping[str, Curve]
    accuracy: Mapping[str, Curve]
    published: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    published_epoch: int | None = None
    published_where: str = ""


@dataclass(frozen=True)
class StudentCurves:
    """One panel: by language its curve, and the published values of epochs 1, 2, ..., if any.

    With `dimensions` the right axis shows the value summed over that many dimensions.
    """

    title: str
    unit: str
    curves: Mapping[str, Curve]
    published: Mapping[str, Sequence[float]] = field(default_factory=dict)
    dimensions: int | None = None


def draw_teacher_curves(curves: TeacherCurves, teacher: str) -> Figure:
    """Two panels, loss and accuracy; train grey, dev black; published last values hollow."""
    figure = new_figure(6.5, 2.9)
    panels = figure.subplots(1, 2)
    looks = {"train": (GREY, "s"), "dev": (BLACK, "o")}
    for panel, quantity, unit in zip(
        panels, ("loss", "accuracy"), ("loss (nats)", "accuracy (%)"), strict=True
    ):
        for part, of_part in getattr(curves, quantity).items():
            colour, marker = looks[part]
            _draw_curve(panel, of_part, colour, marker)
            value = curves.published.get(part, {}).get(quantity)
            if value is not None and curves.published_epoch is not None:
                look = {**HOLLOW, "marker": marker, "color": colour}
                panel.plot([curves.published_epoch], [value], **look)
        _label_epochs(panel, unit)
    handles = [
        Line2D([], [], color=colour, marker=marker, label=part)
        for part, (colour, marker) in looks.items()
    ]
    if curves.published and curves.published_epoch is not None:
        handles.append(hollow(f"published, last epoch ({curves.published_where})"))
    if _several_seeds(curves.loss):
        handles.append(seed_handle())
    return finish(figure, f"Training of the English teacher {teacher}", handles)


def draw_student_curves(panels: Sequence[StudentCurves], method: str, source: str) -> Figure:
    """Panels a, b, c, d in two columns; published curves dashed, from `source`."""
    languages = list(dict.fromkeys(name for panel in panels for name in panel.curves))
    figure = new_figure(7.2, 5.3 + legend_height(len(languages) + 2, 7.2))
    for letter, axes, panel in zip("abcd", figure.subplots(2, 2).flat, panels, strict=True):
        _draw_panel(axes, panel)
        axes.set_title(f"({letter}) {panel.title}", loc="left")
    handles = [language_handle(name) for name in languages]
    note = ""
    if any(panel.published for panel in panels):
        handles.append(hollow("published", linestyle="--", markersize=4, linewidth=0.9))
        note = f"Published: {source}."
    if any(_several_seeds(panel.curves) for panel in panels):
        handles.append(seed_handle())
    return finish(figure, f"Training of the students of {method}", handles, note)


def _draw_panel(axes: Axes, panel: StudentCurves) -> None:
    drawn = {name: of for name, of in panel.curves.items() if not of.is_empty}
    if not drawn:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "not measured", ha="center", transform=axes.transAxes)
        return
    first = next(iter(drawn.values()))
    if len(drawn) > 1 and all(first.mean.equals(other.mean) for other in drawn.values()):
        _draw_curve(axes, first, BLACK, "")
        axes.text(0.98, 0.95, "the same for\nall languages", ha="right", va="top",
                  transform=axes.transAxes, fontsize=7)  # fmt: skip
    else:
        for name, of in drawn.items():
            _draw_curve(axes, of, look_of(name).colour, look_of(name).marker)
    for name, values in panel.published.items():
        look = look_of(name)
        axes.plot(range(1, len(values) + 1), values, color=look.colour, marker=look.marker,
                  linestyle="--", linewidth=0.9, markerfacecolor="none", alpha=0.8)  # fmt: skip
    drawn_values = np.concatenate([np.asarray(line.get_ydata(), float) for line in axes.lines])
    if (
        panel.dimensions
        and drawn_values.min() > 0
        and drawn_values.max() / drawn_values.min() >= _LOG_FROM
    ):
        axes.set_yscale("log")
        _plain_log(axes)
    _label_epochs(axes, panel.unit)
    if panel.dimensions:
        size = panel.dimensions
        right = axes.secondary_yaxis("right", (_times(size), _times(1 / size)))
        right.set_ylabel(f"sum over {size} dimensions")
        if axes.get_yscale() == "log":
            _plain_log(right)


def _plain_log(axes: Axes | SecondaryAxis) -> None:
    """Ticks at 1, 2 and 5 times the powers of ten, written out."""
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_minor_locator(LogLocator(subs="all"))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_minor_formatter(lambda value, _: "")


def _times(factor: float) -> Callable[[npt.ArrayLike], npt.NDArray[np.float64]]:
    return lambda values: np.asarray(values, np.float64) * factor


def _label_epochs(axes: Axes, unit: str) -> None:
    axes.set_ylabel(unit)
    if axes.get_yscale() == "linear":
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.6g}")
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.margins(x=0.04)
    axes.grid(axis="y")


def _draw_curve(axes: Axes, of: Curve, colour: str, marker: str) -> None:
    """The mean, with marks where there are few epochs, over the light lines of the seeds."""
    if len(of.seeds) > 1:
        for seed in of.seeds.values():
            axes.plot(seed.index, seed, color=colour, alpha=0.3, linewidth=0.7)
    shown = of.mean if len(of.mean) else next(iter(of.seeds.values()))
    every = max(1, len(shown) // 8)
    axes.plot(shown.index, shown, color=colour, marker=marker, markevery=every, markersize=3.5)


def _several_seeds(curves: Mapping[str, Curve]) -> bool:
    return any(len(of.seeds) > 1 for of in curves.values())
