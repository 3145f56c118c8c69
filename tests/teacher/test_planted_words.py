"""A word that gives the label away must be found by `hypothesis_only`, and by nothing else."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from clseave_core.corpus.pairs import Pairs
from clseave_core.labels import LABEL_INDEX
from clseave_core.teacher.clip_ve import train_clip_ve
from clseave_core.training.device import Compute
from clseave_core.training.settings import TrainingSettings

WORDS = np.array(["indeed", "perhaps", "hardly"])
"""The word planted for each label."""


def planted(world: Path, split: str, share: float, texts: dict[str, int]) -> Pairs:
    """The pairs of a split, `share` of them with the word of their label, the rest with another.

    Their sentences are numbered in `texts`.
    """
    with gzip.open(world / f"annotations/snli_ve_{split}.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    labels = np.array([LABEL_INDEX[row["gold_label"]] for row in rows])
    rng = np.random.default_rng([3, len(rows)])
    moved = rng.integers(1, 3, len(rows)) * (rng.random(len(rows)) >= share)
    words = WORDS[(labels + moved) % 3]
    sentences = [f"{word} {row['sentence2']}" for word, row in zip(words, rows, strict=True)]
    return Pairs(
        np.array([row["pairID"] for row in rows], dtype=object),
        np.array([row["Flickr30K_ID"] for row in rows], dtype=object),
        np.array([texts.setdefault(sentence, len(texts)) for sentence in sentences]),
        labels,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("share", "least", "most"), [(0.8, 0.70, 0.90), (1 / 3, 0.20, 0.46)], ids=["biased", "fair"]
)
def test_hypothesis_only_finds_the_bias_and_no_more(
    world: Path, tiny_clip_folder: Path, tmp_path: Path, share: float, least: float, most: float
) -> None:
    texts: dict[str, int] = {}
    train_pairs, dev_pairs = (planted(world, split, share, texts) for split in ("train", "dev"))

    history = train_clip_ve(
        clip_folder=tiny_clip_folder, train_pairs=train_pairs, dev_pairs=dev_pairs,
        sentences=list(texts), images=None, hypothesis="text",
        settings=TrainingSettings(
            epochs=8, batch_size=64, learning_rate=3e-3, optimizer="adam", length_groups=2
        ),
        seed=0, compute=Compute("fp32", threads=1, device="cpu"),
        state_folder=tmp_path / "state", model_folder=tmp_path / "model",
        hypotheses_file=tmp_path / "hypotheses.arrow", history_file=tmp_path / "history.csv",
    )  # fmt: skip

    accuracy = min(history, key=lambda row: row["dev_loss"] or 0)["dev_accuracy"]
    assert accuracy is not None
    assert least < accuracy < most
