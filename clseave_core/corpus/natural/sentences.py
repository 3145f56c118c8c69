"""Which sentences a natural world has: about nouns, each equally often, and about kinds alone."""

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from clseave_core.corpus.natural.grammars import Claim
from clseave_core.corpus.natural.scenes import Objects
from clseave_core.corpus.natural.settings import NaturalSettings
from clseave_core.corpus.natural.vocabulary import Thing
from clseave_core.corpus.pocket.lexicon import CELLS, LINES, PLACES, RELATIONS, TEMPLATES

COUNTS = {"at_least": (2, 3), "at_most": (1, 2)}


def sentences_about(template: str, first: Thing, seconds: Sequence[Thing]) -> Iterator[Claim]:
    """Every sentence of a template whose first thing is `first`; two things share no object."""
    match template:
        case "exists" | "absent":
            yield Claim(template, (first,))
        case "exists_at" | "absent_at":
            for place in PLACES:
                yield Claim(template, (first,), place=place)
        case "at_least" | "at_most":
            for number in COUNTS[template]:
                yield Claim(template, (first,), number=number)
        case "exactly_at":
            for place, number in product(LINES, (1, 2)):
                yield Claim(template, (first,), place=place, number=number)
        case "related" | "unrelated" | "either_at" | "both":
            apart = [thing for thing in seconds if not set(thing.values()) & set(first.values())]
            for second in apart:
                things = (first, second)
                if template == "both":
                    yield Claim(template, things)
                elif template == "either_at":
                    yield from (Claim(template, things, place=place) for place in CELLS)
                else:
                    yield from (
                        Claim(template, things, relation=relation) for relation in RELATIONS
                    )
        case _:
            raise ValueError(f"template {template!r} is not one of {', '.join(TEMPLATES)}.")


def choose_sentences(
    nouns: Sequence[Thing], kinds: Sequence[Thing], partners: Objects,
    settings: NaturalSettings, rng: np.random.Generator,
) -> list[Claim]:  # fmt: skip
    """Draw the world's sentences, by template: those about nouns, then those about kinds alone.

    The first things of a template's noun sentences go round all nouns before one comes again. The
    second thing is a partner or a kind, equally often.
    """
    chosen: list[Claim] = []
    for template in TEMPLATES:
        drawn: dict[Claim, None] = {}
        wanted = settings.noun_sentences.get(template, 0)
        rounds = 0
        while len(drawn) < wanted and rounds < 2 * len(PLACES):
            for number in rng.permutation(len(nouns))[: wanted - len(drawn)].tolist():
                friends = [nouns[value - 1] for value in partners[number]]
                seconds = friends if rng.random() < 0.5 else kinds
                every = list(sentences_about(template, nouns[number], seconds))
                if every:
                    drawn[every[rng.integers(len(every))]] = None
            rounds += 1
        chosen += drawn
        every = [claim for kind in kinds for claim in sentences_about(template, kind, kinds)]
        count = min(settings.kind_sentences.get(template, 0), len(every))
        chosen += [
            every[number] for number in np.sort(rng.choice(len(every), count, replace=False))
        ]
    return chosen
