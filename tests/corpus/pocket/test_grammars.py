"""Agreement in each language, checked against sentences written by hand."""

import pytest

from clseave_core.corpus.pocket.grammars import GRAMMARS, align, say
from clseave_core.corpus.pocket.grammars.korean import is_closed
from clseave_core.corpus.pocket.lexicon import COLOURS, SHAPES, TEMPLATES
from clseave_core.corpus.pocket.scenes import Thing
from clseave_core.corpus.pocket.sentences import Sentence, all_sentences

CIRCLE, SQUARE, STAR = Thing("red", "circle"), Thing("green", "square"), Thing("yellow", "star")
RED = Thing("red", None)
ABOVE = Sentence("related", (CIRCLE, SQUARE), relation="above")
AT_MOST_ONE_SQUARE = Sentence("at_most", (SQUARE,), number=1)
THREE_SQUARES = Sentence("at_least", (SQUARE,), number=3)
TWO_STARS = Sentence("at_least", (STAR,), number=2)


@pytest.mark.parametrize(
    ("language", "sentence", "expected"),
    [
        ("en", TWO_STARS, "There are at least two yellow stars."),
        # German: gender, and the case that verb or preposition governs
        ("de", Sentence("exists", (CIRCLE,)), "Es gibt einen roten Kreis."),
        ("de", Sentence("exists", (SQUARE,)), "Es gibt ein grünes Quadrat."),
        ("de", Sentence("absent", (RED,)), "Es gibt keine rote Figur."),
        ("de", Sentence("exists_at", (CIRCLE,), "top left"), "Oben links ist ein roter Kreis."),
        ("de", ABOVE, "Es gibt einen roten Kreis über einem grünen Quadrat."),
        (
            "de",
            Sentence("unrelated", (STAR, RED), relation="left of"),
            "Es gibt keinen gelben Stern links von einer roten Figur.",
        ),
        ("de", TWO_STARS, "Es gibt mindestens zwei gelbe Sterne."),
        # Dutch: no ending before an indefinite singular het-word
        ("nl", Sentence("exists", (SQUARE,)), "Er is een groen vierkant."),
        ("nl", Sentence("absent", (CIRCLE,)), "Er is geen rode cirkel."),
        ("nl", AT_MOST_ONE_SQUARE, "Er is hoogstens één groen vierkant."),
        ("nl", THREE_SQUARES, "Er zijn minstens drie groene vierkanten."),
        # Japanese: が and は, の after the noun 緑, the counter つ
        ("ja", Sentence("exists", (CIRCLE,)), "赤い丸がある。"),
        ("ja", Sentence("absent_at", (SQUARE,), "top row"), "上の段に緑の四角はない。"),
        ("ja", TWO_STARS, "黄色い星が二つ以上ある。"),
        ("ja", ABOVE, "緑の四角の上に赤い丸がある。"),
        # Chinese: 颗 for stars, 个 for the others, 两 before a measure word
        ("zh", Sentence("exists", (STAR,)), "有一颗黄色的星星。"),
        ("zh", Sentence("at_least", (CIRCLE,), number=2), "至少有两个红色的圆形。"),
        ("zh", ABOVE, "一个绿色的正方形上方有一个红色的圆形。"),
        # Korean: particles after open and closed syllables
        ("ko", Sentence("exists", (CIRCLE,)), "빨간 동그라미가 있다."),
        ("ko", Sentence("exists", (STAR,)), "노란 별이 있다."),
        ("ko", Sentence("absent", (CIRCLE,)), "빨간 동그라미는 없다."),
        ("ko", Sentence("absent", (STAR,)), "노란 별은 없다."),
        ("ko", TWO_STARS, "노란 별을 두 개 이상 볼 수 있다."),
        ("ko", Sentence("at_least", (SQUARE,), number=2), "초록색 네모를 두 개 이상 볼 수 있다."),
        ("ko", Sentence("both", (STAR, SQUARE)), "노란 별과 초록색 네모가 있다."),
        ("ko", Sentence("either_at", (SQUARE, STAR), "top left"),
         "왼쪽 위에 초록색 네모나 노란 별이 있다."),
    ],
)  # fmt: skip
def test_says(language: str, sentence: Sentence, expected: str) -> None:
    assert say(sentence, language).text == expected


def test_final_consonants() -> None:
    assert [is_closed(syllable) for syllable in "별형모미"] == [True, True, False, False]


@pytest.mark.parametrize("language", GRAMMARS)
def test_no_two_sentences_sound_alike(language: str) -> None:
    sentences = [s for template in TEMPLATES for s in all_sentences(template, COLOURS, SHAPES)]
    assert len({say(sentence, language).text for sentence in sentences}) == len(sentences)


def test_alignment_finds_the_words() -> None:
    english, chinese = say(ABOVE, "en"), say(ABOVE, "zh")
    found = {
        (english.text[a.source_start : a.source_end], chinese.text[a.target_start : a.target_end])
        for a in align(english, chinese)
    }
    assert found == {
        ("There is", "有"), ("a", "一个"), ("red", "红色的"), ("circle", "圆形"),
        ("above", "上方"), ("green", "绿色的"), ("square", "正方形"),
    }  # fmt: skip


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(ValueError, match="no grammar for 'fr'"):
        say(ABOVE, "fr")
