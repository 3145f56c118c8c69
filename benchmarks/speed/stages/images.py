"""Embedding of pictures, and whether reading and decoding keep up with the tower."""

import os
import time
from pathlib import Path

import torch

from benchmarks.speed import ours
from benchmarks.speed.measuring import interleave, medians, ratio
from benchmarks.speed.rows import Found, Row, against
from benchmarks.speed.workbench import Workbench
from clseave_core.corpus.pictures import open_pictures
from clseave_core.teacher.image_preparation import prepare_pictures
from clseave_core.teacher.image_tower import ImageTower


def measure(bench: Workbench) -> Found:
    """Measure it."""
    compute = bench.compute("fp32")
    tower = ImageTower(bench.clip_folder, compute)
    from PIL import Image
    from transformers.models.auto.image_processing_auto import AutoImageProcessor

    processor = AutoImageProcessor.from_pretrained(bench.clip_folder, backend="pil")
    vision = bench.vision()
    source = open_pictures(bench.pictures[0].parent)
    few = bench.pictures[: max(4, len(bench.pictures) // 4)]
    wanted = {path.stem for path in bench.pictures}

    @torch.no_grad()
    def one_by_one() -> float:
        bench.compute("fp32")
        started = time.perf_counter()
        for path in few:
            vision(**processor(Image.open(path).convert("RGB"), return_tensors="pt"))
        return (time.perf_counter() - started) / len(few)

    def of_ours() -> float:
        bench.product("fp32", bench.sizes.vision_width)
        started = time.perf_counter()
        ours.embed_pictures(tower, source, wanted, bench.threads, 32)
        return (time.perf_counter() - started) / len(wanted)

    def decoding() -> float:
        started = time.perf_counter()
        count = sum(1 for _ in prepare_pictures(source, wanted, tower.pixels, 1, ahead=64))
        return (time.perf_counter() - started) / count

    def reading() -> float:
        taken = 0.0
        for path in bench.pictures:
            forget(path)
            started = time.perf_counter()
            path.read_bytes()
            taken += time.perf_counter() - started
        return taken / len(bench.pictures)

    contenders = {"one by one": one_by_one, "fp32": of_ours, "decoding": decoding}
    seconds = interleave(contenders | {"reading": reading}, bench.repeats)
    rows = [
        against("image embedding, fp32", "one by one", seconds, "fp32", 1.5),
        Row(
            "image embedding, fp32", "decoding by one worker",
            ratio(seconds["fp32"], seconds["decoding"]), 1,
        ),
        Row(
            "image embedding, fp32", "reading from the disk by one worker",
            ratio(seconds["fp32"], seconds["reading"]), 1,
        ),
    ]  # fmt: skip
    return Found(rows, {f"images.{k}": v for k, v in medians(seconds).items()})


def forget(path: Path) -> None:
    """Have the operating system drop what it keeps of a file, so that the disk reads it again."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
