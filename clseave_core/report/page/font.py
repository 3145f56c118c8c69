"""The project's font within the page: Japanese, Korean and Chinese where a machine has none.

The browser takes it only for these languages and after the fonts that systems have for them
(page.css). It is cut to the letters of the generated worlds, so that a page of other sentences
goes without: half a sentence in another font is worse than what the reader's machine finds.
"""

import base64
from collections.abc import Iterable
from unicodedata import east_asian_width

from clseave_core.report.cjk_font import CJK_FAMILY, CJK_FONT, letters_of_font


def embedded_font(texts: Iterable[str]) -> str:
    """A style rule that holds the font; empty where no text needs it, or one needs more."""
    letters = {letter for text in texts for letter in text}
    wide = {letter for letter in letters if east_asian_width(letter) in "WF"}
    if not wide or wide - letters_of_font():
        return ""
    content = base64.b64encode(CJK_FONT.read_bytes()).decode()
    source = f'url("data:font/otf;base64,{content}") format("opentype")'
    return f'@font-face {{ font-family: "{CJK_FAMILY}"; src: {source}; }}\n'
