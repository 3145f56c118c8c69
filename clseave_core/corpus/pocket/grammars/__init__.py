"""Hand-written grammars. Each says any `Sentence` and marks which words say which part."""

from clseave_core.corpus.pocket.grammars.chinese import say_chinese
from clseave_core.corpus.pocket.grammars.dutch import say_dutch
from clseave_core.corpus.pocket.grammars.english import say_english
from clseave_core.corpus.pocket.grammars.filling import Alignment, Spoken, align
from clseave_core.corpus.pocket.grammars.german import say_german
from clseave_core.corpus.pocket.grammars.invented import (
    say_in_another_script,
    say_in_other_words,
    say_inflected,
    say_mirrored,
)
from clseave_core.corpus.pocket.grammars.japanese import say_japanese
from clseave_core.corpus.pocket.grammars.korean import say_korean
from clseave_core.corpus.pocket.sentences import Sentence

__all__ = ["GRAMMARS", "Alignment", "Spoken", "align", "say"]

GRAMMARS = {
    "en": say_english,
    "de": say_german,
    "nl": say_dutch,
    "ja": say_japanese,
    "ko": say_korean,
    "zh": say_chinese,
    # Invented: English itself, then with one thing changed (qno: in the world, by mistakes)
    "qid": say_english,
    "qsc": say_in_another_script,
    "qor": say_mirrored,
    "qmo": say_inflected,
    "qle": say_in_other_words,
    "qno": say_english,
}


def say(sentence: Sentence, language: str) -> Spoken:
    """The sentence in `language` (ISO code); ValueError lists the languages with a grammar."""
    if language not in GRAMMARS:
        raise ValueError(
            f"the pocket world has no grammar for {language!r}. It speaks {', '.join(GRAMMARS)}."
        )
    return GRAMMARS[language](sentence)
