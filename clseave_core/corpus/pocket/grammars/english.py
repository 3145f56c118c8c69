"""English: an article, a plural, nothing else to agree."""

from typing import Any

from clseave_core.corpus.pocket.grammars.filling import Spoken, fill
from clseave_core.corpus.pocket.sentences import Sentence

PLACES = {
    "top left": "in the top left",
    "top right": "in the top right",
    "bottom left": "in the bottom left",
    "bottom right": "in the bottom right",
    "top row": "in the top row",
    "bottom row": "in the bottom row",
    "left column": "in the left column",
    "right column": "in the right column",
}
NUMBERS = {1: "one", 2: "two", 3: "three"}
NEGATIVE = ("absent", "absent_at", "unrelated")
FIRST = "{quantity1} {colour1} {shape1}"
SECOND = "{quantity2} {colour2} {shape2}"
PATTERNS = {
    "exists": f"{{verb=there is}} {FIRST}.",
    "absent": f"{{verb=there is}} {FIRST}.",
    "exists_at": f"{{verb=there is}} {FIRST} {{place}}.",
    "absent_at": f"{{verb=there is}} {FIRST} {{place}}.",
    "at_least": f"{{verb=there are}} {{bound=at least}} {FIRST}.",
    "at_most": f"{{verb}} {{bound=at most}} {FIRST}.",
    "exactly_at": f"{{verb}} {{bound=exactly}} {FIRST} {{place}}.",
    "related": f"{{verb=there is}} {FIRST} {{relation}} {SECOND}.",
    "unrelated": f"{{verb=there is}} {FIRST} {{relation}} {SECOND}.",
    "either_at": f"{{verb=there is}} {FIRST} {{connective=or}} {SECOND} {{place}}.",
    "both": f"{{verb=there is}} {FIRST} {{connective=and}} {SECOND}.",
}


def quantity(sentence: Sentence[Any], article: str) -> str:
    """What stands before the first noun: a number, "no" or the article."""
    if sentence.number:
        return NUMBERS[sentence.number]
    return "no" if sentence.template in NEGATIVE else article


def say_english(sentence: Sentence) -> Spoken:
    """Say the sentence in English."""
    number = sentence.number or 1
    values = {
        "verb": "there is" if number == 1 else "there are",
        "quantity1": quantity(sentence, "a"),
        "quantity2": "a",
        "place": PLACES[sentence.place] if sentence.place else "",
        "relation": sentence.relation or "",
    }
    for index, thing in enumerate(sentence.things, start=1):
        noun = thing.shape or "shape"
        values[f"colour{index}"] = thing.colour or ""
        values[f"shape{index}"] = noun if number == 1 else f"{noun}s"
    return fill(PATTERNS[sentence.template], values)
