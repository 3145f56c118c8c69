"""Sub-word vocabularies by byte-pair merging, the same in every process.

The trainers of the `tokenizers` library break ties in an order that changes from run to run, which
would give every clone another model.
"""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

Pair = tuple[str, str]


def merge_pairs(words: Mapping[tuple[str, ...], int], limit: int, least: int = 2) -> list[Pair]:
    """The first `limit` merges, the most frequent pair first; of equal ones the first in order.

    `words` are sequences of symbols with their counts. Merging stops early when no pair is left
    that occurs `least` times. A merged symbol is `left + right`, without the `##` of the right one.
    """
    pieces = [(list(word), count) for word, count in sorted(words.items())]
    merges: list[Pair] = []
    while len(merges) < limit:
        counts: Counter[Pair] = Counter()
        for symbols, count in pieces:
            for pair in pairwise(symbols):
                counts[pair] += count
        best = min(counts.items(), key=lambda item: (-item[1], item[0]), default=None)
        if best is None or best[1] < least:
            break
        merges.append(best[0])
        for symbols, _ in pieces:
            _join(symbols, best[0])
    return merges


def joined_symbol(pair: Pair) -> str:
    """The symbol that a pair becomes."""
    return pair[0] + pair[1].removeprefix("##")


def _join(symbols: list[str], pair: Pair) -> None:
    place = 0
    while place < len(symbols) - 1:
        if symbols[place] == pair[0] and symbols[place + 1] == pair[1]:
            symbols[place : place + 2] = [joined_symbol(pair)]
        place += 1
