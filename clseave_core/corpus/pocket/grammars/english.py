"""English: an article, a plural, nothing else to agree."""

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
FIRST = "{colour1} {shape1}"
SECOND = "{colour2} {shape2}"
PATTERNS = {
    "exists": f"{{verb=there is}} {{quantity1=a}} {FIRST}.",
    "absent": f"{{verb=there is}} {{quantity1=no}} {FIRST}.",
    "exists_at": f"{{verb=there is}} {{quantity1=a}} {FIRST} {{place}}.",
    "absent_at": f"{{verb=there is}} {{quantity1=no}} {FIRST} {{place}}.",
    "at_least": f"{{verb=there are}} {{bound=at least}} {{quantity1}} {FIRST}.",
    "at_most": f"{{verb}} {{bound=at most}} {{quantity1}} {FIRST}.",
    "exactly_at": f"{{verb}} {{bound=exactly}} {{quantity1}} {FIRST} {{place}}.",
    "related": f"{{verb=there is}} {{quantity1=a}} {FIRST} {{relation}} {{quantity2=a}} {SECOND}.",
    "unrelated": (
        f"{{verb=there is}} {{quantity1=no}} {FIRST} {{relation}} {{quantity2=a}} {SECOND}."
    ),
    "either_at": (
        f"{{verb=there is}} {{quantity1=a}} {FIRST} {{connective=or}} {{quantity2=a}} {SECOND}"
        " {place}."
    ),
    "both": (
        f"{{verb=there is}} {{quantity1=a}} {FIRST} {{connective=and}} {{quantity2=a}} {SECOND}."
    ),
}


def say_english(sentence: Sentence) -> Spoken:
    """Say the sentence in English."""
    number = sentence.number or 1
    values = {
        "verb": "there is" if number == 1 else "there are",
        "quantity1": NUMBERS[number],
        "place": PLACES[sentence.place] if sentence.place else "",
        "relation": sentence.relation or "",
    }
    for index, thing in enumerate(sentence.things, start=1):
        noun = thing.shape or "shape"
        values[f"colour{index}"] = thing.colour or ""
        values[f"shape{index}"] = noun if number == 1 else f"{noun}s"
    return fill(PATTERNS[sentence.template], values)
