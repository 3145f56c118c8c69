"""Plurals, counters and particles of every noun: a rule told anew, and what does not follow it."""

import re
import unicodedata

import pytest

from clseave_core.corpus.natural.grammars import Claim, say
from clseave_core.corpus.natural.nouns import Noun, all_nouns
from clseave_core.corpus.natural.vocabulary import Thing, noun_things

NOUNS = {noun.word.en: noun for noun in all_nouns()}
THINGS = {thing.word.en: thing for thing in noun_things(all_nouns())}
every_noun = pytest.mark.parametrize("noun", NOUNS.values(), ids=lambda noun: noun.word.en)

UMLAUT = """Wolf Fuchs Kuh Nashorn Maus Fledermaus Frosch Regenwurm Truthahn Hahn Schwan Gans Apfel
Weihnachtsbaum Ahornblatt Kokosnuss Motorrad Fahrrad Hammer Axt Mantel Rucksack Haus Krankenhaus
Fußball Baseball Basketball Volleyball Rugbyball Schneemann Regenbogen Zahn Zahnrad Stuhl Weinglas
Buch Briefumschlag Vorhängeschloss"""
GERMAN_ENDINGS = {
    "e": "Kuh Kamel Maus Fledermaus Faultier Stinktier Hai Gans Kokosnuss Axt",
    "er": """Nashorn Regenwurm Ahornblatt Ei Motorrad Fahrrad Kleid Haus Krankenhaus Schneemann
        Vorhängeschloss Zahnrad Weinglas Buch""",
    "en": "Pfau Traktor Bett",
    "s": """Bison Mango Kiwi Pizza Hotdog Sandwich Croissant Bagel Baguette Donut Cupcake Pick-up
        Akkordeon T-Shirt Laptop Gamepad Luftballon""",
    "se": "Oktopus Ananas Bus",
    "": "Jeans Bürogebäude",
}
GERMAN_IRREGULAR = {"Kaktus": "Kakteen", "Stadion": "Stadien"}
DUTCH_IRREGULAR = {
    "koe": "koeien", "ui": "uien", "ei": "eieren", "moskee": "moskeeën", "trofee": "trofeeën",
    "passagiersschip": "passagiersschepen", "esdoornblad": "esdoornbladeren",
    "hangslot": "hangsloten", "wijnglas": "wijnglazen", "lijmklem": "lijmklemmen",
    "fototoestel": "fototoestellen", "sandwich": "sandwiches", "tv": "tv's",
}  # fmt: skip
DUTCH_S = """bizon neushoorn aardeekhoorn luiaard pinguïn adelaar hotdog croissant dumpling donut
tram pick-up tractor saxofoon accordeon T-shirt stadion mobiele_telefoon laptop microfoon
hoofdtelefoon gamepad cadeau paperclip schroevendraaier kangoeroe"""
DUTCH_EN = "aardappel wortel perzik kaars bokshandschoen sportschoen wandelschoen"
LARGE = """lion tiger leopard donkey horse zebra deer bison cow pig sheep camel llama giraffe
elephant rhinoceros hippopotamus bear koala panda sloth kangaroo whale dolphin seal"""
CHINESE = {
    "把": """hammer axe pickaxe wrench screwdriver saw shovel guitar violin banjo umbrella key
        padlock dagger chair toothbrush teapot spoon ruler""",
    "辆": """steam_locomotive tram bus ambulance fire_engine police_car taxi racing_car pickup_truck
        tractor motorcycle bicycle kick_scooter""",
    "头": "lion donkey bison cow pig elephant rhinoceros hippopotamus bear whale",
    "匹": "wolf horse zebra camel",
    "条": """crocodile snake shark blowfish squid earthworm caterpillar pair_of_jeans dress""",
    "艘": "sailboat canoe speedboat passenger_ship",
    "架": "airplane helicopter accordion harp",
    "棵": "cactus palm_tree Christmas_tree",
    "朵": "rose sunflower tulip hyacinth lotus_flower mushroom",
    "本": "book",
    "扇": "door",
    "件": "T-shirt coat kimono bikini safety_vest",
}


def listed(words: str) -> set[str]:
    return {word.replace("_", " ") for word in words.split()}


def german_plural(singular: str, gender: str, oblique: str) -> str:
    """By gender and ending; a weak noun has its oblique form in the plural too."""
    if singular in GERMAN_IRREGULAR:
        return GERMAN_IRREGULAR[singular]
    stem = singular
    if singular in listed(UMLAUT):
        place = max(singular.rfind(vowel) for vowel in "aouAO")
        place -= singular[place - 1 : place + 1] == "au"
        stem = singular[:place] + singular[place].translate(UMLAUTS) + singular[place + 1 :]
    for ending, words in GERMAN_ENDINGS.items():
        if singular in listed(words):
            return stem + ending
    if oblique != singular:
        return oblique
    if gender == "f":
        return stem + ("n" if singular.endswith(("e", "el", "er")) else "en")
    unchanged = singular.endswith(("el", "er", "en", "chen"))
    return stem + ("" if unchanged else "s" if singular[-1] in "aiouy" else "e")


UMLAUTS = str.maketrans("aouAO", "äöüÄÖ")


def dutch_plural(singular: str) -> str:
    """Open and closed syllables, v and z between vowels, s after an unstressed one."""
    if singular in DUTCH_IRREGULAR:
        return DUTCH_IRREGULAR[singular]
    if singular in listed(DUTCH_S):
        return f"{singular}s"
    if singular in listed(DUTCH_EN):
        return f"{singular}en"
    long = re.search(r"(?<![aeou])(aa|ee|oo|uu)[^aeiouy]$", singular)
    if long:
        singular = singular[:-2] + singular[-1]
    elif re.search(r"((?<![aeiou])e(l|m|n|r|rd)?|ie)$", singular):
        return f"{singular}s"
    elif singular[-1] in "aouy" or re.search(r"[^ae]i$", singular):
        return f"{singular}'s"
    elif re.search(r"(?<![aeiouy])[aeiou][bdfgklmnprst]$", singular):
        return f"{singular}{singular[-1]}en"
    if re.search(r"[aeiouyjlrn][sf]$", singular):
        singular = singular[:-1] + {"s": "z", "f": "v"}[singular[-1]]
    return f"{singular}en"


@every_noun
def test_german_and_dutch_plurals(noun: Noun) -> None:
    word = noun.word
    assert word.de_plural == german_plural(word.de, word.de_gender, word.de_oblique)
    assert word.nl_plural == dutch_plural(word.nl)


@every_noun
def test_japanese_counters_tell_birds_and_large_animals(noun: Noun) -> None:
    word, is_bird = noun.word, "bird" in noun.kinds
    assert (word.ja_counter == "羽") == is_bird
    assert (word.ja_counter == "頭") == (word.en in listed(LARGE))
    small = word.ja_animate and not is_bird and word.en not in listed(LARGE)
    assert (word.ja_counter == "匹") == small


@every_noun
def test_chinese_classifiers_tell_shapes_and_kinds(noun: Noun) -> None:
    word = noun.word
    by_list = [sign for sign, words in CHINESE.items() if word.en in listed(words)]
    assert [sign for sign in CHINESE if sign == word.zh_classifier] == by_list
    if not by_list and word.ja_animate:
        assert word.zh_classifier == "只"


@every_noun
def test_korean_particles_follow_the_last_syllable(noun: Noun) -> None:
    """을/를, 과/와 and (이)나 after the noun; (이)다 after the counter."""
    thing, other = THINGS[noun.word.en], THINGS["book" if noun.word.en != "book" else "key"]
    name, second = noun.word.ko, other.word.ko

    def said(template: str, *things: Thing, **more: str | int) -> str:
        return say(Claim(template, things, **more), "ko").text  # type: ignore[arg-type]

    counted = f"두 {noun.word.ko_counter}"
    object_ = f"{name}{'을' if is_closed(name) else '를'}"
    assert said("at_least", thing, number=2) == f"{object_} {counted} 이상 볼 수 있다."
    assert said("both", thing, other).startswith(f"{name}{'과' if is_closed(name) else '와'} ")
    either = f"{name}{'이나' if is_closed(name) else '나'} {second}"
    assert either in said("either_at", thing, other, place="top left")
    copula = "이다" if is_closed(counted) else "다"
    assert said("at_most", thing, number=2).endswith(f"{counted}{copula}.")


def is_closed(text: str) -> bool:
    """Whether the last Hangul syllable ends in a consonant."""
    return len(unicodedata.normalize("NFD", text[-1])) == 3
