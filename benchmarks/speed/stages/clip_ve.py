"""One training step of CLIP-VE over random batches."""

from functools import partial

import numpy as np
import torch

from benchmarks.speed import ours, published
from benchmarks.speed.measuring import interleave, medians, stamp_steps, timed_step, training_work
from benchmarks.speed.models import use_own_dropout
from benchmarks.speed.rows import Found, against
from benchmarks.speed.sizes import CLIP_MEAN, sample_batches
from benchmarks.speed.workbench import Workbench
from clseave_core.models.clip_ve import ClipVE
from clseave_core.training.batches import random_batches
from clseave_core.training.device import Precision


def measure(bench: Workbench) -> Found:
    """Measure it."""
    sizes, tokens = bench.sizes, bench.english
    model, theirs = (ClipVE.start(bench.clip_folder, 0) for _ in range(2))
    use_own_dropout(theirs)
    images = torch.randn(1000, sizes.projection)
    epoch = random_batches(len(tokens), sizes.clip_batch, 0, 1)
    batches = sample_batches(epoch, tokens.lengths, sizes.steps)
    settings = ours.clip_ve_settings(sizes.clip_batch)
    vision = bench.vision()

    def of_published(needless: bool) -> list[float]:
        bench.compute("fp32")
        flow = published.PublishedClipVE(
            theirs, vision, bench.pictures, tokens, bench.labels, sizes.pixels, 1.0e-6, needless
        )
        # One step warms up and one is timed: all its steps are alike, as all are padded to 77.
        return stamp_steps(flow.step, [*batches[:2], batches[-1]])

    def of_ours(precision: Precision) -> list[float]:
        task = partial(ours.clip_ve_task, model, tokens, images, bench.labels)
        compute = bench.product(precision, sizes.clip_width)
        return ours.training_block(task, settings, compute, batches)

    seconds = interleave(
        {
            "as published": lambda: timed_step(lambda: of_published(True)),
            "without needless gradients": lambda: timed_step(lambda: of_published(False)),
            **{name: partial(timed_step, partial(of_ours, name)) for name in bench.precisions},
        },
        bench.repeats,
    )
    stage = f"CLIP-VE training step of {sizes.clip_batch} pairs"
    rows = []
    for precision, slow, less in (("fp32", 55, 14), ("bf16", 75, 20)):
        for name, target in (("as published", slow), ("without needless gradients", less)):
            rows.append(against(f"{stage}, {precision}", name, seconds, precision, target))
    real = float(np.mean([tokens.lengths[batch].sum() for batch in batches[1:-1]]))
    work = training_work(sizes.clip_layers, sizes.clip_width, real, CLIP_MEAN, sizes.clip_batch)
    return Found(rows, {f"clip_ve.{k}": v for k, v in medians(seconds).items()} | {
        "clip_ve.flops": work})  # fmt: skip
