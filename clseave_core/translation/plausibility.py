"""Whether a translation can be that of its source: length, script and meaning.

A page that gets a hundred lines may answer with lines joined, dropped or exchanged, and then every
later sentence would carry its neighbour's meaning. So each line of a packed answer is compared with
its source. A sentence sent alone cannot be exchanged; only its script is checked, since a short or
odd sentence may look doubtful for ever.

What the bounds rest on is measured by `tests/translation/test_bounds.py`; see docs/translation.md.
"""

import unicodedata
from collections.abc import Sequence

import numpy as np

from clseave_core.languages import language
from clseave_core.translation.encoder import Encoder, Vectors
from clseave_core.translation.translator import has_words

_SCRIPT_NAMES: dict[str, tuple[str, ...]] = {
    "Arab": ("ARABIC",),
    "Cyrl": ("CYRILLIC",),
    "Deva": ("DEVANAGARI",),
    "Grek": ("GREEK",),
    "Hans": ("CJK",),
    "Hebr": ("HEBREW",),
    "Jpan": ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "CJK"),
    "Kore": ("HANGUL", "CJK"),
    "Latn": ("LATIN",),
    "Thai": ("THAI",),
}
"""First words of the Unicode names of a script's letters, by ISO 15924 code."""

_CHARACTERS: dict[str, float] = {"Hans": 0.30, "Jpan": 0.43, "Kore": 0.49}
"""Characters for the meaning of one English character (medians of Flickr30k captions); where a
script is not listed, one."""

_MAX_LENGTH_FACTOR = 3.0
_LENGTH_SLACK = 10
"""A translation is at most this many times longer or shorter than the sentence's length lets one
expect, with so many characters added to both, since short sentences vary more."""

_MIN_SCRIPT_SHARE = 0.3
"""Share of a line's letters in the language's own script; names and quotations stay Latin."""

EXCHANGE_MARGIN = 0.02
"""Two lines count as exchanged when exchanging them back would raise the sum of their cosines by
more than this; sentences that say nearly the same may differ by less in any order."""


def script_share(text: str, scripts: Sequence[str]) -> float:
    """Share of the letters of `text` that belong to one of `scripts`; 1 where it has none.

    Raises KeyError for a script that this module has no letters of.
    """
    starts = tuple(name for script in scripts for name in _SCRIPT_NAMES[script])
    letters = [character for character in text if character.isalpha()]
    if not letters:
        return 1.0
    first_words = [unicodedata.name(letter, "").partition(" ")[0] for letter in letters]
    return sum(word in starts for word in first_words) / len(letters)


def exchange_gains(cosines: Vectors) -> Vectors:
    """What exchanging lines i and j would add to the sum of their cosines: [n, n].

    `cosines` [n, n] are those of n sources (rows) and their n lines.
    """
    own = np.diag(cosines)
    gains: Vectors = cosines + cosines.T - own[:, None] - own[None, :]
    return gains


class Plausibility:
    """Checks of one pair of languages (ISO codes).

    `min_similarity` is the least cosine of a line and its source; None, or no encoder, leaves
    the meaning unchecked.
    """

    def __init__(
        self, source: str, target: str, encoder: Encoder | None, min_similarity: float | None
    ) -> None:
        self.scripts = language(target).scripts
        self._expected = _density(target) / _density(source)
        self._encoder = encoder if min_similarity is not None else None
        self._min_similarity = -1.0 if min_similarity is None else min_similarity
        self.knows_languages = self._encoder is None or {source, target} <= self._encoder.languages
        """False when meaning is to be checked and the encoder was not made for both languages."""

    def of_pack(self, sources: Sequence[str], lines: Sequence[str]) -> str | None:
        """Why `lines` are not the translations of as many `sources`; None if they can be."""
        for source, line in zip(sources, lines, strict=True):
            reason = self._of_line(source, line)
            if reason is not None:
                return f"{reason}: {line!r} for {source!r}"
        return self._of_meaning(sources, lines) if self._encoder is not None else None

    def of_single(self, source: str, translation: str) -> str | None:
        """Why `translation`, asked for alone, is none of `source`; None if it may be one."""
        if not translation.strip():
            return "an empty answer"
        if has_words(source) and self.script_share(translation) == 0:
            return f"no letter of {'/'.join(self.scripts)} in {translation!r}"
        return None

    def is_doubtful(self, source: str, translation: str) -> bool:
        """Whether a sentence translated alone would not have passed as a line of a pack."""
        return self.knows_languages and self.of_pack([source], [translation]) is not None

    def script_share(self, text: str) -> float:
        """Share of the letters of `text` in the language's script; 1 where it has none."""
        return script_share(text, self.scripts)

    def is_in_script(self, line: str) -> bool:
        """Whether enough of a line's letters are in the language's script."""
        return self.script_share(line) >= _MIN_SCRIPT_SHARE

    def odd_length(self, source: str, line: str) -> str | None:
        """`too short` or `too long` for its source; None for a length that can be."""
        expected = len(source) * self._expected + _LENGTH_SLACK
        ratio = (len(line) + _LENGTH_SLACK) / expected
        if not 1 / _MAX_LENGTH_FACTOR <= ratio <= _MAX_LENGTH_FACTOR:
            return "too short" if ratio < 1 else "too long"
        return None

    def _of_line(self, source: str, line: str) -> str | None:
        if not self.is_in_script(line):
            return f"not in {'/'.join(self.scripts)}"
        return self.odd_length(source, line)

    def _of_meaning(self, sources: Sequence[str], lines: Sequence[str]) -> str | None:
        """Compare every line with its own source, then every two lines with each other's."""
        assert self._encoder is not None
        vectors = self._encoder.encode([*sources, *lines])
        cosines = vectors[: len(sources)] @ vectors[len(sources) :].T
        own = np.diag(cosines)
        worst = int(own.argmin())
        if own[worst] < self._min_similarity:
            return f"similarity {own[worst]:.2f}: {lines[worst]!r} for {sources[worst]!r}"
        gain = exchange_gains(cosines)
        one, other = divmod(int(gain.argmax()), len(sources))
        if gain[one, other] > EXCHANGE_MARGIN:
            return f"lines that look exchanged: {lines[one]!r} and {lines[other]!r}"
        return None


def _density(iso: str) -> float:
    """Characters for the meaning of one English character."""
    return _CHARACTERS.get(language(iso).scripts[0], 1.0)
