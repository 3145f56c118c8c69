from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from clseave_core.models import encoder as encoder_module
from clseave_core.models.encoder import encode_all, encode_rows
from clseave_core.models.student import Student
from clseave_core.models.tokens import load_tokenizer, tokenize
from clseave_core.training.device import Compute
from tests.models.test_tokens import tokens_of

COMPUTE = Compute("fp32", threads=1, device="cpu")


class SumOfIds:
    """An encoder whose embedding is the sum of a sentence's ids, and its length."""

    width = 2

    def __call__(self, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        real = torch.arange(ids.shape[1]) < lengths[:, None]
        return torch.stack([(ids * real).sum(dim=1), lengths], dim=1).float()


class Watched(SumOfIds):
    """The same, which remembers how many sentences it was given at once."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def __call__(self, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        self.batches.append(len(ids))
        return super().__call__(ids, lengths)


SENTENCES = st.lists(st.lists(st.integers(1, 99), min_size=1, max_size=9), min_size=1, max_size=20)


@given(SENTENCES, st.integers(1, 5), st.integers(1, 40))
def test_each_sentence_keeps_its_own_embedding(
    sentences: list[list[int]], groups: int, budget: int
) -> None:
    tokens = tokens_of(sentences)
    expected = [[sum(ids), len(ids)] for ids in sentences]
    rows = np.arange(len(sentences))

    assert encode_rows(SumOfIds(), tokens, rows, COMPUTE, groups).tolist() == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoder_module, "TOKENS_PER_BATCH", budget)
        assert encode_all(SumOfIds(), tokens, COMPUTE).tolist() == expected
        patch.setattr(encoder_module, "TOKENS_PER_BATCH", 10**6)
        patch.setattr(encoder_module, "NUMBERS_PER_BATCH", 2 * budget)  # two numbers a token
        assert encode_all(SumOfIds(), tokens, COMPUTE).tolist() == expected


def test_wide_models_take_fewer_sentences_at_once_on_a_cpu() -> None:
    tokens = tokens_of([[7] * 8] * 600)

    for width, batches in ((64, [600]), (256, [256, 256, 88])):
        compute, encoder = Compute("fp32", threads=1, device="cpu"), Watched()
        compute.multiply_for(width)

        assert encode_all(encoder, tokens, compute).tolist() == [[56, 8]] * 600
        assert encoder.batches == batches


def test_padding_does_not_change_a_students_embedding(tiny_bert_folder: Path) -> None:
    student = Student.start(tiny_bert_folder, 8, "end", layer_norm=True, seed=0).eval()
    texts = ["a dog", "a dog and a red cat sleep"]
    tokens = tokenize(load_tokenizer(tiny_bert_folder), texts, student.max_length)

    with torch.inference_mode():
        together = student(*tokens.pad(np.array([0, 1])))[0]
        alone = student(*tokens.pad(np.array([0])))[0]

    assert torch.allclose(together, alone, atol=1e-6)
