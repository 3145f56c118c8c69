"""Figure 2.1: pairs of each label in each split, ours beside SNLI-VE and SNLI."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from clseave_core.labels import LABELS
from clseave_core.report.figures.drawing.common import finish
from clseave_core.report.figures.numbers.label_counts import LabelCounts
from clseave_core.report.figures.style import GREY, new_figure

_COLUMNS = 3
_OURS: dict[str, Any] = {"color": "#444444"}
_PUBLISHED: dict[str, Any] = {
    "facecolor": "white",
    "edgecolor": GREY,
    "hatch": "////",
    "linewidth": 0.6,
}


def draw_label_distribution(splits: Sequence[LabelCounts], study: str) -> Figure:
    """Bars of one panel a split; published counts hollow."""
    columns = min(len(splits), _COLUMNS)
    rows = -(-len(splits) // columns)
    figure = new_figure(max(2.4 * columns, 4.5), 1.7 * rows + 0.8)
    panels = list(figure.subplots(rows, columns, sharey=True, squeeze=False).flat)
    for panel in panels[len(splits) :]:
        panel.remove()
    for panel, split in zip(panels, splits, strict=False):
        _draw_split(panel, split)
    handles: list[Patch] = [Patch(label=study, **_OURS)]
    if any(split.snli_ve for split in splits):
        handles.append(
            Patch(
                label="published: SNLI-VE by label, SNLI in thirds",
                **_PUBLISHED,
            )
        )
    return finish(figure, "Pairs by label and split", handles)


def _draw_split(panel: Axes, split: LabelCounts) -> None:
    places = range(len(LABELS))
    height = 0.38 if split.snli_ve else 0.6
    shift = height / 2 if split.snli_ve else 0.0
    bars = [panel.barh([y - shift for y in places], split.ours, height, **_OURS)]
    if split.snli_ve:
        bars.append(panel.barh([y + shift for y in places], split.snli_ve, height, **_PUBLISHED))
    names = list(LABELS)
    if split.third_of_snli:
        bars.append(panel.barh([len(names)], [split.third_of_snli], height, **_PUBLISHED))
        names.append("a third of SNLI")
    for drawn in bars:
        panel.bar_label(drawn, fmt="{:,.0f}", padding=2, fontsize=6)
    longest = max([*split.ours, *(split.snli_ve or []), split.third_of_snli or 0, 1])
    panel.set_xlim(0, 1.45 * longest)
    panel.set_yticks(range(len(names)), names)
    panel.set_ylim(len(names) - 0.4, -0.6)
    panel.tick_params(axis="y", length=0)
    panel.set_xticks([])
    panel.spines["bottom"].set_visible(False)
    panel.set_title(split.split)
