"""One look for all figures: the style file, each language's colour and mark, files that repeat.

Colours are those of Okabe and Ito (2008, "Color universal design"), which the colour-blind can
tell apart; as six are too few for every language, each also has a mark, and the pair is its own.
"""

import logging
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import matplotlib.style
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font

from clseave_core.files import whole_file
from clseave_core.languages import LANGUAGES, language
from clseave_core.report.cjk_font import CJK_FAMILY, CJK_FONT

logger = logging.getLogger(__name__)
STYLE = Path(__file__).with_name("clseave.mplstyle")
TEXT_FAMILIES = ("DejaVu Sans", CJK_FAMILY)
"""For sentences: a letter that the first has not comes from the second."""

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
        if CJK_FAMILY not in font_manager.fontManager.get_font_names():
            font_manager.fontManager.addfont(CJK_FONT)
        yield


def families_for(letters: Set[str]) -> list[str]:
    """The font families that show these letters; call within `project_style`.

    Those of the project first, then of the fonts on this machine what shows more. What none has is
    told in the log.
    """
    chosen = list(TEXT_FAMILIES)
    fonts = {font.name: font.fname for font in sorted(
        font_manager.fontManager.ttflist, key=lambda font: (font.name, font.fname))}  # fmt: skip
    missing = {letter for letter in letters if not letter.isspace()}
    others = [name for name in fonts if name not in TEXT_FAMILIES and "Resort" not in name]
    for name in [*TEXT_FAMILIES, *others]:  # a font of last resort has a box for every letter
        if not missing:
            return chosen
        left = missing - {chr(number) for number in FT2Font(fonts[name]).get_charmap()}
        if left < missing and name not in chosen:
            chosen.append(name)
        missing = left
    if missing:
        logger.warning(
            "no font on this machine shows %s. Install one (Debian: fonts-noto-cjk, fonts-noto).",
            " ".join(sorted(missing)),
        )
    return chosen


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
