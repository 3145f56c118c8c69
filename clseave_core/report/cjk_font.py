"""The font for the generated worlds' Japanese, Korean and Chinese.

Cut from Noto Sans CJK to the letters of these worlds (commands/make_figure_font.py).
"""

from pathlib import Path

CJK_FONT = Path(__file__).parent / "figures" / "cjk.otf"
CJK_FAMILY = "CLSEAVE CJK"


def letters_of_font() -> frozenset[str]:
    """All that it can show."""
    from fontTools.ttLib import TTFont

    return frozenset(map(chr, TTFont(CJK_FONT).getBestCmap()))
