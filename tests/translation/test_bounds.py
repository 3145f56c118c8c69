"""Hold the default bounds of the meaning check against parallel text; see docs/translation.md."""

from functools import cache

import pytest

from benchmarks.translation_bounds import LANGUAGES, Bounds, measure
from clseave_core.translation.encoder import UniversalSentenceEncoder

ENCODER = UniversalSentenceEncoder()


@cache
def bounds(lang: str) -> Bounds:
    return measure(lang, ENCODER, rows=200)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_true_packs_are_accepted_and_exchanged_neighbours_hardly_ever(lang: str) -> None:
    found = bounds(lang)
    assert found.packs[0] == 0
    refused, accepted = found.next_exchanged
    assert accepted <= 0.01 * (refused + accepted)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_lines_of_sentences_that_say_nearly_the_same_are_mostly_told_apart(lang: str) -> None:
    refused, accepted = bounds(lang).nearest_exchanged
    assert accepted <= 0.02 * (refused + accepted)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_right_lines_raise_no_doubt_alone_and_halves_of_them_nearly_always(lang: str) -> None:
    found = bounds(lang)
    assert found.alone[0] == 0
    refused, accepted = found.halved
    assert accepted <= 0.05 * (refused + accepted)
