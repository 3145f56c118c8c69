"""Errors of meaning: one slot, a known rate, nothing that is held out."""

from collections import Counter

import pytest

from clseave_core.corpus.pocket.grammars import say
from clseave_core.corpus.pocket.lexicon import COLOURS, SHAPES, TEMPLATES
from clseave_core.corpus.pocket.mistakes import draw_mistakes, one_slot_apart, sentences_of
from clseave_core.corpus.pocket.scenes import Thing
from clseave_core.corpus.pocket.sentences import Sentence, all_sentences

TWO_COLOURS, TWO_SHAPES = ("red", "green"), ("circle", "star")
SENTENCES = [s for template in TEMPLATES for s in all_sentences(template, TWO_COLOURS, TWO_SHAPES)]
HELD_OUT = [("none", "none", "none", "dev", "test")[row % 5] for row in range(len(SENTENCES))]


def english(found: dict[str, list[Sentence]]) -> dict[str, list[str]]:
    return {slot: [say(one, "en").text for one in others] for slot, others in found.items()}


def test_neighbours_of_a_sentence_by_hand() -> None:
    red_circle = Thing("red", "circle")
    place = Sentence("exists_at", (red_circle,), place="top row")

    assert english(one_slot_apart(place, TWO_COLOURS, TWO_SHAPES)) == {
        "colour": ["There is a green circle in the top row."],
        "shape": ["There is a red star in the top row."],
        "place": [
            "There is a red circle in the bottom row.",
            "There is a red circle in the left column.",
            "There is a red circle in the right column.",
        ],
        "negation": ["There is no red circle in the top row."],
    }
    number = Sentence("at_least", (Thing(None, None),), number=2)
    assert english(one_slot_apart(number, TWO_COLOURS, TWO_SHAPES)) == {
        "number": ["There are at least three shapes."]
    }
    relation = Sentence("related", (Thing("red", None), Thing("green", None)), relation="above")
    assert english(one_slot_apart(relation, TWO_COLOURS, TWO_SHAPES)) == {
        "relation": [
            "There is a red shape below a green shape.",
            "There is a red shape left of a green shape.",
            "There is a red shape right of a green shape.",
        ],
        "negation": ["There is no red shape above a green shape."],
    }  # a green shape above a green shape is never said


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.5])
def test_the_rate_holds_in_each_part_alike(rate: float) -> None:
    mistakes = draw_mistakes(SENTENCES, HELD_OUT, rate, 1, TWO_COLOURS, TWO_SHAPES)

    found = Counter(HELD_OUT[row] for row in mistakes)
    sizes = Counter(HELD_OUT)
    assert found == {kind: round(rate * size) for kind, size in sizes.items()}


def test_a_mistake_is_another_sentence_that_nobody_holds_out() -> None:
    mistakes = draw_mistakes(SENTENCES, HELD_OUT, 0.3, 1, TWO_COLOURS, TWO_SHAPES)
    apart = {one for one, kind in zip(SENTENCES, HELD_OUT, strict=True) if kind != "none"}

    for row, mistake in mistakes.items():
        near = one_slot_apart(SENTENCES[row], TWO_COLOURS, TWO_SHAPES)
        assert mistake.sentence in near[mistake.slot]
        assert mistake.sentence not in apart


def test_a_higher_rate_adds_mistakes_and_another_seed_makes_others() -> None:
    def drawn(rate: float, seed: int) -> dict[int, str]:
        mistakes = draw_mistakes(SENTENCES, HELD_OUT, rate, seed, TWO_COLOURS, TWO_SHAPES)
        return {row: say(one.sentence, "en").text for row, one in mistakes.items()}

    assert drawn(0.05, 1).items() < drawn(0.2, 1).items()
    assert drawn(0.2, 1) != drawn(0.2, 2)


def test_sentences_are_found_by_their_english() -> None:
    texts = [say(one, "en").text for one in SENTENCES[:5]]

    assert sentences_of(texts, TWO_COLOURS, TWO_SHAPES) == SENTENCES[:5]
    with pytest.raises(ValueError, match=r"'There is a blue star\.' is no sentence of a world of"):
        sentences_of(["There is a blue star."], TWO_COLOURS, TWO_SHAPES)
    assert sentences_of(["There is a blue star."], COLOURS, SHAPES)[0].template == "exists"
