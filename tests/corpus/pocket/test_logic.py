"""Model checking against brute force: every filling of the covered cells, for every template."""

from itertools import product

import numpy as np
import pytest

from clseave_core.corpus.pocket.lexicon import COLOURS, SHAPES, TEMPLATES
from clseave_core.corpus.pocket.logic import FALSE, TRUE, UNKNOWN, evaluate
from clseave_core.corpus.pocket.scenes import COVERED, EMPTY, Scenes, Thing, value_of
from clseave_core.corpus.pocket.sentences import Sentence, all_sentences, formula_of

EVERY_FILLING = [EMPTY, *range(1, len(COLOURS) * len(SHAPES) + 1)]
RED_CIRCLE, BLUE_STAR = value_of("red", "circle"), value_of("blue", "star")


def by_brute_force(sentence: Sentence, scene: Scenes) -> int:
    """TRUE or FALSE when all fillings of the covered cells agree, else UNKNOWN."""
    choices = [EVERY_FILLING if cell == COVERED else [int(cell)] for cell in scene]
    filled = np.array(list(product(*choices)), dtype=np.int8)
    answers = set(evaluate(formula_of(sentence), filled).tolist())
    assert answers <= {TRUE, FALSE}
    return UNKNOWN if len(answers) > 1 else answers.pop()


@pytest.mark.parametrize("template", TEMPLATES)
def test_agrees_with_every_filling(template: str) -> None:
    rng = np.random.default_rng(TEMPLATES.index(template))
    sentences = list(all_sentences(template, COLOURS, SHAPES))
    seen = set()
    for number in rng.choice(len(sentences), size=40):
        things = [*sentences[number].things[0].values(), *sentences[number].things[-1].values()]
        pool = [COVERED, EMPTY, *things, RED_CIRCLE]
        scene = rng.choice(pool, size=4).astype(np.int8)
        scene[rng.permutation(4)[:2]] = rng.choice([EMPTY, *things], size=2)
        expected = by_brute_force(sentences[number], scene)
        assert evaluate(formula_of(sentences[number]), scene[None])[0] == expected
        seen.add(expected)
    assert len(seen) > 1, "the scenes of this test never change the answer"


@pytest.mark.parametrize(
    ("sentence", "scene", "expected"),
    [
        (Sentence("exists", (Thing("red", "circle"),)), [RED_CIRCLE, COVERED, 0, 0], TRUE),
        (Sentence("exists", (Thing("red", "circle"),)), [BLUE_STAR, COVERED, 0, 0], UNKNOWN),
        (Sentence("exists", (Thing("red", "circle"),)), [BLUE_STAR, 0, 0, 0], FALSE),
        (Sentence("absent_at", (Thing("red", None),), "top left"), [COVERED, 0, 0, 0], UNKNOWN),
        (Sentence("absent_at", (Thing("red", None),), "top row"), [0, BLUE_STAR, COVERED, 0], TRUE),
        (Sentence("at_least", (Thing(None, "star"),), number=3), [COVERED, COVERED, 0, 0], FALSE),
        (
            Sentence("at_most", (Thing(None, "star"),), number=1),
            [BLUE_STAR, COVERED, 0, 0],
            UNKNOWN,
        ),
        # One covered cell cannot be both, so this is no matter of not knowing.
        (Sentence("both", (Thing("red", None), Thing("blue", None))), [COVERED, 0, 0, 0], FALSE),
    ],
)
def test_by_hand(sentence: Sentence, scene: list[int], expected: int) -> None:
    assert evaluate(formula_of(sentence), np.array([scene], dtype=np.int8))[0] == expected


def test_above_needs_no_common_column() -> None:
    sentence = Sentence("related", (Thing("red", None), Thing("blue", None)), relation="above")
    scenes = np.array([[RED_CIRCLE, 0, 0, BLUE_STAR], [BLUE_STAR, 0, 0, RED_CIRCLE]], dtype=np.int8)
    assert evaluate(formula_of(sentence), scenes).tolist() == [TRUE, FALSE]
