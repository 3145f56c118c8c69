"""What a method says about every pair of a test set."""

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from clseave_core.corpus.pairs import Pairs
from clseave_core.embeddings import Embeddings
from clseave_core.evaluation.controls import exchange_images
from clseave_core.labels import LABELS
from clseave_core.teacher.clip_ve import Premises, classify
from clseave_core.training.device import Compute


def predict(
    pairs: Pairs,
    images: Embeddings | None,
    classifier: nn.Module,
    sentences: Embeddings,
    compute: Compute,
    *,
    exchange_seed: int | None = None,
    draws: int = 1,
) -> pd.DataFrame:
    """Predictions of all `pairs`, with the columns of `evaluation.schemas.PREDICTIONS`.

    `sentences` has an embedding of every pair's hypothesis. Without `images` every premise is the
    constant vector that its teacher was trained with. With `exchange_seed` each of the `draws`
    shows every pair another picture than its own.
    """
    distinct, rows = np.unique(pairs.hypotheses, return_inverse=True)
    places = compute.move(torch.from_numpy(rows))
    text = compute.move(torch.from_numpy(sentences.rows(distinct.tolist())))
    classifier = classifier.to(compute.device)
    parts = []
    for draw in range(draws):
        if images is None:
            premises = Premises.constant(pairs, text.shape[1], compute)
        else:
            shown = pairs.image_ids.tolist()
            if exchange_seed is not None:
                shown = exchange_images(shown, exchange_seed, draw)
            premises = Premises.of(shown, images, compute)
        parts.append(_table(pairs, classify(classifier, premises, text, places), draw))
    return pd.concat(parts, ignore_index=True)


def _table(pairs: Pairs, logits: Tensor, draw: int) -> pd.DataFrame:
    names = np.array(LABELS, dtype=object)
    values = logits.float().cpu().numpy()
    return pd.DataFrame(
        {
            "draw": np.full(len(pairs), draw, dtype=np.int8),
            "pair_id": pairs.pair_ids,
            "image_id": pairs.image_ids,
            "hypothesis_id": pairs.hypotheses.astype(np.int32),
            "label": names[pairs.labels],
            "prediction": names[values.argmax(axis=1)],
            **{f"logit_{label}": values[:, column] for column, label in enumerate(LABELS)},
        }
    )
