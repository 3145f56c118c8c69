"""German: three genders, three cases, adjective endings after "ein" and after a number."""

from clseave_core.corpus.pocket.grammars.filling import Spoken, fill
from clseave_core.corpus.pocket.scenes import Thing
from clseave_core.corpus.pocket.sentences import Sentence

NOUNS = {
    "circle": ("m", "Kreis", "Kreise"),
    "square": ("n", "Quadrat", "Quadrate"),
    "triangle": ("n", "Dreieck", "Dreiecke"),
    "star": ("m", "Stern", "Sterne"),
    None: ("f", "Figur", "Figuren"),
}
"""Gender, singular (the same in all cases used here), plural; None: any shape."""
COLOURS = {"red": "rot", "green": "grün", "blue": "blau", "yellow": "gelb"}
ARTICLE_ENDINGS = {
    "nominative": {"m": "", "f": "e", "n": ""},
    "accusative": {"m": "en", "f": "e", "n": ""},
    "dative": {"m": "em", "f": "er", "n": "em"},
}
ADJECTIVE_ENDINGS = {
    "nominative": {"m": "er", "f": "e", "n": "es"},
    "accusative": {"m": "en", "f": "e", "n": "es"},
    "dative": {"m": "en", "f": "en", "n": "en"},
}
"""After "ein" and "kein"; after a number above one (nominative, accusative) it is "-e"."""
PLACES = {
    "top left": "oben links",
    "top right": "oben rechts",
    "bottom left": "unten links",
    "bottom right": "unten rechts",
    "top row": "in der oberen Reihe",
    "bottom row": "in der unteren Reihe",
    "left column": "in der linken Spalte",
    "right column": "in der rechten Spalte",
}
RELATIONS = {
    "above": "über",
    "below": "unter",
    "left of": "links von",
    "right of": "rechts von",
}
NUMBERS = {2: "zwei", 3: "drei"}
FIRST = "{quantity1} {colour1} {shape1}"
SECOND = "{quantity2} {colour2} {shape2}"
PATTERNS = {
    "exists": f"{{verb=es gibt}} {FIRST}.",
    "absent": f"{{verb=es gibt}} {FIRST}.",
    "exists_at": f"{{place}} {{verb}} {FIRST}.",
    "absent_at": f"{{place}} {{verb}} {FIRST}.",
    "at_least": f"{{verb=es gibt}} {{bound=mindestens}} {FIRST}.",
    "at_most": f"{{verb=es gibt}} {{bound=höchstens}} {FIRST}.",
    "exactly_at": f"{{place}} {{verb}} {{bound=genau}} {FIRST}.",
    "related": f"{{verb=es gibt}} {FIRST} {{relation}} {SECOND}.",
    "unrelated": f"{{verb=es gibt}} {FIRST} {{relation}} {SECOND}.",
    "either_at": f"{{place}} {{verb}} {FIRST} {{connective=oder}} {SECOND}.",
    "both": f"{{verb=es gibt}} {FIRST} {{connective=und}} {SECOND}.",
}
NEGATIVE = ("absent", "absent_at", "unrelated")


def _phrase(thing: Thing, case: str, number: int, negative: bool) -> tuple[str, str, str]:
    """Determiner, adjective and noun, agreeing in gender, number and case."""
    gender, singular, plural = NOUNS[thing.shape]
    stem = COLOURS[thing.colour] if thing.colour else ""
    if number > 1:
        return NUMBERS[number], stem and f"{stem}e", plural
    article = ("kein" if negative else "ein") + ARTICLE_ENDINGS[case][gender]
    return article, stem and stem + ADJECTIVE_ENDINGS[case][gender], singular


def say_german(sentence: Sentence) -> Spoken:
    """Say the sentence in German: "es gibt" governs the accusative, the relations the dative."""
    number = sentence.number or 1
    case = "nominative" if sentence.place else "accusative"
    values = {
        "verb": "ist" if number == 1 else "sind",
        "place": PLACES[sentence.place] if sentence.place else "",
        "relation": RELATIONS[sentence.relation] if sentence.relation else "",
    }
    for index, thing in enumerate(sentence.things, start=1):
        governed = "dative" if sentence.relation and index == 2 else case
        negative = sentence.template in NEGATIVE and index == 1
        phrase = _phrase(thing, governed, number, negative)
        for slot, word in zip(("quantity", "colour", "shape"), phrase, strict=True):
            values[f"{slot}{index}"] = word
    return fill(PATTERNS[sentence.template], values)
