"""How good alignments are, against gold ones: precision, recall and alignment error rate.

Och and Ney 2003, "A systematic comparison of various statistical alignment models", Computational
Linguistics 29(1): with predicted links A, sure links S and possible links P (S among them),
precision |A & P| / |A|, recall |A & S| / |S|, AER 1 - (|A & S| + |A & P|) / (|A| + |S|).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clseave_core.alignment.schemas import Link
from clseave_core.words import WordSpan

Pair = tuple[WordSpan, WordSpan]


@dataclass
class AlignmentCounts:
    """Numbers of links over sentences, from which the three measures come."""

    sentences: int = 0
    links: int = 0
    sure: int = 0
    possible: int = 0
    found_sure: int = 0
    found_possible: int = 0

    def add(self, links: Iterable[Link], sure: set[Pair], possible: set[Pair]) -> None:
        """Count one sentence."""
        predicted = {((a, b), (c, d)) for a, b, c, d in links}
        self.sentences += 1
        self.links += len(predicted)
        self.sure += len(sure)
        self.possible += len(possible)
        self.found_sure += len(predicted & sure)
        self.found_possible += len(predicted & possible)

    @property
    def precision(self) -> float | None:
        """Share of the links that are possible."""
        return self.found_possible / self.links if self.links else None

    @property
    def recall(self) -> float | None:
        """Share of the sure links that were found."""
        return self.found_sure / self.sure if self.sure else None

    @property
    def aer(self) -> float | None:
        """Alignment error rate; 0 is perfect."""
        total = self.links + self.sure
        return 1 - (self.found_sure + self.found_possible) / total if total else None


def gold_pairs(
    gold: Iterable[Link], source: Sequence[WordSpan], target: Sequence[WordSpan]
) -> tuple[set[Pair], set[Pair]]:
    """Sure and possible pairs of words.

    A gold link of character ranges makes every pair of words inside them possible, and sure where
    it is one word and one word.
    """
    sure: set[Pair] = set()
    possible: set[Pair] = set()
    for source_start, source_end, target_start, target_end in gold:
        pairs = {
            (here, there)
            for here in source
            if here[0] < source_end and here[1] > source_start
            for there in target
            if there[0] < target_end and there[1] > target_start
        }
        possible |= pairs
        if len(pairs) == 1:
            sure |= pairs
    return sure, possible
