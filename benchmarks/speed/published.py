"""The published data flow, rebuilt faithfully: nothing slower is added, and what is slow is cited.

Files and lines are of github.com/flying-tangerine/CLSEAVE. Where it is unclear what the scripts
cost (tokenizing, checks for NaN after each step), nothing is charged. The models are those of the
other contenders, so that every contender can start from equal weights.
"""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from benchmarks.speed.models import student_embeddings, tower_embeddings
from benchmarks.speed.sizes import CLIP_LIMIT
from clseave_core.models.clip_ve import ClipTextTower, ClipVE
from clseave_core.models.student import Student
from clseave_core.models.tokens import Indices, Tokens

MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073]).reshape(3, 1, 1)
DEVIATION = torch.tensor([0.26862954, 0.26130258, 0.27577711]).reshape(3, 1, 1)


def prepare(path: Path, pixels: int) -> Tensor:
    """CLIP's own preprocessing of one picture: resize, crop, scale, normalise: [3, h, w]."""
    picture: Image.Image = Image.open(path)
    width, height = picture.size
    shorter = min(width, height)
    size = int(pixels * width / shorter), int(pixels * height / shorter)
    picture = picture.resize(size, Image.Resampling.BICUBIC)
    left, top = round((size[0] - pixels) / 2), round((size[1] - pixels) / 2)
    picture = picture.crop((left, top, left + pixels, top + pixels)).convert("RGB")
    values = torch.from_numpy(np.array(picture)).permute(2, 0, 1).float() / 255
    return (values - MEAN) / DEVIATION


def padded(tokens: Tokens, rows: Indices, length: int) -> Tensor:
    """Token ids [b, length], padded with zeros."""
    ids = torch.zeros((len(rows), length), dtype=torch.long)
    for place, row in enumerate(rows):
        sentence = tokens.flat[tokens.starts[row] : tokens.starts[row + 1]]
        ids[place, : len(sentence)] = torch.from_numpy(sentence)
    return ids


class PublishedClipVE:
    """Training of CLIP-VE: the image tower runs inside every step.

    `needless_gradients` False spares the gradients of the frozen image tower, which the published
    script computes and drops.
    """

    def __init__(
        self, model: ClipVE, vision: torch.nn.Module, pictures: list[Path], tokens: Tokens,
        labels: Tensor, pixels: int, learning_rate: float, needless_gradients: bool,
    ) -> None:  # fmt: skip
        self.model, self.vision, self.pictures, self.tokens = model, vision, pictures, tokens
        self.labels, self.pixels, self.needless_gradients = labels, pixels, needless_gradients
        self.optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)

    def loss(self, batch: Indices) -> Tensor:
        """Cross-entropy of the pairs `batch`; picture of pair i is `pictures[i % len]`."""
        # CLIP_VE/dataset.py line 41: each pair's picture is opened and prepared again, in every
        # epoch; get_loader (lines 29-34) has no worker processes.
        images = torch.stack(
            [prepare(self.pictures[row % len(self.pictures)], self.pixels) for row in batch]
        )
        # CLIP_VE/dataset.py line 25: encode_image in the collate function, without no_grad.
        with torch.set_grad_enabled(self.needless_gradients):
            features = self.vision(pixel_values=images).image_embeds
        # CLIP_VE/dataset.py line 13: clip.tokenize pads every hypothesis to 77 tokens.
        ids = padded(self.tokens, batch, CLIP_LIMIT)
        lengths = torch.from_numpy(self.tokens.lengths[batch])
        text = tower_embeddings(self.model.text, ids, lengths)
        return functional.cross_entropy(self.model.classifier(features, text), self.labels[batch])

    def step(self, batch: Indices) -> None:
        """One step of the optimiser, in fp32: what CLIP_VE/main.py line 16 loads on a CPU."""
        self.optimizer.zero_grad()
        self.loss(batch).backward()
        self.optimizer.step()
        self.vision.zero_grad(set_to_none=True)  # not of the script: its memory is not measured


class PublishedStudent:
    """Distillation: the frozen teacher runs again on the English sentence in every step."""

    def __init__(
        self, student: Student, teacher: ClipTextTower, english: Tokens, translated: Tokens,
        learning_rate: float,
    ) -> None:  # fmt: skip
        self.student, self.teacher = student, teacher
        self.english, self.translated = english, translated
        self.optimizer = torch.optim.AdamW(student.parameters(), lr=learning_rate)

    def loss(self, batch: Indices) -> Tensor:
        """Mean squared error over a batch in random order (get_loader, line 118: shuffle)."""
        # clseave/src/clicotea/data/token_alignment_dataset.py lines 71-72 (collate_fn): padded to
        # the longest sentence of a random batch.
        ids, lengths = self.english.pad(batch)
        # clseave/src/clicotea/model.py line 79 (forward): the teacher runs in each step.
        with torch.no_grad():
            goal = tower_embeddings(self.teacher, ids, lengths)
        own = student_embeddings(self.student, *self.translated.pad(batch))
        return functional.mse_loss(own, goal)

    def step(self, batch: Indices) -> None:
        """One step of the optimiser, without clipping (src/clicotea/engine.py line 54)."""
        self.optimizer.zero_grad()
        self.loss(batch).backward()
        self.optimizer.step()


@torch.no_grad()
def predict(
    student: Student, vision: torch.nn.Module, classifier: torch.nn.Module, pictures: list[Path],
    translated: Tokens, batch: Indices, pixels: int,
) -> Tensor:  # fmt: skip
    """Logits [b, 3] of the pairs `batch`: pictures encoded again, sentences padded to 77.

    CLIP_VE/dataset_eva.py lines 26 (encode_image in the collate function), 42 (the picture is
    opened again) and 43 (padding="max_length", max_length=77).
    """
    images = torch.stack([prepare(pictures[row % len(pictures)], pixels) for row in batch])
    features = vision(pixel_values=images).image_embeds
    ids = padded(translated, batch, CLIP_LIMIT)
    text = student_embeddings(student, ids, torch.from_numpy(translated.lengths[batch]))
    logits: Tensor = classifier(features, text)
    return logits
