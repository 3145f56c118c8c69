"""Six grammars over every noun: hand-written sentences, and a rule of each language told anew."""

import unicodedata

import pytest

from clseave_core.corpus.natural.grammars import Claim, say
from clseave_core.corpus.natural.nouns import LANGUAGES, all_nouns
from clseave_core.corpus.natural.vocabulary import Thing, kind_things, noun_things

NOUNS = noun_things(all_nouns())
THINGS = {thing.word.en: thing for thing in [*NOUNS, *kind_things(all_nouns())]}

AN = """animal ant apple airplane ambulance accordion anchor axe eagle earthworm egg elephant
electronic_device envelope ice_skate insect octopus office_building onion otter owl umbrella"""
WEAK = "Affe Bär Elefant Leopard Löwe Magnet Papagei Waschbär"
IRREGULAR_ENGLISH = {
    "wolf": "wolves", "mouse": "mice", "goose": "geese", "sheep": "sheep", "deer": "deer",
    "bison": "bison", "cactus": "cacti", "snowman": "snowmen", "tooth": "teeth", "mango": "mangoes",
    "potato": "potatoes", "mosquito": "mosquitoes", "volcano": "volcanoes", "game die": "game dice",
    "maple leaf": "maple leaves", "jellyfish": "jellyfish", "blowfish": "blowfish",
    "pair of jeans": "pairs of jeans", "pair of glasses": "pairs of glasses",
    "pair of headphones": "pairs of headphones",
}  # fmt: skip


def claim(
    template: str, *names: str, place: str | None = None, relation: str | None = None,
    number: int | None = None,
) -> Claim:  # fmt: skip
    return Claim(template, tuple(THINGS[name] for name in names), place, relation, number)


def said(language: str, template: str, thing: Thing, **more: str | int) -> str:
    return say(Claim(template, (thing,), **more), language).text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "sentence", "expected"),
    [
        # English: an, no, plurals
        ("en", claim("exists", "elephant"), "There is an elephant."),
        ("en", claim("related", "apple", "umbrella", relation="above"),
         "There is an apple above an umbrella."),
        ("en", claim("unrelated", "ant", "egg", relation="left of"),
         "There is no ant left of an egg."),
        ("en", claim("at_least", "mouse", number=2), "There are at least two mice."),
        ("en", claim("at_most", "pair of glasses", number=1),
         "There is at most one pair of glasses."),
        # German: weak nouns in accusative and dative, strong ones unchanged
        ("de", claim("exists", "lion"), "Es gibt einen Löwen."),
        ("de", claim("exists_at", "lion", place="top left"), "Oben links ist ein Löwe."),
        ("de", claim("related", "bear", "raccoon", relation="above"),
         "Es gibt einen Bären über einem Waschbären."),
        ("de", claim("unrelated", "parrot", "rooster", relation="right of"),
         "Es gibt keinen Papageien rechts von einem Hahn."),
        ("de", claim("either_at", "monkey", "magnet", place="bottom right"),
         "Unten rechts ist ein Affe oder ein Magnet."),
        ("de", claim("both", "church", "house"), "Es gibt eine Kirche und ein Haus."),
        ("de", claim("exactly_at", "cactus", place="left column", number=2),
         "In der linken Spalte sind genau zwei Kakteen."),
        ("de", claim("at_most", "pair of glasses", number=1), "Es gibt höchstens eine Brille."),
        ("de", claim("absent_at", "pair of jeans", place="top row"),
         "In der oberen Reihe ist keine Jeans."),
        ("de", claim("exists", "pair of headphones"), "Es gibt einen Kopfhörer."),
        # Dutch: the plural's vowels, its s after an apostrophe
        ("nl", claim("exists", "mobile phone"), "Er is een mobiele telefoon."),
        ("nl", claim("at_least", "monkey", number=2), "Er zijn minstens twee apen."),
        ("nl", claim("at_least", "zebra", number=3), "Er zijn minstens drie zebra's."),
        ("nl", claim("at_most", "egg", number=2), "Er zijn hoogstens twee eieren."),
        ("nl", claim("exists_at", "pair of jeans", place="top row"),
         "In de bovenste rij staat een spijkerbroek."),
        ("nl", claim("at_least", "electronic device", number=2),
         "Er zijn minstens twee elektronische apparaten."),
        # Japanese: alive or not, counters, the verb of what is above
        ("ja", claim("exists", "dog"), "犬がいる。"),
        ("ja", claim("absent", "penguin"), "ペンギンはいない。"),
        ("ja", claim("exists", "snowman"), "雪だるまがある。"),
        ("ja", claim("absent_at", "rose", place="top row"), "上の段にバラはない。"),
        ("ja", claim("related", "dog", "chair", relation="above"), "椅子の上に犬がいる。"),
        ("ja", claim("unrelated", "chair", "dog", relation="below"), "犬の下に椅子はない。"),
        ("ja", claim("both", "dog", "mobile phone"), "犬と携帯電話がある。"),
        ("ja", claim("either_at", "mobile phone", "dog", place="top left"),
         "左上に携帯電話か犬がいる。"),
        ("ja", claim("at_least", "penguin", number=2), "ペンギンが二羽以上いる。"),
        ("ja", claim("at_most", "book", number=1), "本は多くても一冊だ。"),
        ("ja", claim("at_most", "elephant", number=1), "象は多くても一頭だ。"),
        ("ja", claim("exactly_at", "running shoe", place="left column", number=1),
         "左の列にスニーカーがちょうど一つある。"),
        # Korean: particles after closed and open syllables, counters, the copula
        ("ko", claim("exists", "bear"), "곰이 있다."),
        ("ko", claim("exists", "lion"), "사자가 있다."),
        ("ko", claim("absent", "book"), "책은 없다."),
        ("ko", claim("at_least", "pencil", number=2), "연필을 두 자루 이상 볼 수 있다."),
        ("ko", claim("at_most", "T-shirt", number=1), "티셔츠는 많아야 한 벌이다."),
        ("ko", claim("at_most", "bus", number=2), "버스는 많아야 두 대다."),
        ("ko", claim("both", "snake", "frog"), "뱀과 개구리가 있다."),
        ("ko", claim("either_at", "frog", "snake", place="top left"),
         "왼쪽 위에 개구리나 뱀이 있다."),
        # Chinese: classifiers, 两
        ("zh", claim("exists", "horse"), "有一匹马。"),
        ("zh", claim("at_least", "chair", number=2), "至少有两把椅子。"),
        ("zh", claim("related", "airplane", "bed", relation="above"),
         "一张床上方有一架飞机。"),
        ("zh", claim("exactly_at", "snake", place="top row", number=1), "上排正好有一条蛇。"),
        ("zh", claim("unrelated", "dog", "door", relation="left of"), "没有狗在门左边。"),
    ],
)  # fmt: skip
def test_a_sentence_reads_as_written_by_hand(language: str, sentence: Claim, expected: str) -> None:
    assert say(sentence, language).text == expected


@pytest.mark.parametrize("thing", THINGS.values(), ids=lambda thing: thing.word.en)
def test_every_noun_is_said_right_in_every_language(thing: Thing) -> None:
    word = thing.word
    an = word.en.replace(" ", "_") in AN.split()
    assert said("en", "exists", thing) == f"There is {'an' if an else 'a'} {word.en}."
    regular = word.en + ("es" if word.en.endswith(("s", "x", "ch", "sh")) else "s")
    if word.en[-1] == "y" and word.en[-2] not in "aeiou":
        regular = f"{word.en[:-1]}ies"
    assert word.en_plural == IRREGULAR_ENGLISH.get(word.en, regular)

    accusative = {"m": "einen", "f": "eine", "n": "ein"}[word.de_gender]
    dative = {"m": "einem", "f": "einer", "n": "einem"}[word.de_gender]
    weak = word.de in WEAK.split()
    oblique = word.de + (("n" if word.de.endswith("e") else "en") if weak else "")
    assert said("de", "exists", thing) == f"Es gibt {accusative} {oblique}."
    assert said("de", "absent", thing) == f"Es gibt k{accusative} {oblique}."
    assert said("de", "exists_at", thing, place="top left") == (
        f"Oben links ist {'eine' if word.de_gender == 'f' else 'ein'} {word.de}."
    )
    below = Claim("related", (THINGS["cat"], thing), relation="below")
    assert say(below, "de").text == f"Es gibt eine Katze unter {dative} {oblique}."

    assert said("nl", "exists", thing) == f"Er is een {word.nl}."
    assert said("nl", "at_least", thing, number=2).endswith(f" twee {word.nl_plural}.")
    assert word.nl_article in ("de", "het")

    alive = "animal" in word.en or thing.values()[0] in THINGS["animal"].values()
    alive = alive and word.en != "picture"
    assert said("ja", "exists", thing) == f"{word.ja}が{'いる' if alive else 'ある'}。"
    assert said("ja", "absent", thing) == f"{word.ja}は{'いない' if alive else 'ない'}。"
    assert (word.ja_counter in "匹頭羽") == alive

    closed = len(unicodedata.normalize("NFD", word.ko[-1])) == 3
    assert said("ko", "exists", thing) == f"{word.ko}{'이' if closed else '가'} 있다."
    assert said("ko", "absent", thing) == f"{word.ko}{'은' if closed else '는'} 없다."
    alive_counter = word.ko_counter == "마리"
    assert alive_counter == alive

    assert said("zh", "exists", thing) == f"有一{word.zh_classifier}{word.zh}。"
    assert said("zh", "at_least", thing, number=2) == f"至少有两{word.zh_classifier}{word.zh}。"


def test_german_nouns_in_e_are_feminine_but_for_animals_and_loans() -> None:
    others = {
        noun.word.de
        for noun in all_nouns()
        if noun.word.de.endswith("e") and noun.word.de_gender != "f"
    }
    assert others == {"Affe", "Löwe", "Bürogebäude", "Baguette", "Cupcake"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_different_nouns_make_different_sentences(language: str) -> None:
    for template, more in (
        ("exists", {}), ("absent", {}), ("exists_at", {"place": "top left"}),
        ("at_least", {"number": 2}),
    ):  # fmt: skip
        sentences = [said(language, template, thing, **more) for thing in THINGS.values()]
        assert len(sentences) == len(set(sentences))


def test_a_language_without_a_grammar_is_named() -> None:
    with pytest.raises(ValueError, match=r"no grammar for 'fr'. It speaks en, de, nl, ja, ko, zh"):
        say(claim("exists", "dog"), "fr")
