"""What the natural world's sentences speak of: nouns, kinds, and the objects that they name."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from clseave_core.corpus.natural.nouns import Noun, Word, all_kinds

FIRST_OBJECT = 1
"""The value of the first noun's object in a scene; 0 is an empty cell (pocket/scenes.py)."""


@dataclass(frozen=True)
class Thing:
    """A noun phrase: a word and the objects that it describes, ascending."""

    word: Word
    objects: tuple[int, ...] = field(compare=False)

    def values(self) -> tuple[int, ...]:
        """The values of the objects that the phrase describes, ascending."""
        return self.objects


def noun_things(nouns: Sequence[Noun]) -> list[Thing]:
    """One thing for each noun; its object's value is its place in `nouns`, from 1."""
    return [Thing(noun.word, (value,)) for value, noun in enumerate(nouns, start=FIRST_OBJECT)]


def kind_things(nouns: Sequence[Noun], least: int = 2) -> list[Thing]:
    """One thing for each kind with at least `least` of the `nouns`, in the order of the table."""
    things = []
    for kind, word in all_kinds().items():
        members = [
            value for value, noun in enumerate(nouns, start=FIRST_OBJECT) if kind in noun.kinds
        ]
        if len(members) >= least:
            things.append(Thing(word, tuple(members)))
    return things
