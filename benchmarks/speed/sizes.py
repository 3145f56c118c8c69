"""What is measured: the sizes of the real models, and the lengths of real sentences.

Lengths are log-normal with the means that SNLI-VE's hypotheses have under the two tokenizers: 11.7
CLIP tokens in English, 14.0 mBERT pieces translated. The spread 0.40 is that of the logarithm of
the words of XVNLI's English hypotheses (0.38) and makes the longest of 128 sentences 2.4 times the
mean one, as it is in SNLI-VE. Piece numbers are log-uniform (Zipf's law) over the pieces that one
language uses.
"""

from dataclasses import dataclass

import numpy as np

from clseave_core.models.tokens import Indices, Tokens

SPREAD = 0.40
CLIP_MEAN, BERT_MEAN = 11.7, 14.0
CLIP_LIMIT = 77
"""Tokens that CLIP's text tower can read."""


@dataclass(frozen=True)
class Sizes:
    """Sizes of models and data, and how much of them one measurement takes.

    A step has `clip_batch` pairs or `student_batch` sentences; a block of a contender has `steps`
    timed steps. `pairs` is the corpus from which batches are sampled and which the data stages
    read; `sentences_used` the pieces that one language uses of `vocabulary`, `kept` those of a
    trimmed one: also all single characters, of which multilingual BERT has some 20,000. On a GPU
    `gpu_parts` of `gpu_steps` steps are timed, and `gpu_pictures`.
    """

    clip_vocabulary: int = 49_408
    clip_layers: int = 12
    clip_width: int = 512
    clip_heads: int = 8
    vision_layers: int = 12
    vision_width: int = 768
    vision_heads: int = 12
    pixels: int = 224
    vocabulary: int = 119_547
    bert_layers: int = 12
    bert_width: int = 768
    bert_heads: int = 12
    projection: int = 512
    align_layer: int = 8
    sentences_used: int = 20_000
    kept: int = 40_000
    picture: tuple[int, int] = (500, 375)
    clip_batch: int = 64
    student_batch: int = 128
    steps: int = 6
    train_pairs: int = 529_527
    test_pairs: int = 17_901
    pairs: int = 565_286
    encoded: int = 1_200
    pictures: int = 128
    aligned: int = 256
    resamples: int = 1_000
    gemm: int = 2_048
    gpu_parts: int = 20
    gpu_steps: int = 100
    gpu_pictures: int = 2_048
    gpu_gemm: int = 8_192


REAL = Sizes()
QUICK = Sizes(
    clip_vocabulary=1_000, clip_layers=2, clip_width=32, clip_heads=2, vision_layers=2,
    vision_width=32, vision_heads=2, pixels=32, vocabulary=1_200, bert_layers=2, bert_width=48,
    bert_heads=2, projection=32, align_layer=1, sentences_used=500, kept=800, clip_batch=16,
    student_batch=16, steps=3, train_pairs=600, test_pairs=60, pairs=900, encoded=60, pictures=12,
    aligned=24, resamples=20, gemm=128, gpu_parts=3, gpu_steps=2, gpu_pictures=6, gpu_gemm=128,
)  # fmt: skip


def draw_lengths(count: int, mean: float, seed: int) -> Indices:
    """Lengths of `count` sentences, two special tokens included, of this mean.

    The same `seed` gives the same sentences: long in one tokenizer is long in the other.
    """
    normal = np.random.default_rng(seed).standard_normal(count)
    pieces = (mean - 2) * np.exp(SPREAD * normal - SPREAD**2 / 2)
    return 2 + np.maximum(1, np.rint(pieces)).astype(np.int64)


def draw_tokens(
    lengths: Indices, first: int, used: int, ends: tuple[int, int], pad: int, seed: int
) -> Tokens:
    """Sentences of these lengths between the tokens `ends`, of `used` pieces from `first` on."""
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    uniform = np.random.default_rng([seed, 1]).random(starts[-1])
    flat = (first - 1 + np.exp(uniform * np.log(used))).astype(np.int32)
    flat[starts[:-1]], flat[starts[1:] - 1] = ends
    return Tokens(flat, starts, pad)


def sample_batches(batches: list[Indices], lengths: Indices, count: int) -> list[Indices]:
    """`count` batches that stand for an epoch: a systematic sample by their tokens, padded.

    Between two more of middle size: the first of a block warms up, the last only ends the clock.
    """
    tokens = [int(lengths[batch].max()) * len(batch) for batch in batches]
    by_size = np.argsort(tokens, kind="stable")
    chosen = [by_size[int((place + 0.5) / count * len(batches))] for place in range(count)]
    middle = by_size[len(batches) // 2]
    order = np.random.default_rng(0).permutation(chosen).tolist()
    return [batches[number] for number in (middle, *order, middle)]
