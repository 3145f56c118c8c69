from pathlib import Path

import numpy as np
import pytest
import torch

from clseave_core.models.pooling import Pooling
from clseave_core.models.student import Student
from clseave_core.models.tokens import load_tokenizer, tokenize


@pytest.mark.parametrize("pooling", ["end", "first", "mean"])
@pytest.mark.parametrize("layer_norm", [True, False])
def test_a_saved_student_is_the_same_student(
    tiny_bert_folder: Path, tmp_path: Path, pooling: Pooling, layer_norm: bool
) -> None:
    student = Student.start(tiny_bert_folder, 8, pooling, layer_norm, seed=1).eval()
    student.save(tmp_path / "student", tiny_bert_folder)
    again = Student.load(tmp_path / "student")
    tokens = tokenize(load_tokenizer(tmp_path / "student"), ["a dog", "cats"], again.max_length)
    batch = tokens.pad(np.arange(2))

    with torch.inference_mode():
        assert torch.equal(again(*batch), student(*batch))
    assert (again.pooling, again.width) == (pooling, 8)
    assert (again.head.sizes["eps"] is not None) == layer_norm


def test_the_end_state_goes_through_the_norm_and_the_projection(tiny_bert_folder: Path) -> None:
    student = Student.start(tiny_bert_folder, 8, "end", layer_norm=True, seed=1).eval()
    tokens = tokenize(load_tokenizer(tiny_bert_folder), ["a dog"], student.max_length)
    ids, lengths = tokens.pad(np.arange(1))

    with torch.inference_mode():
        states = student.encoder(input_ids=ids).last_hidden_state
        sep = states[0, -1]
        normed = (sep - sep.mean()) / (sep.var(unbiased=False) + student.head.norm.eps).sqrt()
        expected = student.head.projection.weight @ normed

        assert torch.allclose(student(ids, lengths)[0], expected, atol=1e-5)
    assert student.head.norm.eps == student.encoder.config.layer_norm_eps
    assert student.head.projection.bias is None
