import pytest

from clseave_core.languages import LANGUAGES
from clseave_core.translation import plausibility
from clseave_core.translation.plausibility import Plausibility, script_share
from tests.translation.concepts import Concepts, english, german


def judge(target: str = "de", least: float | None = None, source: str = "en") -> Plausibility:
    return Plausibility(source, target, Concepts(), least)


@pytest.mark.parametrize(
    ("text", "scripts", "share"),
    [
        ("Hund", ["Latn"], 1.0),
        ("犬がいる", ["Jpan"], 1.0),
        ("テレビー", ["Jpan"], 1.0),
        ("개 ab", ["Kore"], 1 / 3),
        ("собака", ["Latn"], 0.0),
        ("12, 3!", ["Hans"], 1.0),
        ("Straße é", ["Latn"], 1.0),
        ("कुत्ता", ["Deva"], 1.0),
    ],
)
def test_script_share_counts_letters(text: str, scripts: list[str], share: float) -> None:
    assert script_share(text, scripts) == pytest.approx(share)


def test_every_language_of_the_table_has_its_letters() -> None:
    for language in LANGUAGES.values():
        assert script_share("1", language.scripts) == 1.0


def test_a_line_must_be_in_the_script() -> None:
    assert judge("ja").of_pack(["A dog."], ["犬。"]) is None
    assert judge("ja").of_pack(["A dog."], ["Ein Hund."]) == (
        "not in Jpan: 'Ein Hund.' for 'A dog.'"
    )
    assert judge("de").of_pack(["A dog."], ["犬。"]) == "not in Latn: '犬。' for 'A dog.'"


def test_a_line_must_be_about_as_long_as_its_source_lets_one_expect() -> None:
    source = "x" * 90  # de: expected 90, bounds (90 + 10) / 3 - 10 = 23.3 and 300 - 10 = 290
    assert judge().of_pack([source], ["y" * 24]) is None
    assert judge().of_pack([source], ["y" * 290]) is None
    assert (judge().of_pack([source], ["y" * 23]) or "").startswith("too short")
    assert (judge().of_pack([source], ["y" * 291]) or "").startswith("too long")
    # zh: expected 27, bounds 37 / 3 - 10 = 2.3 and 37 * 3 - 10 = 101
    assert judge("zh").of_pack([source], ["狗" * 101]) is None
    assert (judge("zh").of_pack([source], ["狗" * 102]) or "").startswith("too long")
    assert judge("en", source="zh").of_pack(["狗" * 27], ["y" * 90]) is None


def test_meaning_below_the_threshold_is_named() -> None:
    first, second = english(2)
    assert judge(least=0.3).of_pack([first, second], [german(first), german(second)]) is None
    reason = judge(least=0.3).of_pack([first, second], [german(first), "Etwas ganz anderes hier."])
    assert reason == f"similarity 0.00: 'Etwas ganz anderes hier.' for {second!r}"


def test_exchanged_lines_are_found_even_where_each_line_is_similar_enough() -> None:
    first, second = english(2)
    reason = judge(least=-1.0).of_pack([first, second], [german(second), german(first)])
    assert reason == f"lines that look exchanged: {german(second)!r} and {german(first)!r}"
    assert judge(least=None).of_pack([first, second], [german(second), german(first)]) is None


def test_lines_that_moved_on_by_one_are_found() -> None:
    sources = english(5)
    lines = [german(source) for source in (*sources[1:], sources[0])]
    assert judge(least=-1.0).of_pack(sources, lines) is not None


def test_what_cannot_be_a_translation_is_told_from_what_is_doubtful() -> None:
    ja = judge("ja", least=0.3)
    assert ja.cannot_be("A dog.", "NATO の犬") is None
    assert ja.cannot_be("A dog.", "犬" * 500) is None
    assert ja.cannot_be("A dog.", "   ") == "an empty answer"
    assert ja.cannot_be("A dog.", "Ein Hund.") == "no letter of Jpan in 'Ein Hund.'"
    assert ja.cannot_be("Twenty.", "20。") is None
    first = english(1)[0]
    assert judge(least=0.3).doubts(["A dog of a kind."], [german(first)]) == ["similarity 0.00"]
    assert judge(least=0.3).doubts([first], [german(first)]) == [None]


@pytest.mark.parametrize(
    ("target", "source", "line", "doubt"),
    [
        ("de", "A man is sleeping on a bench.", "A man sleeps there on the bench.",
         "in the source's language, en"),
        ("de", "A man is sleeping on a bench.", "Un homme est en train de dormir sur un banc.",
         "in fr, not in de"),
        ("ja", "A man is sleeping on a bench.", "一个男人正在长椅上睡觉，他很累了。",
         "in zh, not in ja"),
        ("de", "A man is sleeping on a bench in the park.", "Ein Mann schläft auf",
         "without its end"),
        ("zh", "Two dogs are running across a wide green field.", "两只狗正在", "without its end"),
        ("de", "A man sleeps.", "Ein Mann <b>schläft</b>.",
         "with < >, which the source does not have"),
        ("de", "A man sleeps.", '{"error": "Limit"}.', "with { }, which the source does not have"),
        ("de", "A man sleeps.", "", "an empty line"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_line_by_itself(
    target: str, source: str, line: str, doubt: str
) -> None:
    assert judge(target).doubts([source], [line]) == [doubt]


@pytest.mark.parametrize(
    ("target", "source", "line"),
    [
        ("de", "A man sleeps", "Ein Mann schläft"),
        ("de", "A man sleeps.", "Ein Mann schläft!"),
        ("de", "A man is sleeping on a bench.", "Ein Mann schläft auf einer Bank"),
        ("th", "A man sleeps.", "ชายคนหนึ่งกำลังนอนหลับ"),
        ("hi", "A man sleeps.", "एक आदमी सो रहा है।"),
        ("de", "A sign <STOP>.", "Ein Schild <STOP>."),
        ("qsc", "A dog sleeps.", "А дог слеепс."),
    ],
)
def test_lines_that_are_right_raise_no_doubt(target: str, source: str, line: str) -> None:
    assert judge(target).doubts([source], [line]) == [None]


def test_of_two_sentences_with_one_answer_it_tells_which_cannot_have_it() -> None:
    first, second, third = english(3)
    de = judge(least=0.3)
    assert de.misfits(german(first), first, second) == {second}
    assert de.misfits(german(second), first, second) == {first}
    assert de.misfits(german(third), first, second) == {first, second}
    assert de.misfits(german(first), first, first.upper()) == set()
    # A target that the encoder does not know: only the sentences can be compared.
    assert judge("sw", least=0.3).misfits(german(first), first, second) == {first, second}
    # Without a meaning check their letters tell.
    wet = ("The kids are wet.", "The children are wet.")
    assert judge(least=None).misfits("Die Kinder sind nass.", *wet) == set(wet)


def test_it_says_when_the_encoder_does_not_know_a_language() -> None:
    assert judge("de", least=0.3).knows_languages
    assert not judge("sw", least=0.3).knows_languages
    assert not judge("de", least=0.3, source="fi").knows_languages
    assert judge("sw", least=None).knows_languages


def test_every_language_of_the_table_has_a_script_that_is_known() -> None:
    for known in LANGUAGES.values():
        assert set(known.scripts) <= set(plausibility._SCRIPT_NAMES), known.name
