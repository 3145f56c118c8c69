from collections import deque
from urllib.parse import quote_plus

from hypothesis import given
from hypothesis import strategies as st

from clseave_core.translation.packing import (
    MAX_CHARACTERS,
    count_requests,
    encoded_length,
    halves,
    one_line,
    pack,
    packs,
    take,
    unpack,
)

sentences = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text.split()),
    max_size=30,
)


def test_encoded_length_counts_what_travels() -> None:
    assert encoded_length("a dog") == 5
    assert encoded_length("é") == 6
    assert encoded_length("犬") == 9
    assert encoded_length("\n") == 3


def test_a_request_is_filled_up_to_its_limit_and_no_further() -> None:
    # Each line has 4 characters, each line end 3: three lines travel as 4 + 7 + 7 = 18.
    waiting = deque(["aaaa"] * 7)
    assert take(waiting, max_length=18, max_sentences=10) == ["aaaa"] * 3
    assert len(waiting) == 4
    assert take(waiting, max_length=17, max_sentences=10) == ["aaaa"] * 2
    assert take(waiting, max_length=99, max_sentences=1) == ["aaaa"]
    assert list(waiting) == ["aaaa"]


def test_a_sentence_longer_than_the_limit_goes_alone() -> None:
    assert list(packs(["b" * 40, "a", "b" * 40, "c"], 20, 10)) == [
        ["b" * 40],
        ["a"],
        ["b" * 40],
        ["c"],
    ]


def test_deep_translators_own_limit_holds_under_any_other() -> None:
    for taken in packs(["a" * 99] * 200, 15_000, 1_000):
        assert len(pack(taken)) <= MAX_CHARACTERS < 5_000


def test_forty_average_sentences_fit_in_one_request() -> None:
    # SNLI-VE's mean is 7.4 words; eight words of six letters are more than that.
    assert count_requests(["people " * 7 + "people."] * 40, 4_000, 100) == 1


@given(sentences, st.integers(1, 500), st.integers(1, 12))
def test_packs_hold_each_sentence_once_in_order(
    texts: list[str], max_length: int, max_sentences: int
) -> None:
    made = list(packs(texts, max_length, max_sentences))
    assert [text for taken in made for text in taken] == texts
    assert count_requests(texts, max_length, max_sentences) == len(made)
    for taken in made:
        assert 1 <= len(taken) <= max_sentences
        assert len(taken) == 1 or len(quote_plus(pack(taken))) <= max_length


@given(sentences)
def test_unpacking_gives_the_packed_lines(texts: list[str]) -> None:
    assert unpack(pack(texts)) == [one_line(text) for text in texts]
    assert unpack(pack(texts).replace("\n", "\r\n\n") + "\n") == [one_line(text) for text in texts]


@given(sentences.filter(lambda texts: len(texts) > 1))
def test_halves_lose_nothing(texts: list[str]) -> None:
    first, second = halves(texts)
    assert first
    assert second
    assert first + second == texts
