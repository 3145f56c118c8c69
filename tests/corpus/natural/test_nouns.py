"""The table of nouns: complete, without homonyms, and each departure from CLDR explained."""

import re

import pytest

from clseave_core.corpus.natural.nouns import (
    EVERYTHING,
    LANGUAGES,
    all_kinds,
    all_nouns,
    rows_of,
)

SCRIPTS = {
    "en": r"[A-Za-z -]+",
    "de": r"[A-Za-zÄÖÜäöüß-]+",
    "nl": r"[A-Za-zëï -]+",
    "ja": r"[぀-ヿ一-鿿T]+",
    "ko": r"[가-힣 ]+",
    "zh": r"[一-鿿T]+",
}


def test_the_table_has_as_many_things_as_the_study_needs_and_no_code_twice() -> None:
    codes = [noun.code for noun in all_nouns()]
    assert len(codes) == len(set(codes))
    assert len(codes) >= 235


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_words_of_a_language_are_alike(language: str) -> None:
    names = [noun.word.name(language) for noun in all_nouns()]
    names += [word.name(language) for word in all_kinds().values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_written_in_the_script_of_their_language(language: str) -> None:
    for noun in all_nouns():
        assert re.fullmatch(SCRIPTS[language], noun.word.name(language)), noun.word.en


def test_every_field_is_filled_and_every_kind_is_known() -> None:
    for noun in all_nouns():
        assert all(str(value) for value in vars(noun.word).values()), noun.word.en
        assert set(noun.kinds) <= set(all_kinds()), noun.word.en
        assert noun.kinds[-1] == EVERYTHING


def test_a_name_differs_from_cldr_where_and_only_where_a_reason_is_given() -> None:
    cldr = {row["code"]: row for row in rows_of("cldr_names.csv")}
    reasons = {(row["code"], row["language"]) for row in rows_of("reasons.csv")}
    used = {row["code"] for row in rows_of("nouns.csv")}
    differing = {
        (row["code"], language)
        for row in rows_of("nouns.csv")
        for language in LANGUAGES
        if row[language] != cldr[row["code"]][language]
    }
    assert differing == {(code, language) for code, language in reasons if language != "all"}
    assert cldr.keys() - used == {code for code, language in reasons if language == "all"}
    assert all(row["reason"].strip() for row in rows_of("reasons.csv"))


def test_birds_and_insects_are_animals() -> None:
    for noun in all_nouns():
        if {"bird", "insect"} & set(noun.kinds):
            assert "animal" in noun.kinds, noun.word.en


def test_no_german_or_dutch_compound_disagrees_with_its_last_part() -> None:
    """A Waschbär inflects as a Bär does; a Fußball is masculine as a Ball is."""
    alike_by_chance = {"Giraffe", "schaap", "luipaard"}
    two_plurals = {"aardappel"}
    words = [noun.word for noun in all_nouns()] + list(all_kinds().values())
    compounds = 0
    for part in words:
        for whole in words:
            if {whole.de, whole.nl} & alike_by_chance:
                continue
            if whole.de != part.de and len(part.de) > 2 and whole.de.endswith(part.de.lower()):
                stem = whole.de.removesuffix(part.de.lower())
                assert whole.de_gender == part.de_gender, whole.de
                assert whole.de_plural == stem + part.de_plural.lower(), whole.de
                assert whole.de_oblique == stem + part.de_oblique.lower(), whole.de
                compounds += 1
            if whole.nl != part.nl and len(part.nl) > 2 and whole.nl.endswith(part.nl):
                stem = whole.nl.removesuffix(part.nl)
                assert whole.nl_article == part.nl_article, whole.nl
                if whole.nl not in two_plurals:
                    assert whole.nl_plural == stem + part.nl_plural, whole.nl
                compounds += 1
    assert compounds > 20
