"""What a GPU takes for the thesis study, extrapolated from real steps at real sizes.

The product's own code, and nothing beside it: its training loop over batches of an epoch as they
come, its tower over synthetic JPEGs that all cores decode, its aligner over sentence pairs. What
comes first, when steps are recorded and libraries loaded, is not timed. Without a GPU there is
nothing to measure; `--quick` then runs the code on the CPU.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from matplotlib.figure import Figure

from benchmarks.speed import ours
from benchmarks.speed.figures import IMAGES, STUDENT_EPOCHS, TEACHER_EPOCHS
from benchmarks.speed.measuring import Spread, gemm_peak, training_work
from benchmarks.speed.models import alignment_settings, sentence_pairs
from benchmarks.speed.pictures import make_pictures
from benchmarks.speed.rows import Found, Row
from benchmarks.speed.sizes import QUICK
from benchmarks.speed.workbench import Workbench
from clseave_core.alignment.aligner import WordAligner
from clseave_core.corpus.pictures import open_pictures
from clseave_core.models.clip_ve import ClipVE
from clseave_core.models.tokens import Indices, Tokens
from clseave_core.report.figures.drawing.common import finish
from clseave_core.report.figures.style import (
    BLACK,
    GREY,
    new_figure,
    project_style,
    save_figure,
)  # fmt: skip
from clseave_core.teacher.image_tower import ImageTower
from clseave_core.training.batches import length_batches, random_batches
from clseave_core.training.device import Compute, Precision
from clseave_core.training.gpu_probe import has_bf16
from clseave_core.training.settings import TrainingSettings

LANGUAGES = 5
MINUTES = {
    "student": (f"a student, {STUDENT_EPOCHS} epochs, bf16", 6.0),
    "clip_ve": (f"CLIP-VE, {TEACHER_EPOCHS} epochs, bf16", 5.0),
    "images": (f"embeddings of {IMAGES:,} pictures, bf16", 2.0),
    "alignment": (f"word alignment of {LANGUAGES} languages, fp32", 10.0),
}
"""What each part may take on an H100."""
WARM_PARTS = 3
PICTURE_PARTS, PICTURES_PER_BATCH = 4, 64
FIGURES = Path(__file__).parents[3] / "docs" / "images"

Curves = dict[str, list[float]]
"""Mean training loss of each part, by precision."""


def measure(bench: Workbench) -> Found:
    """Minutes of each part of the thesis study, how busy the GPU is, and what bf16 changes."""
    quick = bench.sizes is QUICK
    device = "cuda" if torch.cuda.is_available() else "cpu" if quick else None
    missing = "there is no GPU" if device is None else ""
    if device == "cuda" and not has_bf16(on_gpu=True):
        missing = "this GPU has no bf16 in hardware"
    if device is None or missing:
        return Found([_row(name, "extrapolated", None, missing) for name in MINUTES], {})
    precisions: tuple[Precision, ...] = ("bf16", "fp32")
    computes = {kind: Compute(kind, bench.threads, device) for kind in precisions}
    numbers: dict[str, float] = {}
    for kind, dtype in (("bf16", torch.bfloat16), ("fp32", torch.float32)):
        peak = gemm_peak(bench.sizes.gpu_gemm, dtype, device=torch.device(device))
        numbers[f"gpu.peak.{kind}"] = peak
    spreads: dict[str, Spread] = {}
    curves: dict[str, Curves] = {}
    for name, training in (("student", student(bench)), ("clip_ve", clip_ve(bench))):
        spreads[name], curves[name], found = measure_training(bench, training, computes)
        for kind in precisions:
            rate = found["flops"] / found[kind]
            found[f"{kind}, share of the GEMM peak"] = rate / numbers[f"gpu.peak.{kind}"]
        numbers |= {f"gpu.{name}.{key}": value for key, value in found.items()}
    spreads["images"] = measure_pictures(bench, computes["bf16"])
    spreads["alignment"] = measure_alignment(bench, computes["fp32"])
    for key, value in numbers.items():
        print(f"    {key}: {value:.4g}", flush=True)
    file = (bench.folder if quick else FIGURES) / "benchmark_gpu_losses.svg"
    with project_style():
        save_figure(draw_losses(curves, bench.sizes.gpu_steps), file, file.with_suffix(".png"))
    on = torch.cuda.get_device_name() if device == "cuda" else "a CPU"
    return Found([_row(name, f"extrapolated on {on}", spreads[name]) for name in MINUTES], numbers)


def _row(name: str, contender: str, spread: Spread | None, note: str = "") -> Row:
    stage, most = MINUTES[name]
    return Row(stage, contender, spread, most, "minutes", below=True, note=note)


@dataclass(frozen=True)
class Training:
    """A training of the thesis study: `epochs` times the batches `epoch` of `tokens`.

    `task` makes it with a fresh model; an encoder of it has `layers` layers of `width`.
    """

    task: Callable[[TrainingSettings, Compute], ours.ProductTask]
    settings: TrainingSettings
    tokens: Tokens
    epoch: list[Indices]
    epochs: int
    layers: int
    width: int


def student(bench: Workbench) -> Training:
    """A student's."""
    sizes, tokens = bench.sizes, bench.translated
    targets = bench.targets()

    def task(settings: TrainingSettings, compute: Compute) -> ours.ProductTask:
        model = bench.trimmed_student().to(compute.device)
        return ours.student_task(model, tokens, compute.move(targets), settings, compute)

    size = sizes.student_batch
    return Training(
        task, ours.student_settings(size), tokens, length_batches(tokens.lengths, size, 0, 1),
        STUDENT_EPOCHS, sizes.bert_layers, sizes.bert_width,
    )  # fmt: skip


def clip_ve(bench: Workbench) -> Training:
    """CLIP-VE's."""
    sizes, tokens = bench.sizes, bench.english
    images = torch.randn(1000, sizes.projection, generator=torch.Generator().manual_seed(3))

    def task(settings: TrainingSettings, compute: Compute) -> ours.ProductTask:
        model = ClipVE.start(bench.clip_folder, 0).to(compute.device)
        return ours.clip_ve_task(model, tokens, images, bench.labels, settings, compute)

    size = sizes.clip_batch
    return Training(
        task, ours.clip_ve_settings(size), tokens, random_batches(len(tokens), size, 0, 1),
        TEACHER_EPOCHS, sizes.clip_layers, sizes.clip_width,
    )  # fmt: skip


def measure_training(
    bench: Workbench, training: Training, computes: Mapping[Precision, Compute]
) -> tuple[Spread, Curves, dict[str, float]]:
    """Minutes in bf16; the losses; seconds and work of a step, and how far the losses differ."""
    steps, tokens = bench.sizes.gpu_steps, training.tokens
    count = WARM_PARTS + bench.sizes.gpu_parts
    parts = [training.epoch[number * steps : (number + 1) * steps] for number in range(count)]
    curves: Curves = {}
    seconds: dict[str, list[float]] = {}
    for kind, compute in computes.items():
        torch.manual_seed(0)
        history = ours.training_parts(training.task, training.settings, compute, parts)
        timed = history[WARM_PARTS:]
        curves[kind] = [float(row["train_loss"] or 0) for row in timed]
        seconds[kind] = [float(row["seconds"] or 0) / steps for row in timed]
    batches = [batch for part in parts[WARM_PARTS:] for batch in part]
    real = float(np.mean([tokens.lengths[batch].sum() for batch in batches]))
    size = training.settings.batch_size
    found = {kind: float(np.mean(values)) for kind, values in seconds.items()}
    found["flops"] = training_work(training.layers, training.width, real, real / size, size)
    found["loss_difference"] = loss_difference(curves)
    whole = len(training.epoch) * training.epochs
    return _minutes(seconds["bf16"], whole), curves, found


def loss_difference(curves: Curves) -> float:
    """The most that the losses of a part differ, as a share of that in fp32."""
    low, full = np.array(curves["bf16"]), np.array(curves["fp32"])
    return float(np.abs(low / full - 1).max())


def measure_pictures(bench: Workbench, compute: Compute) -> Spread:
    """Minutes of all pictures of the corpus."""
    folder = bench.folder / "gpu_pictures"
    names = make_pictures(folder, bench.sizes.gpu_pictures, bench.sizes.picture)
    tower, source = ImageTower(bench.clip_folder, compute), open_pictures(folder)
    embed = partial(
        ours.embed_pictures, tower, source, workers=bench.threads, batch_size=PICTURES_PER_BATCH
    )
    embed(set(names[:PICTURES_PER_BATCH]))
    seconds = []
    for part in np.array_split(names, PICTURE_PARTS):
        started = time.perf_counter()
        embed(set(part.tolist()))
        seconds.append((time.perf_counter() - started) / len(part))
    return _minutes(seconds, IMAGES)


def measure_alignment(bench: Workbench, compute: Compute) -> Spread:
    """Minutes of all languages, if no two training pairs had the same hypothesis."""
    settings = alignment_settings(bench.sizes)
    aligner = WordAligner(bench.bert_folder, settings, compute)
    size, parts = bench.sizes.gpu_steps * settings.batch_size, bench.sizes.gpu_parts
    english, translated = sentence_pairs(bench.sizes, (1 + parts) * size)
    stamps = []
    for start in range(0, len(english), size):
        aligner.align(english[start : start + size], translated[start : start + size], "de")
        stamps.append(time.perf_counter())
    return _minutes(np.diff(stamps) / size, LANGUAGES * bench.sizes.train_pairs)


def _minutes(seconds: Sequence[float] | npt.NDArray[np.float64], count: int) -> Spread:
    """Minutes of `count` things from the seconds of one in each part; the mean, not the median:
    a part that recorded a step is part of the whole."""
    minutes = np.asarray(seconds) * count / 60
    return Spread(float(minutes.mean()), float(minutes.min()), float(minutes.max()), len(minutes))


def draw_losses(curves: Mapping[str, Curves], steps: int) -> Figure:
    """Training losses in bf16 over those in fp32."""
    figure = new_figure(6.5, 2.8)
    titles = {"student": "a student", "clip_ve": "CLIP-VE"}
    looks: dict[str, dict[str, Any]] = {
        "fp32": {"color": GREY, "linewidth": 3}, "bf16": {"color": BLACK},
    }  # fmt: skip
    for axes, (name, title) in zip(figure.subplots(1, 2), titles.items(), strict=True):
        for kind, look in looks.items():
            losses = curves[name][kind]
            axes.plot(steps * (1 + np.arange(len(losses))), losses, label=kind, **look)
        axes.set(xlabel="steps", title=title)
    figure.axes[0].set_ylabel("training loss")
    handles, _ = figure.axes[0].get_legend_handles_labels()
    return finish(figure, "Training loss by precision", handles)
