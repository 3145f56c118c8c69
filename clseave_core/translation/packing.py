"""Many sentences in one request: one a line, as many as the request's address can carry.

The page takes its text in the query of a GET request. deep-translator refuses 5,000 characters or
more; the page itself answers 400 when the whole address grows beyond about 16,000 characters (its
users report that 1,800 Chinese characters, nine each when encoded, pass and 1,900 do not:
deep-translator issue 224). So a request is measured as it travels: URL-encoded.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from urllib.parse import quote_plus

MAX_CHARACTERS = 4_999
_LINE_END = "\n"


def one_line(sentence: str) -> str:
    """The sentence as it is sent: every run of white space is one space."""
    return " ".join(sentence.split())


def encoded_length(text: str) -> int:
    """Number of characters of `text` in a request's address."""
    return len(quote_plus(text))


_LINE_END_LENGTH = encoded_length(_LINE_END)


def take(waiting: deque[str], max_length: int, max_sentences: int) -> list[str]:
    """Take the sentences of the next request from the left of `waiting`.

    At least one is taken, however long; more as long as the packed text has at most `max_length`
    encoded characters, `MAX_CHARACTERS` characters and `max_sentences` lines.
    """
    taken = [waiting.popleft()]
    first = one_line(taken[0])
    length, characters = encoded_length(first), len(first)
    while waiting and len(taken) < max_sentences:
        line = one_line(waiting[0])
        length += _LINE_END_LENGTH + encoded_length(line)
        characters += len(_LINE_END) + len(line)
        if length > max_length or characters > MAX_CHARACTERS:
            break
        taken.append(waiting.popleft())
    return taken


def packs(sentences: Iterable[str], max_length: int, max_sentences: int) -> Iterator[list[str]]:
    """Yield all sentences, in order, as the packs of one request each."""
    waiting = deque(sentences)
    while waiting:
        yield take(waiting, max_length, max_sentences)


def count_requests(sentences: Iterable[str], max_length: int, max_sentences: int) -> int:
    """Number of requests for `sentences` when every answer is accepted."""
    return sum(1 for _ in packs(sentences, max_length, max_sentences))


def pack(sentences: Iterable[str]) -> str:
    """The text of one request."""
    return _LINE_END.join(one_line(sentence) for sentence in sentences)


def unpack(answer: str) -> list[str]:
    """The lines of an answer, without white space around them and without empty ones.

    Only line feeds and carriage returns end a line; no sentence is sent empty, so an empty line
    is one that the page put in or a translation that is missing, and the count then tells.
    """
    return [line.strip() for line in re.split(r"[\r\n]+", answer) if line.strip()]


def halves(sentences: list[str]) -> tuple[list[str], list[str]]:
    """Split a pack of at least two sentences."""
    middle = len(sentences) // 2
    return sentences[:middle], sentences[middle:]
