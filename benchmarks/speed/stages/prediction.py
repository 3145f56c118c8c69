"""Predictions for one language, whose pictures have their embeddings already."""

import time

import numpy as np
import torch

from benchmarks.speed import published
from benchmarks.speed.measuring import interleave, medians
from benchmarks.speed.models import translated_tokens
from benchmarks.speed.rows import Found, against
from benchmarks.speed.workbench import Workbench
from clseave_core.models.clip_ve import ClipVE
from clseave_core.models.encoder import encode_all
from clseave_core.teacher.clip_ve import Premises, classify


def measure(bench: Workbench) -> Found:
    """Measure it."""
    sizes = bench.sizes
    tokens = translated_tokens(sizes, sizes.test_pairs)
    every = max(1, sizes.test_pairs // sizes.encoded)
    by_length = np.argsort(tokens.lengths, kind="stable")
    sample = tokens.select(by_length[every // 2 :: every])
    student, vision = bench.student().eval(), bench.vision()
    classifier = ClipVE.start(bench.clip_folder, 0).classifier.eval()
    rows = torch.arange(len(sample))
    premises = Premises(torch.randn(1000, sizes.projection), rows % 1000)

    def of_published() -> float:
        bench.compute("fp32")
        started = time.perf_counter()
        batch = np.arange(sizes.clip_batch)
        published.predict(student, vision, classifier, bench.pictures, tokens, batch, sizes.pixels)
        return (time.perf_counter() - started) / len(batch)

    def of_ours() -> float:
        compute = bench.product("fp32", sizes.bert_width)
        started = time.perf_counter()
        classify(classifier, premises, encode_all(student, sample, compute), rows)
        return (time.perf_counter() - started) / len(sample)

    seconds = interleave({"as published": of_published, "fp32": of_ours}, bench.repeats)
    row = against(
        f"prediction of {sizes.test_pairs:,} pairs, fp32", "as published", seconds, "fp32", 20
    )
    return Found([row], {f"prediction.{k}": v for k, v in medians(seconds).items()})
