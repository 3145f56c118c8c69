"""The exchange of pictures behind the control `image_shuffled`."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from clseave_core.evaluation.checking import named

_EXCHANGE = 21
"""What the random stream is for, beside its seed."""


def exchange_images(image_ids: Sequence[str], seed: int, draw: int) -> list[str]:
    """Give every pair another picture than its own: a list like `image_ids`, one id a pair.

    No pair keeps its picture, nor gets it back from another pair of the same picture. Every
    picture is shown as often as before; only where one picture has more than half of the pairs,
    so that this cannot be, all other pairs show it and its own pairs share the others evenly.
    Raises ValueError when all pairs have the same picture, or one has none.
    """
    own = named("image_ids", np.asarray(image_ids, dtype=object), len(image_ids))
    pictures, codes = np.unique(own.astype(str), return_inverse=True)
    if len(pictures) < 2:
        raise ValueError(
            f"all {len(own)} pairs have the same picture ({', '.join(pictures)}), so none can be "
            "shown another one. A shuffled control needs a test set of two pictures or more."
        )
    generator = np.random.default_rng([seed, _EXCHANGE, draw])
    counts = np.bincount(codes)
    common = int(counts.argmax())
    if 2 * counts[common] > len(codes):
        shown = _share_others(codes, common, generator)
    else:
        shown = _exchange(codes, generator)
    return [str(picture) for picture in pictures[shown]]


def _exchange(own: npt.NDArray[np.intp], generator: np.random.Generator) -> npt.NDArray[np.intp]:
    """Permute the pictures, then mend each pair that has its own by a random swap.

    A swap partner that neither has nor shows that picture always exists: with m <= n/2 pairs of it
    at most 2m - 1 places do one or the other. A swap mends at least one pair and breaks none.
    """
    shown = generator.permutation(own)
    for place in np.flatnonzero(shown == own):
        if shown[place] == own[place]:
            partner = generator.choice(np.flatnonzero((shown != own[place]) & (own != own[place])))
            shown[[place, partner]] = shown[[partner, place]]
    return shown


def _share_others(
    own: npt.NDArray[np.intp], common: int, generator: np.random.Generator
) -> npt.NDArray[np.intp]:
    """Show `common` to all other pairs, and their pictures, repeated evenly, to its own."""
    shown = np.full_like(own, common)
    mine = np.flatnonzero(own == common)
    others = generator.permutation(own[own != common])
    shown[mine] = generator.permutation(np.resize(others, len(mine)))
    return shown
