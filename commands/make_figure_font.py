"""Make the font with which figures show the generated worlds' Japanese, Korean and Chinese.

    python -m commands.make_figure_font NotoSansCJKsc-Regular.otf

cuts from Noto Sans CJK (SIL Open Font License) the characters that the worlds' tables and grammars
hold, so that a figure is the same on every machine. Needed again when a world gets new words.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from clseave_core.report.cjk_font import CJK_FAMILY, CJK_FONT

ROOT = Path(__file__).parents[1]
SOURCES = (
    "clseave_core/corpus/natural/nouns.csv",
    "clseave_core/corpus/natural/kinds.csv",
    "clseave_core/corpus/natural/*.py",
    "clseave_core/corpus/pocket/**/*.py",
    "clseave_core/languages.py",
)
FIRST = "\u3000"
"""Below it stand the scripts that Matplotlib's own font has."""


def characters() -> set[str]:
    """All characters of the worlds' words, from U+3000 on."""
    files = [path for pattern in SOURCES for path in sorted(ROOT.glob(pattern))]
    return {
        letter for path in files for letter in path.read_text(encoding="utf-8") if letter >= FIRST
    }


def main(source: str) -> None:
    """Write the font beside the style of the figures."""
    font = TTFont(source)
    options = subset.Options(hinting=False, layout_features=[], name_IDs=[0, 1, 2, 4, 6, 13, 14])
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(characters())))
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 4):
            record.string = CJK_FAMILY
        elif record.nameID == 6:
            record.string = CJK_FAMILY.replace(" ", "")
    font.recalcTimestamp = False
    font.save(CJK_FONT)


if __name__ == "__main__":
    main(sys.argv[1])
