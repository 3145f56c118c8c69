"""A sentence gets the embedding of the English sentences that say the same; nothing is trained.

A frozen multilingual encoder puts a translation beside its English sentence, but a little off: each
wording (negation, place, counting) has a shift of its own between two languages. So from each
sentence is taken off how far the translations most like it lie from their English. Then it is
compared with every English sentence that the teacher saw, by cosine similarity, less half the
similarity of that English sentence to its own nearest translations, since some sentences are near
to everything (CSLS: Conneau et al. 2018, "Word translation without parallel data", equation 6). A
softmax over these says how far each teacher's embedding counts.

Words that were never translated are found by their English ones, which no student finds that
learns from translations alone.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from clseave_core.corpus.pairs import Pairs
from clseave_core.embeddings import Embeddings
from clseave_core.models.tokens import Indices

NEAREST = 10
"""Translations whose similarity says how near to everything an English sentence is."""
NUMBERS_AT_ONCE = 2**26
"""Similarities that are held in memory at a time: 256 MiB."""


@dataclass(frozen=True)
class Retrieval:
    """How sentences are retrieved, and how far that counts beside the student's trained head.

    `neighbours`: translations whose shift is taken off a sentence. `temperature`: of the softmax.
    `share`: the retrieved embedding's part in the mean with the head's; 1 leaves the head out.
    """

    neighbours: int
    temperature: float
    share: float


@dataclass(frozen=True)
class Memory:
    """What is retrieved from: rows of the hypotheses table, in English and by the teacher.

    `english` [m, d] by the frozen encoder, `targets` [m, w] by the teacher; `known` are the
    rows of the English sentences that the teacher saw, `translated` those whose translation the
    student was taught.
    """

    english: Tensor
    targets: Tensor
    known: Indices
    translated: Indices

    @classmethod
    def read(
        cls, english: Embeddings, targets: Embeddings, train_pairs: Pairs,
        never_taught: npt.NDArray[np.bool_],
    ) -> Self:  # fmt: skip
        """Read both tables of embeddings; `never_taught` [m] is true where no translation was."""
        count = len(never_taught)
        known = np.unique(train_pairs.hypotheses)
        return cls(
            torch.from_numpy(english.rows(range(count))),
            torch.from_numpy(targets.rows(range(count))),
            known,
            known[~never_taught[known]],
        )


def retrieve(sentences: Tensor, memory: Memory, how: Retrieval) -> Tensor:
    """Embeddings [m, w] of all `sentences` [m, d], rows of the hypotheses table as `memory`'s."""
    known, taught = torch.from_numpy(memory.known), torch.from_numpy(memory.translated)
    english = memory.english - memory.english[taught].mean(dim=0)
    sentences = sentences - sentences[taught].mean(dim=0)
    moved = sentences - _shifts(sentences, english, taught, how.neighbours)
    found, asked = _unit(english[known]), _unit(moved)
    count = min(NEAREST, len(taught))
    nearness = [
        (found[part] @ asked[taught].T).topk(count, dim=1).values.mean(dim=1)
        for part in _parts(len(found), len(taught))
    ]
    common = torch.cat(nearness) / 2
    targets = memory.targets[known]
    return torch.cat([
        torch.softmax((asked[part] @ found.T - common) / how.temperature, dim=1) @ targets
        for part in _parts(len(asked), len(found))
    ])  # fmt: skip


def _shifts(sentences: Tensor, english: Tensor, taught: Tensor, neighbours: int) -> Tensor:
    """[m, d]: how far the `neighbours` other taught sentences most like each lie from English."""
    shift = sentences[taught] - english[taught]
    directions = _unit(sentences)
    place = torch.full((len(sentences),), -1)
    place[taught] = torch.arange(len(taught))
    found = []
    for part in _parts(len(sentences), max(len(taught), neighbours * shift.shape[1])):
        similar = directions[part] @ directions[taught].T
        own = place[part]
        similar[own >= 0, own[own >= 0]] = -torch.inf
        nearest = similar.topk(min(neighbours, len(taught) - 1), dim=1).indices
        found.append(shift[nearest].mean(dim=1))
    return torch.cat(found)


def _unit(vectors: Tensor) -> Tensor:
    return torch.nn.functional.normalize(vectors, dim=1)


def _parts(rows: int, width: int) -> list[Tensor]:
    return list(torch.arange(rows).split(max(1, NUMBERS_AT_ONCE // width)))
