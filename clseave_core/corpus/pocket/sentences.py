"""Hypotheses as meanings: which there are, and the formula that each stands for."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Generic, Protocol

import numpy as np
from typing_extensions import TypeVar

from clseave_core.corpus.pocket.lexicon import CELLS, LINES, PLACES, RELATIONS, TEMPLATES
from clseave_core.corpus.pocket.logic import AtLeast, Both, Formula, Not, Pair
from clseave_core.corpus.pocket.scenes import CELL_COUNT, Thing
from clseave_core.corpus.pocket.settings import WorldSettings

ALL_CELLS = tuple(range(CELL_COUNT))
ANYTHING = Thing(None, None)


class Described(Protocol):
    """What a sentence can speak of."""

    def values(self) -> tuple[int, ...]:
        """The values of the objects that it describes, ascending."""


ThingT = TypeVar("ThingT", bound=Described, default=Thing)


@dataclass(frozen=True)
class Sentence(Generic[ThingT]):
    """One hypothesis, independent of any language. What its template does not use is None."""

    template: str
    things: tuple[ThingT, ...]
    place: str | None = None
    relation: str | None = None
    number: int | None = None


def _disjoint(first: Thing, second: Thing) -> bool:
    """Whether no object can be both."""
    return not set(first.values()) & set(second.values())


def all_sentences(
    template: str, colours: tuple[str, ...], shapes: tuple[str, ...]
) -> Iterator[Sentence]:
    """Every sentence of one template over these colours and shapes, in a fixed order."""
    broad = [Thing(colour, None) for colour in colours] + [Thing(None, shape) for shape in shapes]
    things = [*broad, *(Thing(colour, shape) for colour, shape in product(colours, shapes))]
    match template:
        case "exists" | "absent":
            for thing in things:
                yield Sentence(template, (thing,))
        case "exists_at" | "absent_at":
            for place, thing in product(PLACES, [ANYTHING, *things]):
                yield Sentence(template, (thing,), place=place)
        case "at_least":
            for number, thing in product((2, 3), [ANYTHING, *broad]):
                yield Sentence(template, (thing,), number=number)
        case "at_most":
            for number, thing in product((1, 2), [ANYTHING, *broad]):
                yield Sentence(template, (thing,), number=number)
        case "exactly_at":
            for place, number, thing in product(LINES, (1, 2), [ANYTHING, *broad]):
                yield Sentence(template, (thing,), place=place, number=number)
        case "related" | "unrelated":
            for relation, first, second in product(RELATIONS, things, things):
                if first != second:
                    yield Sentence(template, (first, second), relation=relation)
        case "either_at":
            for place, first, second in product(CELLS, things, things):
                if _disjoint(first, second):
                    yield Sentence(template, (first, second), place=place)
        case "both":
            for first, second in product(things, things):
                if _disjoint(first, second):
                    yield Sentence(template, (first, second))
        case _:
            raise ValueError(f"template {template!r} is not one of {', '.join(TEMPLATES)}.")


def choose_sentences(settings: WorldSettings, rng: np.random.Generator) -> list[Sentence]:
    """At most `settings.sentences[template]` sentences of each template, drawn at random."""
    chosen: list[Sentence] = []
    for template in TEMPLATES:
        every = list(all_sentences(template, settings.colours, settings.shapes))
        count = min(settings.sentences.get(template, 0), len(every))
        numbers = np.sort(rng.choice(len(every), size=count, replace=False))
        chosen += [every[number] for number in numbers]
    return chosen


def formula_of(sentence: Sentence[Any]) -> Formula:
    """What the sentence claims of a scene.

    "A red shape and a circle" speaks of two objects; "at least", "exactly" and "above" are meant
    literally; "a" means at least one.
    """
    cells = ALL_CELLS if sentence.place is None else PLACES[sentence.place]
    first, *rest = (thing.values() for thing in sentence.things)
    match sentence:
        case Sentence(template="exists" | "exists_at"):
            return AtLeast(1, first, cells)
        case Sentence(template="absent" | "absent_at"):
            return Not(AtLeast(1, first, cells))
        case Sentence(template="at_least", number=int(number)):
            return AtLeast(number, first, cells)
        case Sentence(template="at_most", number=int(number)):
            return Not(AtLeast(number + 1, first, cells))
        case Sentence(template="exactly_at", number=int(number)):
            enough = AtLeast(number, first, cells)
            if number == len(cells):
                return enough
            return Both(enough, Not(AtLeast(number + 1, first, cells)))
        case Sentence(template="related" | "unrelated", relation=str(relation)):
            from_line, to_line = RELATIONS[relation]
            pairs = tuple(product(PLACES[from_line], PLACES[to_line]))
            related = Pair(first, rest[0], pairs)
            return related if sentence.template == "related" else Not(related)
        case Sentence(template="either_at"):
            return AtLeast(1, tuple(sorted({*first, *rest[0]})), cells)
        case Sentence(template="both"):
            pairs = tuple((here, there) for here, there in product(cells, cells) if here != there)
            return Pair(first, rest[0], pairs)
    raise ValueError(f"{sentence} lacks what its template needs.")
