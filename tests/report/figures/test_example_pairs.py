"""The figure of example pairs: which pairs, and every letter of every language."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from clseave_core.corpus.natural.grammars import Claim, say
from clseave_core.corpus.natural.nouns import all_nouns
from clseave_core.corpus.natural.vocabulary import kind_things, noun_things
from clseave_core.corpus.pocket.lexicon import CELLS
from clseave_core.report.cjk_font import CJK_FAMILY, letters_of_font
from clseave_core.report.figures import style
from clseave_core.report.figures.drawing.example_pairs import fitted
from clseave_core.report.figures.numbers.answers import Answers
from clseave_core.report.figures.numbers.example_pairs import LONGEST, choose_pairs
from clseave_core.report.figures.study_figures import draw_figure
from clseave_core.report.figures.style import (
    TEXT_FAMILIES,
    families_for,
    project_style,
)
from commands.make_figure_font import FIRST, characters
from tests.report.figures.made_study import make_study

E, N, C = 0, 1, 2
"""Places in LABELS."""


def answers(labels: list[int], images: str, **said: list[int]) -> Answers:
    """Each pair has a sentence of its own."""
    predicted = {name: np.array([row]) for name, row in said.items()}
    return Answers(np.array(labels), np.arange(len(labels)), np.array([*images]), predicted)


def test_one_pair_of_each_label_and_one_that_only_a_student_gets_wrong() -> None:
    labels = [E, E, N, N, C, C, N]
    given = answers(
        labels, "abcdefg", en=[E, E, N, N, C, C, C], de=[E, E, N, N, C, C, C],
        ja=[E, C, N, N, C, C, N],
    )  # fmt: skip

    rows = choose_pairs(given, ["short"] * 7)

    assert [labels[row] for row in rows[:3]] == [E, N, C]
    # Pair 1 is the only one lost; where it was drawn for its label, the last is any other.
    assert 1 in rows
    assert len(set(rows)) == 4


def test_no_two_pairs_have_one_picture_and_long_sentences_come_last() -> None:
    labels = [E, N, C] * 4
    given = answers(labels, "aaabbbcccddd", en=labels)
    texts = ["x" * (LONGEST + 1) if row in (0, 4, 8) else "short" for row in range(12)]

    rows = choose_pairs(given, texts)

    assert len({"aaabbbcccddd"[row] for row in rows}) == 4
    assert not {0, 4, 8} & set(rows)
    assert choose_pairs(given, texts) == rows


def test_a_text_that_would_run_into_the_answers_is_cut() -> None:
    assert fitted("a" * 70) == "a" * 70
    assert fitted("a" * 71) == "a" * 69 + "…"
    assert fitted("図" * 35) == "図" * 35
    assert fitted("図" * 36) == "図" * 34 + "…"


def test_the_font_has_every_letter_of_the_worlds() -> None:
    has = letters_of_font()
    things = [*noun_things(all_nouns()), *kind_things(all_nouns())]
    claims = [
        claim
        for thing in things
        for claim in (
            Claim("exists", (thing,), None, None, None),
            Claim("absent_at", (thing,), CELLS[0], None, None),
            Claim("at_least", (thing,), None, None, 2),
            Claim("related", (thing, thing), None, "above", None),
        )
    ]
    said = {
        letter
        for claim in claims
        for code in ("ja", "ko", "zh")
        for letter in say(claim, code).text
    }

    assert sorted(characters() - has) == []  # else: commands/make_figure_font.py
    assert sorted(letter for letter in said - has if letter >= FIRST) == []
    assert len(said) > 500


def test_every_letter_is_drawn_and_the_credit_stands_below(tmp_path: Path) -> None:
    credit = "Pictures: somebody, CC BY 4.0"
    files = make_study(tmp_path, ["ja", "ko", "zh"], [0], published=False, credit=credit)
    with project_style(), warnings.catch_warnings():
        warnings.simplefilter("error")  # "Glyph ... missing from font"
        figure = draw_figure("example_pairs", files)
        figure.canvas.draw()

    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert any("右下にカモがいる。" in text for text in texts)
    assert texts.count("answer") == 4
    assert sum(text.startswith("label: ") for text in texts) == 4
    (legend,) = figure.legends
    assert legend.get_title().get_text().endswith(credit)


def test_a_letter_that_no_font_has_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    files = make_study(tmp_path, ["fr"], [0], published=False)
    files.texts["fr"][:] = ["un \U0010fffd"] * len(files.texts["fr"])
    with project_style(), pytest.warns(UserWarning, match="missing from font"):
        draw_figure("example_pairs", files).canvas.draw()

    assert "no font on this machine shows \U0010fffd. Install one" in caplog.text


def test_a_letter_comes_from_the_first_font_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with project_style():
        assert families_for({"a", " ", "ä"}) == list(TEXT_FAMILIES)
        assert families_for({"a", "鸭"}) == list(TEXT_FAMILIES)
        monkeypatch.setattr(style, "TEXT_FAMILIES", ("DejaVu Sans Mono",))
        assert families_for({"a", "鸭"})[0] == "DejaVu Sans Mono"
        assert CJK_FAMILY in families_for(letters_of_font())
