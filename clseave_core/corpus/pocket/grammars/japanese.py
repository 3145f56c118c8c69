"""Japanese: the verb last, particles が, は, に, の, and the native counter つ."""

from clseave_core.corpus.pocket.grammars.filling import Spoken, fill
from clseave_core.corpus.pocket.sentences import Sentence

NOUNS = {"circle": "丸", "square": "四角", "triangle": "三角", "star": "星", None: "図形"}
COLOURS = {"red": "赤い", "green": "緑の", "blue": "青い", "yellow": "黄色い"}
"""Green is a noun, so that の joins it to another one; the others are adjectives in い."""
PLACES = {
    "top left": "左上",
    "top right": "右上",
    "bottom left": "左下",
    "bottom right": "右下",
    "top row": "上の段",
    "bottom row": "下の段",
    "left column": "左の列",
    "right column": "右の列",
}
RELATIONS = {"above": "上", "below": "下", "left of": "左", "right of": "右"}
COUNTED = {1: "一つ", 2: "二つ", 3: "三つ"}
FIRST = "{colour1}{shape1}"
SECOND = "{colour2}{shape2}"
PATTERNS = {
    "exists": f"{FIRST}が{{verb}}。",
    "absent": f"{FIRST}は{{verb+quantity1}}。",
    "exists_at": f"{{place}}に{FIRST}が{{verb}}。",
    "absent_at": f"{{place}}に{FIRST}は{{verb+quantity1}}。",
    "at_least": f"{FIRST}が{{quantity1}}{{bound=以上}}{{verb}}。",
    "at_most": f"{FIRST}は{{bound=多くても}}{{quantity1}}{{verb=だ}}。",
    "exactly_at": f"{{place}}に{FIRST}が{{bound=ちょうど}}{{quantity1}}{{verb}}。",
    "related": f"{SECOND}の{{relation}}に{FIRST}が{{verb}}。",
    "unrelated": f"{SECOND}の{{relation}}に{FIRST}は{{verb+quantity1}}。",
    "either_at": f"{{place}}に{FIRST}{{connective=か}}{SECOND}が{{verb}}。",
    "both": f"{FIRST}{{connective=と}}{SECOND}が{{verb}}。",
}


def say_japanese(sentence: Sentence) -> Spoken:
    """Say the sentence in Japanese."""
    values = {
        "quantity1": COUNTED[sentence.number or 1],
        "verb": "ある",
        "verb+quantity1": "ない",
        "place": PLACES[sentence.place] if sentence.place else "",
        "relation": RELATIONS[sentence.relation] if sentence.relation else "",
    }
    for index, thing in enumerate(sentence.things, start=1):
        values[f"colour{index}"] = COLOURS[thing.colour] if thing.colour else ""
        values[f"shape{index}"] = NOUNS[thing.shape]
    return fill(PATTERNS[sentence.template], values)
