"""Korean: the verb last, the counter 개, and particles that depend on the syllable before them."""

from clseave_core.corpus.pocket.grammars.filling import Spoken, fill
from clseave_core.corpus.pocket.sentences import Sentence

NOUNS = {"circle": "동그라미", "square": "네모", "triangle": "세모", "star": "별", None: "도형"}
COLOURS = {"red": "빨간", "green": "초록색", "blue": "파란", "yellow": "노란"}
PLACES = {
    "top left": "왼쪽 위",
    "top right": "오른쪽 위",
    "bottom left": "왼쪽 아래",
    "bottom right": "오른쪽 아래",
    "top row": "윗줄",
    "bottom row": "아랫줄",
    "left column": "왼쪽 열",
    "right column": "오른쪽 열",
}
RELATIONS = {"above": "위", "below": "아래", "left of": "왼쪽", "right of": "오른쪽"}
COUNTED = {1: "한 개", 2: "두 개", 3: "세 개"}
PARTICLES = {
    "subject": ("이", "가"),
    "topic": ("은", "는"),
    "object": ("을", "를"),
    "and": ("과", "와"),
    "or": ("이나", "나"),
    "copula": ("이다", "다"),
}
"""After a closed syllable (one that ends in a consonant) and after an open one."""
FIRST = "{colour1} {shape1}"
SECOND = "{colour2} {shape2}"
PATTERNS = {
    "exists": f"{FIRST}{{_subject1}} {{verb=있다}}.",
    "absent": f"{FIRST}{{_topic1}} {{verb+quantity1=없다}}.",
    "exists_at": f"{{place}}에 {FIRST}{{_subject1}} {{verb=있다}}.",
    "absent_at": f"{{place}}에 {FIRST}{{_topic1}} {{verb+quantity1=없다}}.",
    "at_least": f"{FIRST}{{_object1}} {{quantity1}} {{bound=이상}} {{verb=볼 수 있다}}.",
    "at_most": f"{FIRST}{{_topic1}} {{bound=많아야}} {{quantity1}}{{verb}}.",
    "exactly_at": (
        f"{{place}}에 {FIRST}{{_subject1}} {{bound=정확히}} {{quantity1}} {{verb=있다}}."
    ),
    "related": f"{SECOND} {{relation}}에 {FIRST}{{_subject1}} {{verb=있다}}.",
    "unrelated": f"{SECOND} {{relation}}에 {FIRST}{{_topic1}} {{verb+quantity1=없다}}.",
    "either_at": (f"{{place}}에 {FIRST}{{connective}} {SECOND}{{_subject2}} {{verb=있다}}."),
    "both": f"{FIRST}{{connective}} {SECOND}{{_subject2}} {{verb=있다}}.",
}


def is_closed(syllable: str) -> bool:
    """Whether a Hangul syllable ends in a consonant (its code point says which, of 28)."""
    return (ord(syllable) - ord("가")) % 28 != 0


def particle(name: str, word: str) -> str:
    """The form of a particle that stands after `word`."""
    closed, opened = PARTICLES[name]
    return closed if is_closed(word[-1]) else opened


def say_korean(sentence: Sentence) -> Spoken:
    """Say the sentence in Korean."""
    values = {
        "quantity1": COUNTED[sentence.number or 1],
        "verb": particle("copula", COUNTED[sentence.number or 1]),
        "place": PLACES[sentence.place] if sentence.place else "",
        "relation": RELATIONS[sentence.relation] if sentence.relation else "",
    }
    for index, thing in enumerate(sentence.things, start=1):
        noun = NOUNS[thing.shape]
        values[f"colour{index}"] = COLOURS[thing.colour] if thing.colour else ""
        values[f"shape{index}"] = noun
        for name in ("subject", "topic", "object"):
            values[f"_{name}{index}"] = particle(name, noun)
    joining = "or" if sentence.template == "either_at" else "and"
    values["connective"] = particle(joining, NOUNS[sentence.things[0].shape])
    return fill(PATTERNS[sentence.template], values)
