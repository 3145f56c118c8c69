"""Invented languages: English with one thing changed, so that a gap has one cause.

Their codes are of the range that ISO 639 keeps for private use (qaa to qtz). `qid` is English
itself, the control: what a student loses there is lost to training, not to a language.
"""

import re
from collections.abc import Iterable
from itertools import groupby

from clseave_core.corpus.pocket.grammars.english import say_english
from clseave_core.corpus.pocket.grammars.filling import Span, Spoken
from clseave_core.corpus.pocket.sentences import Sentence

Word = tuple[str, str]
"""The slot that a word says a part of, and the word in small letters."""

_LATIN = "abcdefghijklmnopqrstuvwxyz"
SCRIPT = str.maketrans(_LATIN, "абцдефгхийклмнопярстувшжыз")
"""Each letter as one Cyrillic letter: no letter, and so no sub-word, is English."""
LEXICON = str.maketrans(
    "aeiouy" + "bcdfghjklmnpqrstvwxz", "ouyaei" + "kwzpxjtvnbsdhfclrgqm"
)  # fmt: skip
"""Other words over the same alphabet, vowels for vowels: no word is English."""
CLASSES = {"circle": "o", "star": "o", "square": "a", "triangle": "a", "shape": "e"}
"""The ending of each noun's class."""
SECOND = "n"
"""Added to the ending where a phrase is the second of its sentence."""


def say_in_another_script(sentence: Sentence) -> Spoken:
    """English in Cyrillic letters, one for one."""
    return _join((slot, word.translate(SCRIPT)) for slot, word in _words(sentence))


def say_mirrored(sentence: Sentence) -> Spoken:
    """English with its words from the last to the first."""
    return _join(reversed(_words(sentence)))


def say_inflected(sentence: Sentence) -> Spoken:
    """English whose nouns have classes: article or number, colour and noun agree in an ending.

    "There is a red circle above a green square." is
    "There is ao redo circleo above aan greenan squarean."
    """
    endings = {
        str(number): CLASSES[thing.shape or "shape"] + (SECOND if number == 2 else "")
        for number, thing in enumerate(sentence.things, start=1)
    }
    agreeing = ("quantity", "colour", "shape")
    return _join(
        (slot, word + endings[slot[-1]] if slot.startswith(agreeing) else word)
        for slot, word in _words(sentence)
    )


def say_in_other_words(sentence: Sentence) -> Spoken:
    """English with every word exchanged for an invented one of the same alphabet."""
    return _join((slot, word.translate(LEXICON)) for slot, word in _words(sentence))


def _words(sentence: Sentence) -> list[Word]:
    """The words of the English sentence; each belongs to one slot."""
    english = say_english(sentence)
    return [
        (span.slot, match[0].lower())
        for span in english.spans
        for match in re.finditer(r"\w+", english.text[span.start : span.end])
    ]


def _join(words: Iterable[Word]) -> Spoken:
    """A sentence of these words; neighbours that say one slot are one span."""
    text, spans = "", []
    for slot, group in groupby(words, key=lambda word: word[0]):
        said = " ".join(word for _, word in group)
        text += " " if text else ""
        spans.append(Span(slot, len(text), len(text) + len(said)))
        text += said
    return Spoken(f"{text[0].upper()}{text[1:]}.", tuple(spans))
