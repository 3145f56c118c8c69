"""The nouns of the natural world: their names, and how six languages inflect and count them."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
LANGUAGES: tuple[str, ...] = ("en", "de", "nl", "ja", "ko", "zh")
CLDR_VERSION = "48.2.0"
"""Of the package cldr-annotations-full, whose short names (`tts`) `cldr_names.csv` holds."""
EVERYTHING = "picture"
"""The kind to which every noun belongs."""


@dataclass(frozen=True)
class Word:
    """A noun in six languages.

    `de_gender`: m, f or n. `de_oblique`: the accusative and dative singular, which differs from the
    nominative in weak nouns ("den Löwen"). `nl_article`: de or het. `ja_counter`, `ko_counter` and
    `zh_classifier`: what stands after a number. `ja_animate`: whether it "iru" or "aru".
    """

    en: str
    en_plural: str
    de: str
    de_gender: str
    de_plural: str
    de_oblique: str
    nl: str
    nl_article: str
    nl_plural: str
    ja: str
    ja_counter: str
    ja_animate: bool
    ko: str
    ko_counter: str
    zh: str
    zh_classifier: str

    def name(self, language: str) -> str:
        """The singular in `language` (ISO code)."""
        name: str = getattr(self, language)
        return name


@dataclass(frozen=True)
class Noun:
    """A thing with a picture: `code` is its character's code point, `kinds` English names."""

    code: int
    kinds: tuple[str, ...]
    word: Word

    @property
    def character(self) -> str:
        """The character that OpenMoji's font draws."""
        return chr(self.code)


def _word(row: dict[str, str]) -> Word:
    values = {name: row[name] for name in Word.__dataclass_fields__ if name != "ja_animate"}
    return Word(**values, ja_animate=row["ja_animate"] == "yes")


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of one of the tables beside this module."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def all_nouns() -> tuple[Noun, ...]:
    """Every noun, in the order of the table."""
    return tuple(
        Noun(int(row["code"], 16), (*filter(None, row["kinds"].split("/")), EVERYTHING), _word(row))
        for row in rows_of("nouns.csv")
    )


@cache
def all_kinds() -> dict[str, Word]:
    """The words for whole kinds, by their English name."""
    return {row["en"]: _word(row) for row in rows_of("kinds.csv")}
