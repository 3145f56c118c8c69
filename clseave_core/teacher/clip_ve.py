"""Fine-tune CLIP-VE, the English model that teaches the students (thesis section 3.1.2).

Pictures are not touched: the image tower is frozen, so every pair reads the one embedding that
`embed_images` made of its picture. The controls `hypothesis_only` and `image_only` are the same
training with one constant image vector, or one constant sentence, for all pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from clseave_core.corpus.pairs import Pairs
from clseave_core.embeddings import Embeddings
from clseave_core.models.clip_ve import ClipTextTower, ClipVE, EntailmentModel
from clseave_core.models.encoder import (
    encode_all,
    encode_batch,
    encode_rows,
    write_sentences,
    write_table_of_sentences,
)
from clseave_core.models.packing import pack
from clseave_core.models.tokens import Indices, Tokens, load_tokenizer, tokenize
from clseave_core.training.batches import random_batches
from clseave_core.training.device import Compute
from clseave_core.training.history import Row, save_history
from clseave_core.training.loop import train
from clseave_core.training.planning import PlannedBatch, plan_batches
from clseave_core.training.settings import TrainingSettings
from clseave_core.training.state import fingerprint, training_state

CONSTANT_SENTENCE = ""
PAIRS_PER_BATCH = 8192


@dataclass(frozen=True)
class Premises:
    """Image embeddings [m, d] and for each pair its row among them [n]."""

    images: Tensor
    rows: Tensor

    @classmethod
    def of(cls, image_ids: Sequence[str], embeddings: Embeddings, compute: Compute) -> "Premises":
        """The embeddings of the pictures `image_ids` [n], each kept once."""
        distinct, rows = np.unique(np.asarray(image_ids, dtype=str), return_inverse=True)
        images = torch.from_numpy(embeddings.rows(distinct.tolist()))
        return cls(compute.move(images), compute.move(torch.from_numpy(rows)))

    @classmethod
    def constant(cls, pairs: Pairs, width: int, compute: Compute) -> "Premises":
        """One unit vector for every pair (zeros would be NaN once normalised)."""
        images = torch.full((1, width), width**-0.5)
        rows = torch.zeros(len(pairs), dtype=torch.long)
        return cls(compute.move(images), compute.move(rows))


@dataclass(frozen=True)
class EncodedPairs:
    """A split, ready to train on: premises, rows of the sentences [n], labels [n]."""

    premises: Premises
    sentences: Indices
    labels: Tensor

    @classmethod
    def of(
        cls, pairs: Pairs, rows: Indices, images: Embeddings | None, width: int, compute: Compute
    ) -> "EncodedPairs":
        """Pairs whose sentences are `rows` [n]; without `images` the premise is the constant."""
        if images is None:
            premises = Premises.constant(pairs, width, compute)
        else:
            premises = Premises.of(pairs.image_ids.tolist(), images, compute)
        return cls(premises, rows, compute.move(torch.from_numpy(pairs.labels)))

    @property
    def arrays(self) -> list[Tensor | Indices]:
        """All that it holds, for the fingerprint of a training."""
        return [self.sentences, self.labels, self.premises.images, self.premises.rows]


class ClassificationTask:
    """Cross-entropy of CLIP-VE, or of a student, over randomly composed batches of pairs."""

    def __init__(
        self,
        model: EntailmentModel,
        tokens: Tokens,
        train_pairs: EncodedPairs,
        dev_pairs: EncodedPairs,
        settings: TrainingSettings,
        seed: int,
        compute: Compute,
    ) -> None:
        if settings.length_groups == "packed" and not isinstance(model.text, ClipTextTower):
            raise ValueError(
                "length_groups: packed is for CLIP's text tower alone. Give a student a number."
            )
        self.model, self.tokens = model, tokens
        self.train_pairs, self.dev_pairs = train_pairs, dev_pairs
        self.settings, self.seed, self.compute = settings, seed, compute
        self._resident = tokens.on(compute.device)
        self._dev_distinct, self._dev_rows = np.unique(dev_pairs.sentences, return_inverse=True)

    @property
    def arrays(self) -> list[Any]:
        """What it learns from, for the fingerprint of a training."""
        pairs = (*self.train_pairs.arrays, *self.dev_pairs.arrays)
        return [self.tokens.flat, self.tokens.starts, *pairs]

    def parameter_groups(self) -> list[dict[str, Any]]:
        """The encoder, and the classifier with a learning rate of its own if one is set."""
        rate = self.settings.classifier_learning_rate or self.settings.learning_rate
        return [
            {"params": list(self.model.text.parameters()), "lr": self.settings.learning_rate},
            {"params": list(self.model.classifier.parameters()), "lr": rate},
        ]

    def batches(self, epoch: int) -> list[PlannedBatch]:
        """Batches of pairs, composed at random."""
        count, size = len(self.train_pairs.sentences), self.settings.batch_size
        return self.plan(random_batches(count, size, self.seed, epoch))

    def plan(self, batches: list[Indices]) -> list[PlannedBatch]:
        """The pairs of each batch, its distinct sentences, and the place of a pair's among them."""
        sentences = self.train_pairs.sentences
        distinct = [np.unique(sentences[batch], return_inverse=True) for batch in batches]
        arrays = {
            "pairs": batches,
            "sentences": [rows for rows, _ in distinct],
            "places": [places for _, places in distinct],
        }
        return plan_batches(batches, arrays, self.tokens.lengths, self.compute)

    def loss(self, batch: PlannedBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean cross-entropy of the pairs `batch`, and how many are right."""
        pairs, rows = self.train_pairs, batch.tensors["pairs"]
        text = self._encode(batch)
        image = pairs.premises.images[pairs.premises.rows[rows]]
        logits = self.model.classifier(image, text[batch.tensors["places"]])
        labels = pairs.labels[rows]
        right = (logits.detach().argmax(dim=1) == labels).sum()
        return functional.cross_entropy(logits, labels), {"accuracy": right}

    def _encode(self, batch: PlannedBatch) -> Tensor:
        groups, text = self.settings.length_groups, self.model.text
        # Groups and rows save a CPU the work of padding; they would give a GPU ever other shapes.
        if groups == 1 or self.compute.fixed_shapes:
            return encode_batch(text, self._resident, batch, self.compute)
        sentences = batch.tensors["sentences"].numpy()
        if groups != "packed":
            return encode_rows(text, self.tokens, sentences, self.compute, groups)
        packed = pack(self.tokens, sentences, text.max_length)
        with self.compute.autocast():
            embeddings: Tensor = text.packed(packed).float()
        return embeddings

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """Cross-entropy and accuracy on the dev split."""
        text = encode_all(self.model.text, self.tokens.select(self._dev_distinct), self.compute)
        rows = torch.from_numpy(self._dev_rows).to(text.device)
        pairs = self.dev_pairs
        return classification_measures(
            self.model.classifier, pairs.premises, text, rows, pairs.labels
        )


@torch.inference_mode()
def classification_measures(
    classifier: torch.nn.Module, premises: Premises, text: Tensor, rows: Tensor, labels: Tensor
) -> dict[str, float]:
    """`dev_loss` and `dev_accuracy` of a classifier in eval mode over all pairs."""
    logits = classify(classifier, premises, text, rows)
    loss = functional.cross_entropy(logits.double(), labels)
    accuracy = (logits.argmax(dim=1) == labels).double().mean()
    return {"dev_loss": float(loss), "dev_accuracy": float(accuracy)}


@torch.inference_mode()
def classify(classifier: torch.nn.Module, premises: Premises, text: Tensor, rows: Tensor) -> Tensor:
    """Logits [n, 3] of pairs whose sentences are rows [n] of `text` [m, d]."""
    parts = [
        classifier(premises.images[premises.rows[part]], text[rows[part]])
        for part in torch.arange(len(rows), device=rows.device).split(PAIRS_PER_BATCH)
    ]
    return torch.cat(parts)


def train_clip_ve(
    *,
    clip_folder: Path,
    train_pairs: Pairs,
    dev_pairs: Pairs,
    sentences: Sequence[str],
    images: Embeddings | None,
    hypothesis: Literal["text", "constant"],
    settings: TrainingSettings,
    seed: int,
    compute: Compute,
    state_folder: Path,
    model_folder: Path,
    hypotheses_file: Path,
    history_file: Path,
) -> list[Row]:
    """Train CLIP-VE; write its folder and the embeddings of all `sentences`; return the history.

    `sentences` are the rows of the hypotheses table. Without `images` every premise is the same
    vector; with `hypothesis` "constant" every sentence is the empty one.
    """
    model = ClipVE.start(clip_folder, seed)
    tokenizer = load_tokenizer(clip_folder)
    texts = sentences if hypothesis == "text" else [CONSTANT_SENTENCE] * len(sentences)
    # Controls have a sentence for many hypotheses: each is a row of `tokens` once.
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    row_of = np.array([numbers[text] for text in texts], dtype=np.int64)
    tokens = tokenize(tokenizer, list(numbers), model.text.max_length)

    def encode(pairs: Pairs) -> EncodedPairs:
        rows = row_of[pairs.hypotheses]
        return EncodedPairs.of(pairs, rows, images, model.text.width, compute)

    encoded = encode(train_pairs), encode(dev_pairs)
    model.to(compute.device)
    compute.multiply_for(model.text.clip.config.hidden_size)
    task = ClassificationTask(model, tokens, *encoded, settings, seed, compute)
    deciding = settings.deciding() | compute.deciding() | {"seed": seed}
    mark = fingerprint(deciding, *task.arrays, *model.state_dict().values())
    with training_state(state_folder, mark) as state:
        history = train(task, settings, compute, state)
        save_history(history_file, history, settings)
        model.eval()
        embeddings = encode_all(model.text, tokens, compute, "embed hypotheses")
        write_table_of_sentences(embeddings[torch.from_numpy(row_of)], hypotheses_file)
        model.save(model_folder, clip_folder)
    return history


def embed_with_teacher(
    model_folder: Path, sentences: Sequence[str], compute: Compute, hypotheses_file: Path
) -> None:
    """Write a trained CLIP-VE's embeddings of other `sentences` in the hypotheses' place."""
    tower = ClipTextTower(model_folder)
    compute.multiply_for(tower.clip.config.hidden_size)
    tokens = tokenize(load_tokenizer(model_folder), sentences, tower.max_length)
    write_sentences(tower.to(compute.device).eval(), tokens, hypotheses_file, compute)
