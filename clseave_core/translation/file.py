"""The user's own translations, from a file: a table, JSON or Parquet (`clseave_core/records`)."""

import logging
import unicodedata
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from clseave_core.records.reading import read_records
from clseave_core.records.text import shown
from clseave_core.translation.columns import SOURCE, TRANSLATION, find_columns
from clseave_core.translation.translator import Answer, Failure, same_text

logger = logging.getLogger(__name__)

_SHOWN = 3
LONGEST = 2_000
"""Characters; the longest hypothesis of SNLI-VE has 400. Beyond this it is not one sentence."""


class Translations(dict[str, str]):
    """Translations by source sentence, both in NFC and each run of white space one space.

    `pairs` counts the different pairs in the file, so that it is `len(self)` where each sentence
    has one translation; `note` says how many have several, with an example, and is empty where
    none has.
    """

    pairs: int = 0
    note: str = ""


def read_translations(
    path: str | Path,
    target: str | None = None,
    *,
    source: str = "en",
    two_translations: str = "first",
) -> Translations:
    """Read translations from the language `source` into `target` (ISO codes).

    The file is a table (tab, comma or semicolon, quoted or not), JSON lines, a list of JSON
    objects or Parquet, by whatever name, plain or with gzip; `find_columns` says which columns are
    read. A table without a header has two, the source first. The same pair may stand there twice.
    Of two translations of one sentence the first is taken; with `two_translations` "refuse" that is
    an error. Marks of the direction of writing and pictographs belong to a text and stay.

    Raises ValueError naming file, line or row and value for other columns, what the form's reader
    refuses, an empty field, control characters and more than `LONGEST` characters;
    FileNotFoundError when there is no file.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(
            f"{path} does not exist. The translator `file` reads the translations from it: a "
            "table with the columns source and translation."
        )
    if path.is_dir():
        raise ValueError(f"{path} is a folder. Name the file of translations in it.")

    @cache
    def known(names: tuple[str, ...]) -> Sequence[str]:
        return find_columns(names, path, source, target) or ()

    def columns(names: Sequence[str]) -> Sequence[str]:
        return known(tuple(names))

    found = Translations()
    places: dict[str, str] = {}
    others: dict[str, dict[str, str]] = {}
    records = read_records(path, columns, (SOURCE, TRANSLATION))
    for number, row in records.rows:
        text, translation = _pair(row, columns(list(row)), records.place(number))
        if found.setdefault(text, translation) == translation:
            places.setdefault(text, f"{records.unit} {number}")
        else:
            others.setdefault(text, {}).setdefault(translation, f"{records.unit} {number}")
    if not found:
        raise ValueError(f"{path} has no translation in it. Write a row for each sentence.")
    found.pairs = len(found) + sum(map(len, others.values()))
    if others:
        text, (other, *_) = next(iter(others.items()))
        found.note = (
            f"{path}: {len(others):,} of {len(found):,} sentences have several translations: "
            f"{text!r} has {found[text]!r} in {places[text]} and {other!r} in "
            f"{others[text][other]}"
        )
        if two_translations == "refuse":
            raise ValueError(
                f"{found.note}. Keep one of each, or write translation.two_translations: first."
            )
        found.note += ". The first of each is taken."
    return found


def _pair(row: dict[str, object], columns: Sequence[str], place: str) -> tuple[str, str]:
    """Source and translation of a row, checked."""
    if not columns:
        raise ValueError(
            f"{place}: has no source and translation, only {shown(sorted(map(str, row)))}. Write "
            'an object for each sentence: {"source": ..., "translation": ...}.'
        )
    # The corpus has each run of white space as one space.
    values = [row[name] for name in columns]
    for value, name in zip(values, (SOURCE, TRANSLATION), strict=True):
        if not isinstance(value, str | None):
            raise ValueError(f"{place}: the {name} {shown(value)} is not text. Write a sentence.")
    texts = [" ".join(unicodedata.normalize("NFC", str(value or "")).split()) for value in values]
    for text, name in zip(texts, (SOURCE, TRANSLATION), strict=True):
        if not text:
            raise ValueError(
                f"{place}: the {name} is empty (the other one: {shown(texts[0] or texts[1])}). "
                "Fill it in or remove the row."
            )
        _check_text(text, name, place)
    return texts[0], texts[1]


def _check_text(value: str, name: str, place: str) -> None:
    # What can be printed holds none; marks of the direction of writing cannot, and are looked at.
    signs = "" if value.isprintable() else value
    wrong = next((sign for sign in signs if unicodedata.category(sign) in ("Cc", "Cs")), None)
    if wrong is not None:
        raise ValueError(
            f"{place}: the {name} {shown(value)} holds the control character "
            f"U+{ord(wrong):04X}. Remove it."
        )
    if len(value) > LONGEST:
        raise ValueError(
            f"{place}: the {name} {shown(value)} has {len(value):,} characters, more than the "
            f"{LONGEST:,} of any sentence. Give the translation of the one sentence."
        )


def missing_translations(found: Container[str], sentences: Iterable[str]) -> list[str]:
    """The `sentences` that `found` (of `read_translations`) does not have, in their order."""
    return [text for text in sentences if as_found(text) not in found]


def as_found(sentence: str) -> str:
    """The form in which `read_translations` has `sentence` as its key."""
    return " ".join(unicodedata.normalize("NFC", sentence).split())


def missing_message(path: str | Path, found: Translations, missing: list[str], total: int) -> str:
    """What to say where the file at `path` lacks the translations of `missing` of `total`."""
    shown_ones = ", ".join(repr(text) for text in missing[:_SHOWN])
    message = (
        f"{path} has no translation of {len(missing):,} of {total:,} sentences: {shown_ones}"
        f"{', ...' if len(missing) > _SHOWN else ''}."
    )
    translations = set(found.values())
    exchanged = sum(as_found(text) in translations for text in missing)
    if 2 * exchanged > len(missing):
        return (
            f"{message} They stand in the column of translations: exchange the two columns, or "
            "write the header source and translation."
        )
    return f"{message} Add them."


class FileTranslator:
    """A `Translator` that looks sentences up in a file.

    `sentences` are all sentences of the language: a file that lacks some is refused at once, with
    ValueError that counts over all of them. What the file says twice is warned of.
    """

    provider = "file"
    judge = None

    def __init__(
        self,
        path: str | Path,
        lang: str | None = None,
        sentences: Sequence[str] = (),
        *,
        source: str = "en",
        two_translations: str = "first",
    ) -> None:
        self._path = path
        self._found = read_translations(
            path, lang, source=source, two_translations=two_translations
        )
        self._check(sentences)
        if self._found.note:
            logger.warning("%s", self._found.note)

    def _check(self, sentences: Sequence[str]) -> None:
        missing = missing_translations(self._found, sentences)
        if missing:
            raise ValueError(missing_message(self._path, self._found, missing, len(sentences)))

    def translate(self, sentences: Sequence[str]) -> Iterator[list[Answer | Failure]]:
        """Yield one batch. Raises ValueError naming the file and what is missing in it."""
        self._check(sentences)
        found = [(text, self._found[as_found(text)]) for text in sentences]
        yield [Answer(text, said, same_text(text, said)) for text, said in found]
