"""Sentences without their nouns, by hand."""

import pandas as pd
import pytest

from clseave_core.corpus.hypotheses import nameless


def spans_of(text: str, **slots: str) -> list[dict[str, object]]:
    """The place of each slot's words in `text`, as HYPOTHESES has it."""
    return [
        {"slot": slot, "start": text.index(words), "end": text.index(words) + len(words)}
        for slot, words in slots.items()
    ]


def test_a_thing_stands_for_every_noun_and_no_article_tells_of_it() -> None:
    texts = ["There is an owl above a cat.", "There are at least two owls."]
    spans = [
        spans_of(texts[0], quantity1="an", shape1="owl", relation="above", shape2="cat"),
        spans_of(texts[1], bound="at least", quantity1="two", shape1="owls"),
    ]
    assert nameless(pd.DataFrame({"text": texts, "spans": spans})) == [
        "There is a thing above a thing.",
        "There are at least two thing.",
    ]


def test_sentences_of_people_have_no_spans() -> None:
    with pytest.raises(ValueError, match="nameless is for generated worlds"):
        nameless(pd.DataFrame({"text": ["A dog runs."], "spans": [None]}))
