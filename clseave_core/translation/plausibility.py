"""Whether a translation can be that of its source: script, length, language and meaning.

A page that gets a hundred lines may answer with lines joined, dropped or exchanged, and then every
later sentence would carry its neighbour's meaning. And a page may say something that is nobody's
translation in the place of one: an error, a notice, the answer to another question. So each line of
an answer is compared with its source, whether it was asked for in a pack or alone.

What the bounds rest on is measured by `python -m benchmarks.translation_bounds`; see
docs/translation.md.
"""

import unicodedata
from collections.abc import Sequence

import numpy as np

from clseave_core.languages import language
from clseave_core.translation.encoder import Encoder, Vectors
from clseave_core.translation.identification import wrong_language
from clseave_core.translation.translator import has_words, letters_of

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

_WITHOUT_FULL_STOP = frozenset({"Thai"})
"""Scripts whose sentences end without a mark."""
_CUT_FACTOR = 0.9
"""A line without the mark at its end that is shorter than this share of what is expected (with the
same slack) counts as cut; people leave the mark out of whole sentences, too."""
_WITHIN = frozenset(",，、،:：")
"""Marks that stand within a sentence: one that ends with them was cut."""
_MARKUP = frozenset("<>{}[]|\\^~=@#_")
"""Signs of web pages and data; in a translation only where its source has them."""

_SAME_MEANING = 0.7
"""Sentences whose cosine is below do not mean the same. Of all pairs of captions one in 10,000
reaches it, while sentences of docs/translation.md that share a translation have 0.84 and more."""

_CLEARLY = 0.1
"""By how much a line's cosine with one sentence must be above that with another to tell whose
translation it is; right lines are 0.4 and more above wrong ones on average."""

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
        self._source, self._target = source, target
        self.scripts = language(target).scripts
        self._ends = _WITHOUT_FULL_STOP.isdisjoint(self.scripts)
        self._expected = _density(target) / _density(source)
        self._encoder = encoder if min_similarity is not None else None
        self._min_similarity = -1.0 if min_similarity is None else min_similarity
        self.knows_languages = self._encoder is None or {source, target} <= self._encoder.languages
        """False when meaning is to be checked and the encoder was not made for both languages."""

    def of_pack(self, sources: Sequence[str], lines: Sequence[str]) -> str | None:
        """Why `lines` are not the translations of as many `sources`; None if they can be."""
        cosines = self._cosines(sources, lines)
        reasons = self._reasons(sources, lines, cosines)
        for source, line, reason in zip(sources, lines, reasons, strict=True):
            if reason is not None:
                return f"{reason}: {line!r} for {source!r}"
        return None if cosines is None else _exchanged(lines, cosines)

    def exchanged(self, sources: Sequence[str], lines: Sequence[str]) -> str | None:
        """Which two of `lines` look exchanged; None if none do, or meaning is not checked."""
        cosines = self._cosines(sources, lines)
        return None if cosines is None else _exchanged(lines, cosines)

    def doubts(self, sources: Sequence[str], lines: Sequence[str]) -> list[str | None]:
        """Why each of `lines` is no translation of its source; None for each that can be one.

        Each pair is judged by itself; `exchanged` compares them with each other.
        """
        return self._reasons(sources, lines, self._cosines(sources, lines))

    def cannot_be(self, source: str, translation: str) -> str | None:
        """Why `translation` is certainly none of `source`; None if it may be one, or doubtful."""
        if not translation.strip():
            return "an empty answer"
        if has_words(source) and self.script_share(translation) == 0:
            return f"no letter of {'/'.join(self.scripts)} in {translation!r}"
        return None

    def misfits(self, line: str, one: str, other: str) -> frozenset[str]:
        """Which of two sentences `line` is no translation of, though both were given it.

        None where the two say the same; one where the other fits clearly better; else both. Their
        meanings are compared whether the encoder knows the target language or not; without it
        their letters are.
        """
        if letters_of(one) == letters_of(other):
            return frozenset()
        if self._encoder is None or self._source not in self._encoder.languages:
            return frozenset({one, other})
        vectors = self._encoder.encode([one, other, line])
        if float(vectors[0] @ vectors[1]) >= _SAME_MEANING:
            return frozenset()
        ahead = float(vectors[0] @ vectors[2] - vectors[1] @ vectors[2])
        if self.knows_languages and abs(ahead) > _CLEARLY:
            return frozenset({other if ahead > 0 else one})
        return frozenset({one, other})

    def script_share(self, text: str) -> float:
        """Share of the letters of `text` in the language's script; 1 where it has none."""
        return script_share(text, self.scripts)

    def is_in_script(self, line: str) -> bool:
        """Whether enough of a line's letters are in the language's script."""
        return self.script_share(line) >= _MIN_SCRIPT_SHARE

    def odd_length(self, source: str, line: str) -> str | None:
        """`too short` or `too long` for its source; None for a length that can be."""
        ratio = self._length_ratio(source, line)
        if not 1 / _MAX_LENGTH_FACTOR <= ratio <= _MAX_LENGTH_FACTOR:
            return "too short" if ratio < 1 else "too long"
        return None

    def _length_ratio(self, source: str, line: str) -> float:
        """Length of a line as a share of what its source lets one expect."""
        expected = len(source) * self._expected + _LENGTH_SLACK
        return (len(line) + _LENGTH_SLACK) / expected

    def _looks_cut(self, source: str, line: str) -> bool:
        may_be = self._ends and _is_ended(source) and not _is_ended(line)
        return may_be and self._length_ratio(source, line) < _CUT_FACTOR

    def _cosines(self, sources: Sequence[str], lines: Sequence[str]) -> Vectors | None:
        """Cosines of sources (rows) and lines [n, n]; None where meaning is not checked."""
        if self._encoder is None or not self.knows_languages:
            return None
        vectors = self._encoder.encode([*sources, *lines])
        cosines: Vectors = vectors[: len(sources)] @ vectors[len(sources) :].T
        return cosines

    def _reasons(
        self, sources: Sequence[str], lines: Sequence[str], cosines: Vectors | None
    ) -> list[str | None]:
        reasons = [self._of_form(*pair) for pair in zip(sources, lines, strict=True)]
        for row, cosine in enumerate([] if cosines is None else np.diag(cosines).tolist()):
            if cosine < self._min_similarity:
                reasons[row] = reasons[row] or f"similarity {cosine:.2f}"
        return reasons

    def _of_form(self, source: str, line: str) -> str | None:
        """What is wrong with a line by its letters and signs alone."""
        if not line.strip():
            return "an empty line"
        if not self.is_in_script(line):
            return f"not in {'/'.join(self.scripts)}"
        odd = self.odd_length(source, line)
        if odd is not None:
            return odd
        signs = sorted(_MARKUP.intersection(line).difference(source))
        if signs:
            return f"with {' '.join(signs)}, which the source does not have"
        if self._looks_cut(source, line):
            return "without its end"
        return wrong_language(line, self._source, self._target)


def _exchanged(lines: Sequence[str], cosines: Vectors) -> str | None:
    """Say which two lines fit each other's sources better than their own, by `cosines` [n, n]."""
    gains = exchange_gains(cosines)
    one, other = divmod(int(gains.argmax()), len(lines))
    if gains[one, other] <= EXCHANGE_MARGIN:
        return None
    return f"lines that look exchanged: {lines[one]!r} and {lines[other]!r}"


def _is_ended(text: str) -> bool:
    """Whether a text ends with a mark, as a sentence does that was not cut."""
    last = text.rstrip()[-1]
    return last not in _WITHIN and unicodedata.category(last).startswith("P")


def _density(iso: str) -> float:
    """Characters for the meaning of one English character."""
    return _CHARACTERS.get(language(iso).scripts[0], 1.0)
