"""Dev accuracy against dev MSE, epoch by epoch: does a closer student answer better?"""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from clseave_core.report.figures.drawing.common import (
    chunks,
    finish,
    language_handle,
    legend_height,
    notice,
    place_panels,
    seed_handle,
)
from clseave_core.report.figures.numbers.histories import Curve
from clseave_core.report.figures.style import look_of, new_figure

_TITLE = "Dev accuracy against dev MSE, epoch by epoch"


def draw_dev_accuracy(
    mse: Mapping[str, Curve], accuracy: Mapping[str, Curve], method: str
) -> Figure:
    """One line a language, one mark an epoch, a larger one for the last; MSE per dimension."""
    languages = [name for name in mse if not (mse[name].is_empty or accuracy[name].is_empty)]
    if not languages:
        return notice(_TITLE, f"The students of {method} have no dev MSE and accuracy by epoch.")
    parts = chunks(languages)
    columns = min(len(parts), 2)
    rows = -(-len(parts) // columns)
    width, height = (5.2, 3.4) if len(parts) == 1 else (7.2, 2.2 * rows)
    figure = new_figure(width, height + 0.8 + legend_height(len(languages) + 1, width))
    panels = place_panels(figure, len(parts), columns)
    for number, (panel, part) in enumerate(zip(panels, parts, strict=True)):
        for name in part:
            _draw_language(panel, mse[name], accuracy[name], name)
        panel.grid()
        panel.xaxis.set_major_locator(MaxNLocator(5))
        if number + columns >= len(panels):
            panel.set_xlabel("dev MSE per dimension")
        if number % columns == 0:
            panel.set_ylabel("dev accuracy (%)")
    handles = [language_handle(name) for name in languages]
    if any(len(mse[name].seeds) > 1 for name in languages):
        handles.append(seed_handle())
    note = "A mark is an epoch at which dev was measured, the large one the last."
    return finish(figure, f"{_TITLE}: {method}", handles, note)


def _draw_language(panel: Axes, mse: Curve, accuracy: Curve, name: str) -> None:
    look = look_of(name)
    if len(mse.seeds) > 1:
        for seed in mse.seeds:
            panel.plot(
                mse.seeds[seed], accuracy.seeds[seed], color=look.colour, alpha=0.3, linewidth=0.7
            )
    panel.plot(mse.mean, accuracy.mean, color=look.colour, marker=look.marker, markersize=3)
    panel.plot(mse.mean.iloc[-1:], accuracy.mean.iloc[-1:], color=look.colour,
               marker=look.marker, markersize=6.5, linestyle="")  # fmt: skip
