"""One training step of a student, against the published way, two peers and the machine."""

from functools import partial

import numpy as np

from benchmarks.speed import ours, peers, published
from benchmarks.speed.measuring import (
    Spread,
    interleave,
    medians,
    stamp_steps,
    timed_step,
    training_work,
)
from benchmarks.speed.models import text_of
from benchmarks.speed.rows import Found, Row, against
from benchmarks.speed.sizes import sample_batches
from benchmarks.speed.workbench import Workbench
from clseave_core.models.clip_ve import ClipVE
from clseave_core.models.tokens import Indices, load_tokenizer
from clseave_core.training.batches import length_batches
from clseave_core.training.device import Precision


def measure(bench: Workbench) -> Found:
    """Measure it."""
    sizes, tokens = bench.sizes, bench.translated
    student, targets, size = bench.student(), bench.targets(), sizes.student_batch
    trimmed = bench.trimmed_student()
    teacher = ClipVE.start(bench.clip_folder, 0).text.eval()
    tokenizer = load_tokenizer(bench.bert_folder)
    lengths = tokens.lengths

    def sampled(epoch: list[Indices]) -> list[Indices]:
        whole = [batch for batch in epoch if len(batch) == size]
        return sample_batches(whole, lengths, sizes.steps)

    at_random = sampled(peers.random_batches(len(tokens), size))
    grouped = sampled(peers.grouped_batches(lengths, size))
    similar = sampled(length_batches(lengths, size, 0, 1))
    settings = ours.student_settings(size)

    def of_published() -> list[float]:
        bench.compute("fp32")
        flow = published.PublishedStudent(student, teacher, bench.english, tokens, 4.0e-5)
        return stamp_steps(flow.step, at_random)

    def of_ours(precision: Precision) -> list[float]:
        task = partial(ours.student_task, trimmed, tokens, targets)
        compute = bench.product(precision, sizes.bert_width)
        return ours.training_block(task, settings, compute, similar)

    def of_trainer(batches: list[Indices], bf16: bool) -> list[float]:
        bench.compute("fp32")
        return peers.trainer_block(student, tokenizer, tokens, targets, batches, bf16)

    def of_sentence_transformers(batches: list[Indices], bf16: bool) -> list[float]:
        bench.compute("fp32")
        # Made anew: a model that was trained in fp32 stays in it, whatever its trainer is told.
        model = peers.sentence_transformer(student, str(bench.bert_folder))
        return peers.sentence_transformers_block(
            model, partial(text_of, tokens), targets, batches, bf16
        )

    ways = {"sentence-transformers": of_sentence_transformers, "Trainer": of_trainer}
    contenders = {"as published": of_published}
    for name, way in ways.items():
        contenders[f"{name}, defaults"] = partial(way, at_random, False)
        contenders[f"{name}, best, fp32"] = partial(way, grouped, False)
        if bench.has_bf16:
            contenders[f"{name}, best, bf16"] = partial(way, grouped, True)
    contenders |= {name: partial(of_ours, name) for name in bench.precisions}
    seconds = interleave(
        {name: partial(timed_step, block) for name, block in contenders.items()}, bench.repeats
    )
    stage = f"student training step of {size}"
    rows = [
        against(f"{stage}, fp32", "as published", seconds, "fp32", 3),
        against(f"{stage}, bf16", "as published", seconds, "bf16", 4.5),
    ]
    for name in ways:
        rows.append(against(f"{stage}, fp32", f"{name}, defaults", seconds, "fp32", 2))
        rows += [
            against(f"{stage}, {kind}", f"{name}, best, {kind}", seconds, kind, 1.1)
            for kind in ("fp32", "bf16")
        ]
    real = float(np.mean([lengths[batch].sum() for batch in similar[1:-1]]))
    work = training_work(sizes.bert_layers, sizes.bert_width, real, real / size, size)
    peaks = bench.peaks()
    share = Spread.of([100 * work / one / peaks["fp32"] for one in seconds["fp32"]])
    rows.append(Row(f"{stage}, fp32", "GEMM peak of the machine", share, 85, "%"))
    numbers = {f"student.{k}": v for k, v in medians(seconds).items()} | {"student.flops": work}
    return Found(rows, numbers | {f"peak.{name}": value for name, value in peaks.items()})
