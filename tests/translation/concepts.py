"""A made-up pair of languages, and an encoder that knows what its sentences mean."""

from collections.abc import Sequence

import numpy as np

from clseave_core.translation.encoder import Vectors

WIDTH = 256


def english(count: int) -> list[str]:
    """Distinct sentences."""
    return [f"The dog of house {_word(number)} sleeps." for number in range(count)]


def german(sentence: str) -> str:
    """The one right translation of a sentence of `english`."""
    return sentence.replace("The dog of house", "Der Hund aus Haus").replace("sleeps", "schläft")


def _word(number: int) -> str:
    """A name without digits, so that every sentence has its own letters."""
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:03d}")


class Concepts:
    """Gives a sentence of `english` and its translation the same unit vector; others share one.

    `encoded` counts the sentences that were encoded.
    """

    def __init__(self, count: int = 200, languages: Sequence[str] = ("en", "de")) -> None:
        self.languages = frozenset(languages)
        self.encoded = 0
        self._concept = {}
        for number, sentence in enumerate(english(count)):
            self._concept[sentence] = self._concept[german(sentence)] = number

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """Rows of the unit matrix: float32 [len(sentences), WIDTH]."""
        self.encoded += len(sentences)
        numbers = [self._concept.get(sentence, WIDTH - 1) for sentence in sentences]
        return np.eye(WIDTH, dtype=np.float32)[numbers]
