"""What the steps of an epoch read, planned on the CPU and moved to the device once.

A step then takes nothing from the CPU but its place in the plan. On a GPU a step of BERT or CLIP at
these lengths is a thousand small kernels, and launching them takes longer than computing them; it
is recorded once for each shape and replayed (`clseave_core.training.graphs`). So that shapes are
few, sentences are padded to a multiple of `WIDTH` tokens, and a batch's distinct sentences to as
many as it has examples.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from clseave_core.models.tokens import Indices
from clseave_core.training.device import Compute

WIDTH = 8
"""Padded lengths are multiples of this, as attention with a mask in bf16 prefers."""


@dataclass(frozen=True)
class PlannedBatch:
    """`size` examples as `tensors` on the device; their sentences are padded to `width` tokens.

    `tensors["sentences"]` are the rows of the distinct sentences, and what else there is, is the
    task's own.
    """

    size: int
    width: int
    tensors: Mapping[str, Tensor]

    def __len__(self) -> int:
        return self.size

    @property
    def shape(self) -> tuple[int, int]:
        """What decides the shape of every tensor of its step, where shapes are fixed."""
        return self.size, self.width


def plan_batches(
    batches: Sequence[Indices], arrays: Mapping[str, Sequence[npt.NDArray[Any]]], lengths: Indices,
    compute: Compute,
) -> list[PlannedBatch]:  # fmt: skip
    """Plan `batches` of examples, whose arrays [u] under each name stand in the same order.

    `arrays["sentences"]` are rows of `lengths` [m]. Where shapes are fixed, arrays shorter than
    their batch are filled up: sentences with the first one again, all others with zeros.
    """
    sizes = [len(batch) for batch in batches]
    widths = [int(lengths[rows].max()) for rows in arrays["sentences"]]
    if compute.fixed_shapes:
        longest = int(lengths.max())
        widths = [min(-(-width // WIDTH) * WIDTH, longest) for width in widths]
        arrays = {
            name: [
                _filled(part, size, part[0] if name == "sentences" else 0)
                for part, size in zip(parts, sizes, strict=True)
            ]
            for name, parts in arrays.items()
        }
    moved = {
        name: compute.move(torch.from_numpy(np.concatenate(parts))).split(list(map(len, parts)))
        for name, parts in arrays.items()
    }
    return [
        PlannedBatch(size, width, {name: parts[number] for name, parts in moved.items()})
        for number, (size, width) in enumerate(zip(sizes, widths, strict=True))
    ]


def _filled(values: npt.NDArray[Any], size: int, fill: Any) -> npt.NDArray[Any]:
    return np.concatenate([values, np.full(size - len(values), fill, values.dtype)])
