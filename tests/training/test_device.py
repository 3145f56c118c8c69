from collections.abc import Iterator
from typing import Any

import pytest
import torch

from clseave_core.training.device import WIDE, Compute

ONE_DNN: Any = torch.backends.mkldnn


@pytest.fixture(autouse=True)
def usual_products() -> Iterator[None]:
    threads = torch.get_num_threads()
    yield
    Compute("fp32", threads)


def chosen() -> str:
    return str(ONE_DNN.matmul.fp32_precision)


@pytest.mark.parametrize(
    ("width", "able", "expected"),
    [
        (WIDE, {"avx512_bf16": True, "amx_bf16": False}, "bf16"),
        (WIDE - 1, {"avx512_bf16": True, "amx_bf16": False}, "ieee"),
        (WIDE, {"avx512_bf16": True, "amx_bf16": True}, "ieee"),  # AMX would round to bf16
        (WIDE, {"avx512_bf16": False, "amx_bf16": False}, "ieee"),
        (WIDE, {}, "ieee"),
    ],
)
def test_one_dnn_multiplies_for_wide_models_where_it_cannot_round(
    monkeypatch: pytest.MonkeyPatch, width: int, able: dict[str, bool], expected: str
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)

    Compute("fp32", 1).multiply_for(width)

    assert chosen() == expected


def test_another_job_begins_with_the_usual_products() -> None:
    ONE_DNN.matmul.fp32_precision = "bf16"

    Compute("fp32", 1)

    assert chosen() == "ieee"


@pytest.mark.parametrize("size", [64, 256, 768, 1024])
def test_products_for_wide_models_are_not_rounded_to_bf16(size: int) -> None:
    """bf16 has eight significant bits; these numbers need thirteen."""
    Compute("fp32", 1).multiply_for(WIDE)
    numbers = 1 + torch.arange(size * size).reshape(size, size) % 4096 / 4096

    assert torch.equal(numbers @ torch.eye(size), numbers)
    assert torch.equal(torch.nn.functional.linear(torch.eye(size), numbers.T), numbers)
