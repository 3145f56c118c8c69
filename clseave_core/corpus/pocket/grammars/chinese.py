"""Chinese: a measure word for each noun, 两 before it for two, the place before the verb."""

from clseave_core.corpus.pocket.grammars.filling import Spoken, fill
from clseave_core.corpus.pocket.sentences import Sentence

NOUNS = {
    "circle": ("个", "圆形"),
    "square": ("个", "正方形"),
    "triangle": ("个", "三角形"),
    "star": ("颗", "星星"),
    None: ("个", "图形"),
}
"""Measure word and noun; None: any shape."""
COLOURS = {"red": "红色的", "green": "绿色的", "blue": "蓝色的", "yellow": "黄色的"}
PLACES = {
    "top left": "左上角",
    "top right": "右上角",
    "bottom left": "左下角",
    "bottom right": "右下角",
    "top row": "上排",
    "bottom row": "下排",
    "left column": "左列",
    "right column": "右列",
}
RELATIONS = {"above": "上方", "below": "下方", "left of": "左边", "right of": "右边"}
NUMBERS = {1: "一", 2: "两", 3: "三"}
FIRST = "{quantity1}{colour1}{shape1}"
SECOND = "{quantity2}{colour2}{shape2}"
PATTERNS = {
    "exists": f"{{verb=有}}{FIRST}。",
    "absent": "{verb+quantity1=没有}{colour1}{shape1}。",
    "exists_at": f"{{place}}{{verb=有}}{FIRST}。",
    "absent_at": "{place}{verb+quantity1=没有}{colour1}{shape1}。",
    "at_least": f"{{bound=至少}}{{verb=有}}{FIRST}。",
    "at_most": f"{{bound=最多}}{{verb=有}}{FIRST}。",
    "exactly_at": f"{{place}}{{bound=正好}}{{verb=有}}{FIRST}。",
    "related": f"{SECOND}{{relation}}{{verb=有}}{FIRST}。",
    "unrelated": "{verb+quantity1=没有}{colour1}{shape1}在{colour2}{shape2}{relation}。",
    "either_at": f"{{place}}{{verb=有}}{FIRST}{{connective=或}}{SECOND}。",
    "both": f"{{verb=有}}{FIRST}{{connective=和}}{SECOND}。",
}


def say_chinese(sentence: Sentence) -> Spoken:
    """Say the sentence in Chinese."""
    values = {
        "place": PLACES[sentence.place] if sentence.place else "",
        "relation": RELATIONS[sentence.relation] if sentence.relation else "",
    }
    for index, thing in enumerate(sentence.things, start=1):
        measure, noun = NOUNS[thing.shape]
        values[f"quantity{index}"] = NUMBERS[sentence.number or 1] + measure
        values[f"colour{index}"] = COLOURS[thing.colour] if thing.colour else ""
        values[f"shape{index}"] = noun
    return fill(PATTERNS[sentence.template], values)
