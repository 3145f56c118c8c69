"""Cut a text into words, with the characters that each one covers."""

import re
from typing import Literal

Cut = Literal["dictionary", "characters", "spaces"]
WordSpan = tuple[int, int]
_NO_SPACE = re.compile(r"\S+")


def cut_words(text: str, language: str, cut: Cut) -> list[WordSpan]:
    """Spans (start, end) of the words of `text`, in characters, in order.

    `dictionary`: the word boundaries of Unicode (UAX 29) as ICU draws them for `language`, with
    its dictionaries for Chinese, Japanese and Thai; punctuation marks are words of their own.
    `characters`: every character but white space. `spaces`: what white space separates, with its
    punctuation, as the published scripts cut.
    """
    if cut == "spaces":
        return [match.span() for match in _NO_SPACE.finditer(text)]
    if cut == "characters":
        return [(place, place + 1) for place, letter in enumerate(text) if not letter.isspace()]
    from icu4py.breakers import WordBreaker

    # ICU counts UTF-16 units, of which a letter beyond the basic plane has two.
    place = [number for number, letter in enumerate(text) for _ in range(1 + (letter > "\uffff"))]
    place.append(len(text))
    spans = ((place[start], place[end]) for start, end in WordBreaker(text, language).segments())
    return [(start, end) for start, end in spans if text[start:end].strip()]
