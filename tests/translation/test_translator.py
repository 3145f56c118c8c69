import pytest

from clseave_core.translation.translator import clean, has_words, same_text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Qu&#39;il &amp; elle", "Qu'il & elle"),
        ("u\N{COMBINING DIAERESIS}ber", "über"),
        ("  zwei \r\n Zeilen\n", "zwei Zeilen"),
        ("\u1100\u1161", "가"),
        ("全角　空白", "全角　空白"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("n/a", "N/A.", True),
        ("A dog.", "A dog", True),
        ("A dog.", "Ein Hund.", False),
        ("!?", "!?", True),
        ("!?", "!", False),
        ("犬", "犬。", True),
    ],
)
def test_same_text_compares_letters_and_digits(one: str, other: str, same: bool) -> None:
    assert same_text(one, other) is same


def test_has_words() -> None:
    assert has_words("3 dogs")
    assert has_words("犬")
    assert not has_words("... 3!")
