"""Dutch: "de" and "het" nouns; an indefinite singular "het" noun takes no adjective ending."""

from clseave_core.corpus.pocket.grammars.filling import Spoken, fill
from clseave_core.corpus.pocket.sentences import Sentence

NOUNS = {
    "circle": ("de", "cirkel", "cirkels"),
    "square": ("het", "vierkant", "vierkanten"),
    "triangle": ("de", "driehoek", "driehoeken"),
    "star": ("de", "ster", "sterren"),
    None: ("de", "vorm", "vormen"),
}
"""Definite article, singular, plural; None: any shape."""
COLOURS = {
    "red": ("rood", "rode"),
    "green": ("groen", "groene"),
    "blue": ("blauw", "blauwe"),
    "yellow": ("geel", "gele"),
}
"""Without and with the ending."""
PLACES = {
    "top left": "linksboven",
    "top right": "rechtsboven",
    "bottom left": "linksonder",
    "bottom right": "rechtsonder",
    "top row": "in de bovenste rij",
    "bottom row": "in de onderste rij",
    "left column": "in de linkerkolom",
    "right column": "in de rechterkolom",
}
RELATIONS = {
    "above": "boven",
    "below": "onder",
    "left of": "links van",
    "right of": "rechts van",
}
NUMBERS = {1: "één", 2: "twee", 3: "drie"}
FIRST = "{colour1} {shape1}"
SECOND = "{quantity2=een} {colour2} {shape2}"
PATTERNS = {
    "exists": f"{{verb=er is}} {{quantity1=een}} {FIRST}.",
    "absent": f"{{verb=er is}} {{quantity1=geen}} {FIRST}.",
    "exists_at": f"{{place}} {{verb=staat}} {{quantity1=een}} {FIRST}.",
    "absent_at": f"{{place}} {{verb=staat}} {{quantity1=geen}} {FIRST}.",
    "at_least": f"{{verb=er zijn}} {{bound=minstens}} {{quantity1}} {FIRST}.",
    "at_most": f"{{verb}} {{bound=hoogstens}} {{quantity1}} {FIRST}.",
    "exactly_at": f"{{place}} {{verb}} {{bound=precies}} {{quantity1}} {FIRST}.",
    "related": f"{{verb=er is}} {{quantity1=een}} {FIRST} {{relation}} {SECOND}.",
    "unrelated": f"{{verb=er is}} {{quantity1=geen}} {FIRST} {{relation}} {SECOND}.",
    "either_at": (
        f"{{place}} {{verb=staat}} {{quantity1=een}} {FIRST} {{connective=of}} {SECOND}."
    ),
    "both": f"{{verb=er is}} {{quantity1=een}} {FIRST} {{connective=en}} {SECOND}.",
}


def say_dutch(sentence: Sentence) -> Spoken:
    """Say the sentence in Dutch."""
    number = sentence.number or 1
    singular_verb, plural_verb = ("staat", "staan") if sentence.place else ("er is", "er zijn")
    values = {
        "verb": singular_verb if number == 1 else plural_verb,
        "quantity1": NUMBERS[number],
        "place": PLACES[sentence.place] if sentence.place else "",
        "relation": RELATIONS[sentence.relation] if sentence.relation else "",
    }
    for index, thing in enumerate(sentence.things, start=1):
        article, singular, plural = NOUNS[thing.shape]
        bare, inflected = COLOURS[thing.colour] if thing.colour else ("", "")
        values[f"colour{index}"] = bare if number == 1 and article == "het" else inflected
        values[f"shape{index}"] = singular if number == 1 else plural
    return fill(PATTERNS[sentence.template], values)
