from pathlib import Path

import numpy as np
import torch

from clseave_core.corpus.pairs import Pairs
from clseave_core.embeddings import Embeddings, write_embeddings
from clseave_core.evaluation.recalibration import move_statistics
from clseave_core.models.classifier import EntailmentClassifier
from clseave_core.training.device import Compute

COMPUTE = Compute("fp32", threads=1, device="cpu")


def test_only_running_statistics_move(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    ids = np.arange(5, dtype=np.int32)
    texts = rng.normal(size=(5, 4)).astype(np.float32)
    write_embeddings(tmp_path / "h.arrow", "hypothesis_id", [(ids, texts)], 4)
    pairs = Pairs(
        np.array([f"p{i}" for i in range(20)], dtype=object),
        np.array(["i"] * 20, dtype=object), np.arange(20) % 5, np.zeros(20, int),
    )  # fmt: skip
    classifier = EntailmentClassifier(4).eval()
    before = {name: value.clone() for name, value in classifier.state_dict().items()}

    move_statistics(classifier, pairs, None, Embeddings.open(tmp_path / "h.arrow"), 8, 0, COMPUTE)

    moved = {n for n, v in classifier.state_dict().items() if not torch.equal(v, before[n])}
    assert not classifier.training
    assert moved == {
        f"layers.{layer}.{kind}"
        for layer in (0, 6)
        for kind in ("running_mean", "running_var", "num_batches_tracked")
    }
    assert int(classifier.state_dict()["layers.0.num_batches_tracked"]) == 3  # 8 + 8 + 4
