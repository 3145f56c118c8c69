from pathlib import Path

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from clseave_core.models.clip_ve import ClipTextTower
from clseave_core.models.packing import ROW, fill_rows, pack
from tests.models.test_tokens import tokens_of


def test_long_sentences_come_first_and_short_ones_fill_the_rows() -> None:
    assert fill_rows(np.array([3, 9, 7, 1]), 10) == [[1, 3], [2, 0]]


@given(st.lists(st.integers(1, 20), min_size=1, max_size=30))
def test_every_sentence_stands_in_one_row_that_holds_it(lengths: list[int]) -> None:
    rows = fill_rows(np.array(lengths), 20)

    assert sorted(sentence for row in rows for sentence in row) == list(range(len(lengths)))
    assert all(sum(lengths[sentence] for sentence in row) <= 20 for row in rows)


def test_a_token_attends_to_its_own_sentence_up_to_itself() -> None:
    packed = pack(tokens_of([[5, 6], [7, 8, 9]]), np.array([0, 1]), limit=77)

    assert packed.ids.shape == (1, ROW)
    assert packed.ids[0, :5].tolist() == [7, 8, 9, 5, 6]
    assert packed.positions[0, :5].tolist() == [0, 1, 2, 0, 1]
    assert packed.mask[0, 0, :5, :5].int().tolist() == [
        [1, 0, 0, 0, 0], [1, 1, 0, 0, 0], [1, 1, 1, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 1, 1],
    ]  # fmt: skip
    assert packed.ends.tolist() == [[2, 4]]
    assert (packed.rows.tolist(), packed.slots.tolist()) == ([0, 0], [1, 0])


def test_a_packed_sentence_has_the_embedding_of_a_padded_one(tiny_clip_folder: Path) -> None:
    tower = ClipTextTower(tiny_clip_folder).eval()
    rng = np.random.default_rng(0)
    limit = tower.max_length
    tokens = tokens_of(
        [rng.integers(5, 300, n).tolist() for n in (4, limit, 9, 1, 12, 2, 30 % limit)]
    )
    rows = np.array([6, 0, 1, 2, 3, 4, 5])

    with torch.inference_mode():
        packed = tower.packed(pack(tokens, rows, limit))
        padded = tower(*tokens.pad(rows))

    assert torch.allclose(packed, padded, atol=1e-5)
