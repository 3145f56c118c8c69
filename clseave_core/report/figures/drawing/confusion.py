"""Confusion matrices of English and of each language's student."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from clseave_core.labels import LABELS
from clseave_core.report.figures.drawing.common import finish
from clseave_core.report.figures.numbers.confusion import Matrix, row_shares
from clseave_core.report.figures.style import look_of, new_figure

_FEW = 9
_PANEL = 1.75
"""Inches a matrix."""


def draw_confusion(counts: Mapping[str, Matrix], methods: str, testset: str) -> Figure:
    """One matrix a language: shades are shares of a row, the cells show share and count."""
    columns = min(len(counts), 3 if len(counts) <= _FEW else 5)
    rows = -(-len(counts) // columns)
    figure = new_figure(max(_PANEL * columns + 0.9, 4.6), _PANEL * rows + 1.1)
    panels = list(figure.subplots(rows, columns, squeeze=False).flat)
    for panel in panels[len(counts) :]:
        panel.remove()
    image: AxesImage | None = None
    for number, (name, matrix) in enumerate(counts.items()):
        image = _draw_matrix(panels[number], matrix)
        panels[number].set_title(look_of(name).name)
        if number % columns == 0:
            panels[number].set_ylabel("label")
        if number + columns >= len(counts):
            panels[number].set_xlabel("predicted")
    if image is not None:
        bar = figure.colorbar(image, ax=panels[: len(counts)], shrink=min(1, 2 / rows), pad=0.02)
        bar.set_label("% of the label's pairs")
        bar.ax.spines["outline"].set_visible(False)
    names = ", ".join(f"{name[0].upper()} {name}" for name in LABELS)
    note = (
        f"{names}.\nIn a cell: percent of the label's pairs, and number of pairs; means over seeds."
    )
    return finish(figure, f"Confusion on {testset}: {methods}", note=note)


def _draw_matrix(panel: Axes, counts: Matrix) -> AxesImage:
    shares = row_shares(counts)
    image = panel.imshow(shares, cmap="Blues", vmin=0, vmax=100)
    for row in range(len(LABELS)):
        for column in range(len(LABELS)):
            share, count = shares[row, column], counts[row, column]
            panel.text(
                column, row, f"{share:.1f}\n{count:,.0f}", ha="center", va="center", fontsize=6,
                color="white" if share > 55 else "black",
            )  # fmt: skip
    initials = [name[0].upper() for name in LABELS]
    panel.set_xticks(range(len(LABELS)), initials)
    panel.set_yticks(range(len(LABELS)), initials)
    panel.tick_params(length=0)
    for spine in panel.spines.values():
        spine.set_visible(False)
    return image
