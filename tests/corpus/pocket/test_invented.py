"""Invented languages: each differs from English in one thing and in nothing else."""

from pathlib import Path

import pytest

from clseave_core.corpus.pocket.bert import train_tokenizer
from clseave_core.corpus.pocket.grammars import align, say
from clseave_core.corpus.pocket.lexicon import COLOURS, SHAPES, TEMPLATES
from clseave_core.corpus.pocket.scenes import Thing
from clseave_core.corpus.pocket.sentences import Sentence, all_sentences
from clseave_core.study.loading import load_study

INVENTED = ("qid", "qsc", "qor", "qmo", "qle")
CIRCLE, SQUARE, STAR = Thing("red", "circle"), Thing("green", "square"), Thing("yellow", "star")
ABOVE = Sentence("related", (CIRCLE, SQUARE), relation="above")
TWO_STARS = Sentence("at_least", (STAR,), number=2)
SENTENCES = [one for template in TEMPLATES for one in all_sentences(template, COLOURS, SHAPES)]


@pytest.mark.parametrize(
    ("language", "sentence", "expected"),
    [
        ("qid", ABOVE, "There is a red circle above a green square."),
        ("qsc", TWO_STARS, "Тхере аре ат леаст тшо ыеллош старс."),
        ("qor", ABOVE, "Square green a above circle red a is there."),
        ("qmo", ABOVE, "There is ao redo circleo above aan greenan squarean."),
        ("qmo", TWO_STARS, "There are at least twoo yellowo starso."),
        ("qmo", Sentence("absent", (Thing("red", None),)), "There is noe rede shapee."),
        ("qle", TWO_STARS, "Ljufu ofu ol nuocl lga iunnag clofc."),
    ],
)
def test_says(language: str, sentence: Sentence, expected: str) -> None:
    assert say(sentence, language).text == expected


def test_spans_follow_their_words() -> None:
    english, mirrored = say(ABOVE, "en"), say(ABOVE, "qor")
    found = [
        (english.text[a.source_start : a.source_end], mirrored.text[a.target_start : a.target_end])
        for a in align(english, mirrored)
    ]

    assert found == [
        ("There is", "is there"), ("a", "a"), ("red", "red"), ("circle", "circle"),
        ("above", "above"), ("a", "a"), ("green", "green"), ("square", "Square"),
    ]  # fmt: skip


def test_letters_and_words_are_exchanged_one_for_one() -> None:
    english = [say(one, "en").text.split() for one in SENTENCES]
    for language in ("qsc", "qle"):
        other = [say(one, language).text.split() for one in SENTENCES]
        pairs = {pair for mine, theirs in zip(english, other, strict=True)
                 for pair in zip(mine, theirs, strict=True)}  # fmt: skip
        assert len({one for one, _ in pairs}) == len({two for _, two in pairs}) == len(pairs)
        assert not {one.lower() for one, _ in pairs} & {two.lower() for _, two in pairs}


@pytest.mark.slow
def test_the_studys_tokenizer_shares_no_piece_where_it_must_not() -> None:
    root = Path(__file__).resolve().parents[3]
    vocabulary = load_study("invented", {}, root)["models"]["bert"]["settings"]["vocabulary"]
    texts = {code: [say(one, code).text for one in SENTENCES] for code in INVENTED}
    tokenizer = train_tokenizer([text for said in texts.values() for text in said], vocabulary)
    pieces = {
        code: {piece for text in said for piece in tokenizer.tokenize(text)}
        for code, said in texts.items()
    }
    lengths = {
        code: [len(tokenizer.tokenize(text)) for text in said] for code, said in texts.items()
    }

    for code in ("qsc", "qle"):
        assert pieces[code] & pieces["qid"] == {"."}
    assert len(pieces["qmo"] & pieces["qid"]) > 1
    assert lengths["qsc"] == lengths["qle"] == lengths["qid"]
