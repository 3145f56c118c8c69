import pytest

from clseave_core.words import Cut, cut_words


@pytest.mark.parametrize(
    ("text", "language", "cut", "words"),
    [
        ("Ein Hund, oder?", "de", "dictionary", ["Ein", "Hund", ",", "oder", "?"]),
        ("Ein Hund, oder?", "de", "spaces", ["Ein", "Hund,", "oder?"]),
        (
            "男人在街上骑自行车。",
            "zh",
            "dictionary",
            ["男人", "在", "街上", "骑", "自行", "车", "。"],
        ),
        ("男人 在", "zh", "characters", ["男", "人", "在"]),
        ("한 남자가 있다.", "ko", "dictionary", ["한", "남자가", "있다", "."]),
        ("한 남자가", "ko", "characters", ["한", "남", "자", "가"]),
        ("", "de", "dictionary", []),
        ("   ", "ja", "characters", []),
    ],
)
def test_words_and_their_characters(text: str, language: str, cut: Cut, words: list[str]) -> None:
    spans = cut_words(text, language, cut)

    assert [text[start:end] for start, end in spans] == words


def test_a_letter_beyond_the_basic_plane_shifts_nothing() -> None:
    text = "a 🐕 dog"

    assert [text[a:b] for a, b in cut_words(text, "en", "dictionary")] == ["a", "🐕", "dog"]
