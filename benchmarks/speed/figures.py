"""The two figures of docs/benchmarks.md, from the seconds that were measured."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from benchmarks.speed.sizes import REAL
from clseave_core.report.figures.drawing.common import finish
from clseave_core.report.figures.style import BLACK, GREY, new_figure

Numbers = Mapping[str, float]
TEACHER_EPOCHS, STUDENT_EPOCHS, IMAGES = 6, 9, 31_783
LANGUAGES, CORPUS = (1, 2, 5, 10, 25), (10_000, 30_000, 100_000, 300_000, 529_527)
HOUR = 3600


@dataclass(frozen=True)
class Way:
    """A way through the whole method: which steps it takes, and its look."""

    name: str
    teacher: str
    student: str
    colour: str
    marker: str


_PEER = "sentence-transformers"
WAYS = (
    Way("as published", "as published", "as published", GREY, "s"),
    Way(f"{_PEER}, defaults", "fp32", f"{_PEER}, defaults", "#E69F00", "^"),
    Way(f"{_PEER}, best, fp32", "fp32", f"{_PEER}, best, fp32", "#D55E00", "v"),
    Way("this project, fp32", "fp32", "fp32", BLACK, "o"),
    Way("this project, bf16", "bf16", "bf16", "#0072B2", "D"),
)  # fmt: skip
"""A peer has no CLIP-VE: its students learn from this project's."""


def epoch_hours(numbers: Numbers, stage: str, contender: str) -> float:
    """Hours of one epoch over SNLI-VE's training pairs."""
    size = REAL.clip_batch if stage == "clip_ve" else REAL.student_batch
    return numbers[f"{stage}.{contender}"] * REAL.train_pairs / size / HOUR


def total_hours(numbers: Numbers, way: Way, pairs: int, languages: int) -> float:
    """Hours of CLIP-VE and the students of some languages; pictures in proportion to pairs."""
    share = pairs / REAL.train_pairs
    teacher = TEACHER_EPOCHS * epoch_hours(numbers, "clip_ve", way.teacher)
    if way.teacher != "as published":
        teacher += IMAGES * numbers["images.fp32"] / HOUR
    student = STUDENT_EPOCHS * epoch_hours(numbers, "student", way.student)
    return share * (teacher + languages * student)


def draw_epochs(numbers: Numbers) -> Figure:
    """Hours of one epoch, contender by contender."""
    figure = new_figure(6.5, 3.4)
    panels = figure.subplots(2, 1, height_ratios=[4, 9])
    titles = {"clip_ve": "CLIP-VE", "student": "one student"}
    for axes, (stage, title) in zip(panels, titles.items(), strict=True):
        names = [key.partition(".")[2] for key in numbers if key.startswith(f"{stage}.")]
        names = [name for name in names if name != "flops"]
        hours = [epoch_hours(numbers, stage, name) for name in names]
        shown = [f"this project, {name}" if name in ("fp32", "bf16") else name for name in names]
        colours = [BLACK if name in ("fp32", "bf16") else GREY for name in names]
        axes.barh(shown, hours, color=colours, height=0.6)
        for place, value in enumerate(hours):
            axes.text(value, place, f" {value:.3g}", va="center", fontsize=7)
        axes.invert_yaxis()
        axes.set_xscale("log")
        axes.margins(x=0.12)
        axes.set_title(title, loc="left")
    panels[-1].set_xlabel("hours")
    return finish(figure, f"Time of one epoch over {REAL.train_pairs:,} pairs")


def draw_cost(numbers: Numbers) -> Figure:
    """Hours of the whole method against corpus size, and against the number of languages."""
    figure = new_figure(6.5, 3.0)
    left, right = figure.subplots(1, 2, sharey=True)
    for way in WAYS:
        if f"student.{way.student}" not in numbers or f"clip_ve.{way.teacher}" not in numbers:
            continue
        look = {"color": way.colour, "marker": way.marker}
        left.plot(CORPUS, [total_hours(numbers, way, n, 5) for n in CORPUS], label=way.name, **look)
        hours = [total_hours(numbers, way, REAL.train_pairs, n) for n in LANGUAGES]
        right.plot(LANGUAGES, hours, **look)
    left.set(xlabel="training pairs, five languages", ylabel="hours")
    right.set(xlabel=f"languages, {REAL.train_pairs:,} pairs")
    for axes in (left, right):
        axes.set(xscale="log", yscale="log")
        axes.grid(True, which="major")
    right.set_xticks(LANGUAGES, [str(n) for n in LANGUAGES])
    right.set_xticks([], minor=True)
    handles, _ = left.get_legend_handles_labels()
    title = f"CLIP-VE ({TEACHER_EPOCHS} epochs) and students ({STUDENT_EPOCHS} epochs)"
    return finish(figure, title, np.asarray(handles).tolist())
