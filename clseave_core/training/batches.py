"""How the examples of an epoch are put into batches: each exactly once, in a seeded order."""

import numpy as np

from clseave_core.models.tokens import Indices


def random_batches(count: int, size: int, seed: int, epoch: int) -> list[Indices]:
    """Batches of examples 0..count-1 composed at random.

    For classifiers with batch normalisation: batches of similar sentences would not do, since the
    length of a hypothesis predicts its label and the normalisation sees the batch.
    """
    order = np.random.default_rng([seed, epoch]).permutation(count)
    return _cut(order, size)


def length_batches(lengths: Indices, size: int, seed: int, epoch: int) -> list[Indices]:
    """Batches of similar `lengths` [n], in random order; equal lengths are shuffled.

    For students, whose loss treats each sentence on its own: hardly a token is padding.
    """
    rng = np.random.default_rng([seed, epoch])
    order = rng.permutation(len(lengths))
    order = order[np.argsort(lengths[order], kind="stable")]
    batches = _cut(order, size)
    return [batches[index] for index in rng.permutation(len(batches))]


def _cut(order: Indices, size: int) -> list[Indices]:
    """Cut into batches of `size`; a last one of a single example joins its neighbour.

    Batch normalisation cannot take statistics of one example.
    """
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    if len(batches) > 1 and len(batches[-1]) == 1:
        batches[-2:] = [np.concatenate(batches[-2:])]
    return batches
