"""Let the classifier's batch normalisation see a language before it is tested on it.

The published evaluation passed over target-language data in training mode with frozen weights, so
that the running statistics moved. That is an adaptation; it is off by default and named where on.
"""

import numpy as np
import torch
from torch import nn

from clseave_core.corpus.pairs import Pairs
from clseave_core.embeddings import Embeddings
from clseave_core.teacher.clip_ve import Premises
from clseave_core.training.batches import random_batches
from clseave_core.training.device import Compute


@torch.no_grad()
def move_statistics(
    classifier: nn.Module,
    pairs: Pairs,
    images: Embeddings | None,
    sentences: Embeddings,
    batch_size: int,
    seed: int,
    compute: Compute,
) -> None:
    """One epoch over `pairs` in random batches, dropout on, no weight changed; ends in eval mode.

    `sentences` has the embedding of every hypothesis in the language.
    """
    torch.manual_seed(seed)
    distinct, places = np.unique(pairs.hypotheses, return_inverse=True)
    text = compute.move(torch.from_numpy(sentences.rows(distinct.tolist())))
    if images is None:
        premises = Premises.constant(pairs, text.shape[1], compute)
    else:
        premises = Premises.of(pairs.image_ids.tolist(), images, compute)
    rows = compute.move(torch.from_numpy(places))
    classifier.to(compute.device).train()
    for batch in random_batches(len(pairs), batch_size, seed, 1):
        part = compute.move(torch.from_numpy(batch))
        classifier(premises.images[premises.rows[part]], text[rows[part]])
    classifier.eval()
