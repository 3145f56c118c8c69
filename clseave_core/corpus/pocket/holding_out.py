"""Which sentences are held out from every student: some for selection (dev), some for test."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from clseave_core.corpus.pocket.grammars import Spoken
from clseave_core.corpus.pocket.sentences import Sentence


class Shares(Protocol):
    """The part of a world's settings that says how many sentences are held out."""

    @property
    def held_out_dev(self) -> float:
        """The share of each template's sentences that is held out for dev."""

    @property
    def held_out_test(self) -> float:
        """The share of each template's sentences that is held out for test."""


def words_of(spoken: Spoken) -> set[str]:
    """What a reader of the sentence must know: its words, and what fills its slots.

    Japanese and Chinese write no spaces; there the slots are the words.
    """
    slots = {spoken.text[span.start : span.end].lower() for span in spoken.spans}
    return slots | set(spoken.text.lower().rstrip(".。").split()) if " " in spoken.text else slots


def hold_out(
    sentences: Sequence[Sentence[Any]],
    languages: Sequence[Sequence[Spoken]],
    settings: Shares,
    rng: np.random.Generator,
) -> list[str]:
    """Assign "none", "dev" or "test" to each sentence, the shares alike in each template.

    A sentence stays in training when one of its words, in some language, would otherwise be in
    no sentence of the training.
    """
    words = [
        {
            (number, word)
            for number, language in enumerate(languages)
            for word in words_of(language[row])
        }
        for row in range(len(sentences))
    ]
    known = Counter(word for of_sentence in words for word in of_sentence)
    assigned = ["none"] * len(sentences)
    for template in sorted({sentence.template for sentence in sentences}):
        rows = [row for row, sentence in enumerate(sentences) if sentence.template == template]
        wanted = ["dev"] * round(settings.held_out_dev * len(rows))
        wanted += ["test"] * round(settings.held_out_test * len(rows))
        for row in rng.permutation(rows).tolist():
            if not wanted:
                break
            if all(known[word] > 1 for word in words[row]):
                assigned[row] = wanted.pop()
                known.subtract(words[row])
    return assigned
