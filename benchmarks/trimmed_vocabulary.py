"""What a trimmed vocabulary saves a student of multilingual BERT's size (random weights).

    python -m benchmarks.trimmed_vocabulary

prints the rows of docs/benchmarks.md: for some numbers of pieces that a language keeps, the saved
student, the optimiser's memory, and the training step in interleaved runs (about ten minutes).
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch

from benchmarks.speed import ours
from benchmarks.speed.measuring import Spread, interleave, mean_step, ratio
from benchmarks.speed.models import make_bert, translated_tokens, trim_bert
from benchmarks.speed.sizes import REAL, sample_batches
from clseave_core.models.student import Student
from clseave_core.training.batches import length_batches
from clseave_core.training.device import Compute

KEPT = (60_000, 40_000, 20_000)
"""Pieces that a language keeps; the sentences of the measured steps have the first 20,000."""
SENTENCES = 20_000


def trimmed(whole: Path, kept: int) -> Path:
    """A folder beside `whole` with the encoder trimmed to `kept` pieces."""
    target = whole.with_name(f"kept_{kept}")
    trim_bert(whole, target, kept)
    return target


def step(student: Student, steps: int) -> Callable[[], float]:
    """Seconds of a training step of 128 sentences on one thread."""
    tokens = translated_tokens(REAL, SENTENCES)
    targets = torch.randn(len(tokens), REAL.projection, generator=torch.Generator().manual_seed(2))
    batches = sample_batches(
        length_batches(tokens.lengths, REAL.student_batch, 0, 1)[:-1], tokens.lengths, steps
    )
    settings = ours.student_settings(REAL.student_batch)

    def block() -> float:
        compute = Compute("fp32", threads=1, device="cpu")
        compute.multiply_for(REAL.bert_width)
        return mean_step(
            ours.training_block(
                lambda settings, compute: ours.student_task(
                    student, tokens, targets, settings, compute
                ),
                settings, compute, batches,
            )
        )  # fmt: skip

    return block


def main(arguments: list[str]) -> None:
    """Print a line for the whole vocabulary and for each trimmed one."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--steps", type=int, default=3)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        whole = Path(name) / "whole"
        make_bert(whole, REAL)
        folders = {"whole": whole} | {f"{kept} kept": trimmed(whole, kept) for kept in KEPT}
        students = {
            label: Student.start(folder, REAL.projection, "end", True, 0)
            for label, folder in folders.items()
        }
        sizes = {}
        for label, student in students.items():
            student.save(Path(name) / "saved", folders[label])
            files = (Path(name) / "saved").iterdir()
            weights = sum(parameter.numel() for parameter in student.parameters())
            sizes[label] = sum(file.stat().st_size for file in files) / 1e6, 8 * weights / 1e6
        seconds = interleave(
            {label: step(student, options.steps) for label, student in students.items()},
            options.repeats,
        )
    print("| pieces | saved student | Adam's moments | step | against whole |")
    for label, (saved, moments) in sizes.items():
        each, faster = Spread.of(seconds[label]), ratio(seconds["whole"], seconds[label])
        print(
            f"| {label} | {saved:.0f} MB | {moments:.0f} MB | {each.median:.2f} s | "
            f"{faster.median:.3f} [{faster.low:.3f}, {faster.high:.3f}] |"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
