"""The pocket world's grammars over real nouns: its patterns, filled with words that inflect.

What the nouns add: English "an"; German gender in three cases and weak nouns; Dutch plurals;
Japanese and Korean counters, and "iru" for what is alive; Korean particles after every final sound;
Chinese classifiers. The slots are the pocket world's, so that gold word alignments come of them.
"""

from clseave_core.corpus.natural.nouns import Word
from clseave_core.corpus.natural.vocabulary import Thing
from clseave_core.corpus.pocket.grammars import chinese, dutch, english, german, japanese, korean
from clseave_core.corpus.pocket.grammars.filling import Spoken, fill
from clseave_core.corpus.pocket.sentences import Sentence

Claim = Sentence[Thing]


def say(sentence: Claim, language: str) -> Spoken:
    """The sentence in `language` (ISO code); ValueError lists the languages with a grammar."""
    if language not in _GRAMMARS:
        raise ValueError(
            f"the natural world has no grammar for {language!r}. It speaks {', '.join(_GRAMMARS)}."
        )
    return _GRAMMARS[language](sentence)


def article_of(noun: str) -> str:
    """The English indefinite article: no noun here has a vowel letter that is no vowel sound."""
    return "an" if noun[0].lower() in "aeiou" else "a"


def _words(sentence: Claim) -> list[tuple[int, Word]]:
    return list(enumerate((thing.word for thing in sentence.things), start=1))


def _colourless(sentence: Claim) -> dict[str, str]:
    """The patterns' places for a colour, which real nouns leave empty."""
    return {f"colour{index}": "" for index, _ in _words(sentence)}


def _say_english(sentence: Claim) -> Spoken:
    number = sentence.number or 1
    values = {
        **_colourless(sentence),
        "verb": "there is" if number == 1 else "there are",
        "place": english.PLACES[sentence.place] if sentence.place else "",
        "relation": sentence.relation or "",
    }
    for index, word in _words(sentence):
        article = article_of(word.en)
        values[f"quantity{index}"] = english.quantity(sentence, article) if index == 1 else article
        values[f"shape{index}"] = word.en if number == 1 else word.en_plural
    return fill(english.PATTERNS[sentence.template], values)


def _say_german(sentence: Claim) -> Spoken:
    """The accusative after "es gibt", the dative after a relation, the nominative with a place."""
    number = sentence.number or 1
    values = {
        **_colourless(sentence),
        "verb": "ist" if number == 1 else "sind",
        "place": german.PLACES[sentence.place] if sentence.place else "",
        "relation": german.RELATIONS[sentence.relation] if sentence.relation else "",
    }
    for index, word in _words(sentence):
        case = "nominative" if sentence.place else "accusative"
        if sentence.relation and index == 2:
            case = "dative"
        stem = "kein" if sentence.template in german.NEGATIVE and index == 1 else "ein"
        article = stem + german.ARTICLE_ENDINGS[case][word.de_gender]
        singular = word.de if case == "nominative" else word.de_oblique
        values[f"quantity{index}"] = article if number == 1 else german.NUMBERS[number]
        values[f"shape{index}"] = singular if number == 1 else word.de_plural
    return fill(german.PATTERNS[sentence.template], values)


def _say_dutch(sentence: Claim) -> Spoken:
    number = sentence.number or 1
    singular_verb, plural_verb = ("staat", "staan") if sentence.place else ("er is", "er zijn")
    values = {
        **_colourless(sentence),
        "verb": singular_verb if number == 1 else plural_verb,
        "quantity1": dutch.NUMBERS[number],
        "place": dutch.PLACES[sentence.place] if sentence.place else "",
        "relation": dutch.RELATIONS[sentence.relation] if sentence.relation else "",
    }
    for index, word in _words(sentence):
        values[f"shape{index}"] = word.nl if number == 1 else word.nl_plural
    return fill(dutch.PATTERNS[sentence.template], values)


def _say_japanese(sentence: Claim) -> Spoken:
    """The verb agrees with what is above (a relation) or with the noun that stands next to it."""
    nearest = sentence.things[0 if sentence.relation else -1].word
    values = {
        **_colourless(sentence),
        "quantity1": "一二三"[(sentence.number or 1) - 1] + sentence.things[0].word.ja_counter,
        "verb": "いる" if nearest.ja_animate else "ある",
        "verb+quantity1": "いない" if nearest.ja_animate else "ない",
        "place": japanese.PLACES[sentence.place] if sentence.place else "",
        "relation": japanese.RELATIONS[sentence.relation] if sentence.relation else "",
    }
    for index, word in _words(sentence):
        values[f"shape{index}"] = word.ja
    if sentence.template == "at_most":
        values["verb"] = "だ"
    return fill(japanese.PATTERNS[sentence.template], values)


def _say_korean(sentence: Claim) -> Spoken:
    counted = f"{'한두세'[(sentence.number or 1) - 1]} {sentence.things[0].word.ko_counter}"
    joining = "or" if sentence.template == "either_at" else "and"
    values = {
        **_colourless(sentence),
        "quantity1": counted,
        "verb": korean.particle("copula", counted),
        "connective": korean.particle(joining, sentence.things[0].word.ko),
        "place": korean.PLACES[sentence.place] if sentence.place else "",
        "relation": korean.RELATIONS[sentence.relation] if sentence.relation else "",
    }
    for index, word in _words(sentence):
        values[f"shape{index}"] = word.ko
        for name in ("subject", "topic", "object"):
            values[f"_{name}{index}"] = korean.particle(name, word.ko)
    return fill(korean.PATTERNS[sentence.template], values)


def _say_chinese(sentence: Claim) -> Spoken:
    values = {
        **_colourless(sentence),
        "place": chinese.PLACES[sentence.place] if sentence.place else "",
        "relation": chinese.RELATIONS[sentence.relation] if sentence.relation else "",
    }
    for index, word in _words(sentence):
        number = chinese.NUMBERS[sentence.number or 1]
        values[f"quantity{index}"] = number + word.zh_classifier
        values[f"shape{index}"] = word.zh
    return fill(chinese.PATTERNS[sentence.template], values)


_GRAMMARS = {
    "en": _say_english,
    "de": _say_german,
    "nl": _say_dutch,
    "ja": _say_japanese,
    "ko": _say_korean,
    "zh": _say_chinese,
}
