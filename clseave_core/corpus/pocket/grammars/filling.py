"""Patterns with slots, and the text with marked words that comes of filling them.

A pattern is text with slots in braces: `{colour1}` takes its value from a mapping, `{verb=Es gibt}`
has its own. `{verb+quantity1=没有}` says two slots with one word. A slot whose name starts with
an underscore (case endings, particles) is filled but not marked, since English has no such word.
A slot with an empty value vanishes together with the space after it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

SLOT = re.compile(r"\{([\w+]+)(?:=([^}]*))?\}")


@dataclass(frozen=True)
class Span:
    """Characters `start` to `end` (exclusive) say the part `slot` of the sentence."""

    slot: str
    start: int
    end: int


@dataclass(frozen=True)
class Alignment:
    """Characters of an English sentence and those of a translation that say the same."""

    source_start: int
    source_end: int
    target_start: int
    target_end: int


@dataclass(frozen=True)
class Spoken:
    """A sentence in one language."""

    text: str
    spans: tuple[Span, ...]


def fill(pattern: str, values: Mapping[str, str]) -> Spoken:
    """Fill the pattern; its first letter becomes a capital. KeyError: a slot has no value."""
    text = ""
    spans: list[Span] = []
    position = 0
    for match in SLOT.finditer(pattern):
        text += pattern[position : match.start()]
        position = match.end()
        names, own = match.groups()
        value = values[names] if own is None else own
        if not value:
            position += pattern.startswith(" ", position)
            continue
        start = len(text)
        text += value
        spans += [
            Span(name, start, len(text)) for name in names.split("+") if not name.startswith("_")
        ]
    text += pattern[position:]
    return Spoken(text[0].upper() + text[1:], tuple(spans))


def align(source: Spoken, target: Spoken) -> list[Alignment]:
    """All pairs of spans that say the same slot, in the order of the source."""
    return [
        Alignment(here.start, here.end, there.start, there.end)
        for here in source.spans
        for there in target.spans
        if here.slot == there.slot
    ]
