"""Translations with errors of meaning at a known rate, for a generated world."""

from collections.abc import Sequence

import pandas as pd

from clseave_core.corpus.pocket.grammars import say
from clseave_core.corpus.pocket.mistakes import draw_mistakes, sentences_of
from clseave_core.translation.translator import same_text

PROVIDER = "noise"


def noisy_translations(
    hypotheses: pd.DataFrame, language: str, rate: float, world_seed: int,
    colours: Sequence[str], shapes: Sequence[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Translate the `hypotheses` of a world, a share `rate` of them as another sentence.

    Returns rows of TRANSLATIONS and of BACK_TRANSLATIONS, in the order of `hypotheses` (columns
    hypothesis_id, text, held_out). Which sentences are wrong, and how, is the same in every
    language.
    """
    english = hypotheses["text"].tolist()
    sentences = sentences_of(english, colours, shapes)
    mistakes = draw_mistakes(
        sentences, hypotheses["held_out"].tolist(), rate, world_seed, colours, shapes
    )
    said = [
        mistakes[row].sentence if row in mistakes else sentence
        for row, sentence in enumerate(sentences)
    ]
    texts = [say(sentence, language).text for sentence in said]
    ids = hypotheses["hypothesis_id"].to_numpy()
    translations = pd.DataFrame(
        {
            "hypothesis_id": ids,
            "text": texts,
            "provider": PROVIDER,
            "unchanged": [same_text(*pair) for pair in zip(english, texts, strict=True)],
        }
    )
    back = pd.DataFrame(
        {
            "hypothesis_id": ids,
            "text": [say(sentence, "en").text for sentence in said],
            "slot": [mistakes[row].slot if row in mistakes else "" for row in range(len(said))],
        }
    )
    return translations, back
