from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from clseave_core.models.tokens import Tokens, load_tokenizer, tokenize


def tokens_of(sentences: list[list[int]]) -> Tokens:
    lengths = [len(ids) for ids in sentences]
    return Tokens(
        np.array([i for ids in sentences for i in ids], dtype=np.int32),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        pad_id=0,
    )


def test_padding_goes_to_the_longest_of_the_batch_on_the_right() -> None:
    tokens = tokens_of([[1, 2, 3], [4, 5], [6, 7, 8, 9]])

    ids, lengths = tokens.pad(np.array([1, 0]))

    assert ids.tolist() == [[4, 5, 0], [1, 2, 3]]
    assert lengths.tolist() == [2, 3]


def test_sentences_are_put_together_on_the_device_at_the_width_asked_for() -> None:
    tokens = tokens_of([[1, 2, 3], [4, 5], [6, 7, 8, 9]]).on(torch.device("cpu"))

    ids, lengths = tokens.pad(torch.tensor([1, 2, 1]), 6)

    assert ids.tolist() == [[4, 5, 0, 0, 0, 0], [6, 7, 8, 9, 0, 0], [4, 5, 0, 0, 0, 0]]
    assert lengths.tolist() == [2, 4, 2]
    assert ids.dtype == lengths.dtype == torch.int64


@given(st.lists(st.lists(st.integers(1, 99), min_size=1, max_size=9), min_size=1, max_size=20))
def test_selecting_and_padding_lose_nothing(sentences: list[list[int]]) -> None:
    tokens = tokens_of(sentences)
    rows = np.arange(len(sentences))[::-1].copy()

    ids, lengths = tokens.select(rows).pad(np.arange(len(rows)))

    found = [row[:length] for row, length in zip(ids.tolist(), lengths.tolist(), strict=True)]
    assert found == sentences[::-1]


def test_every_sentence_ends_with_the_end_token(
    tiny_clip_folder: Path, tiny_bert_folder: Path
) -> None:
    for folder in (tiny_clip_folder, tiny_bert_folder):
        tokenizer = load_tokenizer(folder)
        tokens = tokenize(tokenizer, ["a dog", ""], max_length=16)
        end = (
            tokenizer.sep_token_id if tokenizer.sep_token_id is not None else tokenizer.eos_token_id
        )
        ends = tokens.flat[tokens.starts[1:] - 1]
        assert ends.tolist() == [end, end]


def test_a_long_sentence_is_cut_but_keeps_its_end_token(
    tiny_bert_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tokenizer = load_tokenizer(tiny_bert_folder)

    tokens = tokenize(tokenizer, ["a dog " * 20], max_length=8)

    assert tokens.lengths.tolist() == [8]
    assert tokens.flat[-1] == tokenizer.sep_token_id
    assert "1 of 1 sentences have more than the 8 tokens" in caplog.text
    assert "the first is row 0 with 82: 'a dog a dog" in caplog.text


def test_a_sentence_that_just_fits_is_not_counted(
    tiny_bert_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tokenizer = load_tokenizer(tiny_bert_folder)

    assert tokenize(tokenizer, ["a a a a a a"], max_length=8).lengths.tolist() == [8]
    assert not caplog.records


def test_a_tokenizer_that_leaves_the_end_open_is_refused(tiny_bert_folder: Path) -> None:
    tokenizer = load_tokenizer(tiny_bert_folder)

    class Open:
        name_or_path, model_max_length = "open", 99
        sep_token_id = tokenizer.sep_token_id
        eos_token_id = pad_token_id = None

        def __call__(self, batch: list[str], **_: object) -> dict[str, list[list[int]]]:
            return {"input_ids": [[1, 2] for _ in batch]}

    with pytest.raises(ValueError, match=r"open does not close 'a dog' with its end token"):
        tokenize(Open(), ["a dog"], max_length=16)
