import subprocess
import sys

from clseave_core.corpus.pocket.vocabulary import joined_symbol, merge_pairs


def test_the_most_frequent_pair_is_merged_first_and_ties_go_by_order() -> None:
    words = {("a", "##b", "##c"): 3, ("a", "##b"): 2, ("x", "##c"): 3}

    # a##b: 5; then ab##c: 3 and x##c: 3, of which "ab" comes first.
    assert merge_pairs(words, 9) == [("a", "##b"), ("ab", "##c"), ("x", "##c")]
    assert merge_pairs(words, 1) == [("a", "##b")]


def test_a_pair_that_occurs_once_is_not_merged() -> None:
    assert merge_pairs({("a", "##b"): 1}, 9) == []


def test_symbols_join_without_the_mark_of_the_right_one() -> None:
    assert joined_symbol(("a", "##b")) == "ab"
    assert joined_symbol(("##a", "##b")) == "##ab"


def test_a_vocabulary_is_the_same_in_every_process() -> None:
    code = (
        "from clseave_core.corpus.pocket.bert import train_tokenizer;"
        "t = train_tokenizer(['ein roter Kreis', 'een rode cirkel', '红圆', '赤い丸'] * 3, 60);"
        "print(sorted(t.get_vocab().items(), key=lambda item: item[1]))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True
        ).stdout
        for _ in range(2)
    ]

    assert runs[0] == runs[1]
    assert "'[SEP]'" in runs[0]
