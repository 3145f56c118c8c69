import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clseave_core.training.batches import length_batches, random_batches

SEEDS = st.integers(0, 2**32 - 1)


@given(st.integers(1, 300), st.integers(2, 40), SEEDS)
def test_random_batches_have_each_example_once(count: int, size: int, seed: int) -> None:
    batches = random_batches(count, size, seed, epoch=1)

    assert sorted(np.concatenate(batches).tolist()) == list(range(count))
    assert all(len(batch) <= size + 1 for batch in batches)
    assert count == 1 or min(map(len, batches)) >= 2


@given(st.lists(st.integers(1, 30), min_size=1, max_size=300), st.integers(2, 40), SEEDS)
def test_length_batches_have_each_example_once_and_hardly_any_padding(
    lengths: list[int], size: int, seed: int
) -> None:
    batches = length_batches(np.array(lengths), size, seed, epoch=2)

    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    # Sorted by length and cut: no two batches overlap in length but at their ends.
    ranges = sorted((min(v), max(v)) for v in ([lengths[i] for i in b] for b in batches))
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(ranges))


def test_order_is_seeded_and_changes_with_the_epoch() -> None:
    def order(seed: int, epoch: int) -> list[int]:
        return [int(row) for row in np.concatenate(random_batches(50, 8, seed, epoch))]

    assert order(1, 1) == order(1, 1)
    assert order(1, 1) != order(1, 2)
    assert order(1, 1) != order(2, 1)


def test_a_last_batch_of_one_joins_its_neighbour() -> None:
    assert [len(batch) for batch in random_batches(9, 4, 0, 1)] == [4, 5]
