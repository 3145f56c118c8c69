"""What a translator is: sentences in, answers out in batches, each batch worth keeping at once."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from clseave_core.translation.plausibility import Plausibility


@dataclass(frozen=True)
class Answer:
    """The translation of one sentence; `unchanged` when it says the same in the same letters.

    `doubt` says why it may be nobody's translation; such an answer is asked for again and never
    cached.
    """

    source: str
    translation: str
    unchanged: bool = False
    doubt: str = ""


@dataclass(frozen=True)
class Failure:
    """A sentence that has no translation in the end, and why."""

    source: str
    reason: str


class ServiceGoneError(RuntimeError):
    """The service answers no more; what was answered before is kept."""


class Translator(Protocol):
    """A provider, bound to one pair of languages.

    `translate` yields batches (for a network provider, one per request) that together hold each
    of the given distinct sentences once, in any order, as an Answer or a Failure. It raises
    ServiceGoneError when going on makes no sense.
    """

    @property
    def provider(self) -> str:
        """The name that goes into the cache and the tables."""

    @property
    def judge(self) -> "Plausibility | None":
        """The checks of its answers, which are then cached; None where they are taken as given."""

    def translate(self, sentences: Sequence[str]) -> Iterator[list[Answer | Failure]]:
        """Translate distinct, non-empty sentences."""


def clean(text: str) -> str:
    """One line of text as it is kept: entities resolved, NFC, no white space around or doubled.

    Google's page escapes some characters twice, so that a parsed page still says `&#39;`.
    """
    return re.sub(r"\s*[\r\n]\s*", " ", unicodedata.normalize("NFC", unescape(text))).strip()


def letters_of(text: str) -> str:
    """The letters and digits of a text, whatever their case; the text itself where it has none."""
    return "".join(filter(str.isalnum, text.casefold())) or text.strip()


def same_text(one: str, other: str) -> bool:
    """Whether two texts have the same letters and digits, whatever their case and punctuation.

    "n/a" and "N/A." are the same; so are two texts without any letter or digit, if equal.
    """
    return letters_of(one) == letters_of(other)


def has_words(text: str) -> bool:
    """Whether there is anything to translate: at least one letter."""
    return any(character.isalpha() for character in text)
