"""Sentences taken for others: errors of meaning at a known rate.

A mistaken sentence is another one that differs from it in one slot: a colour, a shape, a place, a
number, a relation or a negation. Its translation is the right one of that other sentence, so it
reads well, what it says is known exactly, and no check of form can find it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from clseave_core.corpus.pocket.grammars import say
from clseave_core.corpus.pocket.lexicon import PLACES, RELATIONS, TEMPLATES
from clseave_core.corpus.pocket.scenes import Thing
from clseave_core.corpus.pocket.sentences import Sentence, all_sentences
from clseave_core.corpus.schemas import HELD_OUT

MISTAKEN_LANGUAGES = {"qno": 0.1}
"""The invented language that is English with mistakes, and their rate."""
_STREAM = 6
"""The number of this purpose among those of the world's random numbers."""
_OPPOSITE = {"exists": "absent", "exists_at": "absent_at", "related": "unrelated"}
_OPPOSITE |= {negative: positive for positive, negative in _OPPOSITE.items()}
_NUMBERS = (1, 2, 3)


@dataclass(frozen=True)
class Mistake:
    """What a sentence is mistaken for, and the slot in which the two differ."""

    slot: str
    sentence: Sentence


def one_slot_apart(
    sentence: Sentence, colours: Sequence[str], shapes: Sequence[str]
) -> dict[str, list[Sentence]]:
    """Every sentence that differs from this one in one slot, by slot, in a fixed order.

    Sentences that the world would never say ("a red circle above a red circle") are left out. A
    slot that nothing can stand in for is not there.
    """
    templates = (sentence.template, _OPPOSITE.get(sentence.template, sentence.template))
    sayable = set(
        chain.from_iterable(
            all_sentences(name, tuple(colours), tuple(shapes)) for name in templates
        )
    )
    found: dict[str, list[Sentence]] = {}
    for slot, other in _changed(sentence, colours, shapes):
        if other in sayable and other != sentence:
            found.setdefault(slot, []).append(other)
    return found


def _changed(
    sentence: Sentence, colours: Sequence[str], shapes: Sequence[str]
) -> Iterator[tuple[str, Sentence]]:
    """Sentences with something else in one slot, the same among them, sayable or not."""
    for place, thing in enumerate(sentence.things):
        others = [("colour", Thing(colour, thing.shape)) for colour in colours if thing.colour]
        others += [("shape", Thing(thing.colour, shape)) for shape in shapes if thing.shape]
        for slot, other in others:
            things = (*sentence.things[:place], other, *sentence.things[place + 1 :])
            yield slot, replace(sentence, things=things)
    if sentence.place:
        size = len(PLACES[sentence.place])
        for name, cells in PLACES.items():
            if len(cells) == size:
                yield "place", replace(sentence, place=name)
    if sentence.number:
        for number in _NUMBERS:
            yield "number", replace(sentence, number=number)
    if sentence.relation:
        for relation in RELATIONS:
            yield "relation", replace(sentence, relation=relation)
    if sentence.template in _OPPOSITE:
        yield "negation", replace(sentence, template=_OPPOSITE[sentence.template])


def draw_mistakes(
    sentences: Sequence[Sentence], held_out: Sequence[str], rate: float, world_seed: int,
    colours: Sequence[str], shapes: Sequence[str],
) -> dict[int, Mistake]:  # fmt: skip
    """Which rows of `sentences` are mistaken, and for what.

    The share is `rate`, to the nearest row, among those held out for nobody, for dev and for test
    alike. A higher rate adds mistakes to those of a lower one. First the slot is drawn, then what
    stands in it; a sentence that is held out is never said in place of another one, so that no
    student reads it in training.
    """
    kept_apart = {
        sentence for sentence, kind in zip(sentences, held_out, strict=True) if kind != "none"
    }
    mistakes: dict[int, Mistake] = {}
    for number, kind in enumerate(HELD_OUT):
        rng = np.random.default_rng([world_seed, _STREAM, number])
        rows = [row for row, name in enumerate(held_out) if name == kind]
        wanted = round(rate * len(rows))
        for row in rng.permutation(rows).tolist():
            if wanted == 0:
                break
            choices = {
                slot: allowed
                for slot, others in one_slot_apart(sentences[row], colours, shapes).items()
                if (allowed := [other for other in others if other not in kept_apart])
            }
            if choices:
                slot = list(choices)[rng.integers(len(choices))]
                mistakes[row] = Mistake(slot, choices[slot][rng.integers(len(choices[slot]))])
                wanted -= 1
    return mistakes


def sentences_of(
    texts: Sequence[str], colours: Sequence[str], shapes: Sequence[str]
) -> list[Sentence]:
    """The meanings of English sentences; ValueError names the first that the world never says."""
    meaning = {
        say(sentence, "en").text: sentence
        for template in TEMPLATES
        for sentence in all_sentences(template, tuple(colours), tuple(shapes))
    }
    for text in texts:
        if text not in meaning:
            raise ValueError(
                f"{text!r} is no sentence of a world of {', '.join((*colours, *shapes))}. Give "
                "the sentences of the study's own world."
            )
    return [meaning[text] for text in texts]
