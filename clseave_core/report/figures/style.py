"""One look for all figures: the style file, each language's colour and mark, files that repeat.

Colours are those of Okabe and Ito (2008, "Color universal design"), which the colour-blind can
tell apart; as six are too few for every language, each also has a mark, and the pair is its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import matplotlib.style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from clseave_core.files import whole_file
from clseave_core.languages import LANGUAGES, language

STYLE = Path(__file__).with_name("clseave.mplstyle")

BLACK, GREY, PALE = "#000000", "#8a8a8a", "#f3f3f3"
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9")
_MARKERS = ("s", "^", "D", "v", "P", "X", "p")
"""As many as have no divisor in common with the colours: 42 different pairs."""


@dataclass(frozen=True)
class Look:
    """How a language is drawn everywhere, and its English name."""

    colour: str
    marker: str
    name: str


def look_of(iso: str) -> Look:
    """The look of a language: English black and round, the others by their place in LANGUAGES.

    Raises ValueError for a language that the project does not know.
    """
    name = language(iso).name
    if iso == "en":
        return Look(BLACK, "o", name)
    place = [code for code in LANGUAGES if code != "en"].index(iso)
    return Look(_COLOURS[place % len(_COLOURS)], _MARKERS[place % len(_MARKERS)], name)


@contextmanager
def project_style() -> Iterator[None]:
    """Draw and save with the project's style file, whatever the user's own settings are."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.style.use(STYLE)
        yield


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of this many inches that arranges itself; call within `project_style`."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: Figure, svg: str | Path, png: str | Path) -> None:
    """Write both files, without date or version; call within `project_style`."""
    with whole_file(svg) as temporary:
        figure.savefig(temporary, format="svg", metadata={"Date": None, "Creator": None})
    with whole_file(png) as temporary:
        figure.savefig(temporary, format="png", metadata={"Software": None})
