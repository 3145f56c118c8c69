"""Interleaved measurement: every contender in turn, several times, in one call.

A ratio is taken within a repeat, where all contenders met the same state of the machine; the
median of these ratios is reported with their range.
"""

import gc
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from clseave_core.models.tokens import Indices

ROOT = Path(__file__).parents[2]

Block = Callable[[], float]
"""Runs a contender once and returns its seconds (for a step, a sentence, a picture)."""


@dataclass(frozen=True)
class Spread:
    """Median and range of some repeats."""

    median: float
    low: float
    high: float
    repeats: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Summarise repeats."""
        return cls(statistics.median(values), min(values), max(values), len(values))


def interleave(contenders: Mapping[str, Block], repeats: int) -> dict[str, list[float]]:
    """Seconds of each contender in each repeat; the order is turned round at every second one."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for repeat in range(repeats):
        for name in names if repeat % 2 == 0 else reversed(names):
            seconds[name].append(contenders[name]())
            print(f"    {name}: {seconds[name][-1]:.4g} s", flush=True)
    return seconds


def ratio(slow: Sequence[float], fast: Sequence[float]) -> Spread:
    """How many times faster, repeat by repeat."""
    return Spread.of([one / other for one, other in zip(slow, fast, strict=True)])


def medians(seconds: Mapping[str, list[float]]) -> dict[str, float]:
    """The median of each contender's repeats."""
    return {name: Spread.of(values).median for name, values in seconds.items()}


def stamp_steps(step: Callable[[Indices], None], batches: Sequence[Indices]) -> list[float]:
    """Take a step with each batch but the last; when each began, and when the last one ended."""
    stamps = []
    for batch in batches[:-1]:
        stamps.append(time.perf_counter())
        step(batch)
    return [*stamps, time.perf_counter()]


def timed_step(steps: Callable[[], list[float]]) -> float:
    """Mean seconds of a step from the stamps that `steps` gives, on collected memory."""
    gc.collect()
    return mean_step(steps())


def mean_step(stamps: Sequence[float]) -> float:
    """Mean seconds of a step from the times at which steps began, without the first step.

    The first step makes the optimiser's state and warms caches; the last stamp only ends.
    """
    return (stamps[-1] - stamps[1]) / (len(stamps) - 2)


def run_process(command: list[str], folder: Path = ROOT) -> tuple[float, str]:
    """Seconds and output of a process; RuntimeError with what it said when it fails."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    return time.perf_counter() - started, done.stdout


def gemm_peak(
    size: int, dtype: torch.dtype, seconds: float = 0.5, device: torch.device | None = None
) -> float:
    """The most floating-point operations per second of a square matrix product, of a linear layer.

    The best of several: a peak, not a mean. PyTorch may multiply float32 by another library than
    its usual one, and the peak is that of whichever is faster (clseave_core.training.device).
    """
    a, b = (torch.randn(size, size).to(device, dtype) for _ in range(2))

    def multiply() -> None:
        torch.nn.functional.linear(a, b)
        if a.is_cuda:
            torch.cuda.synchronize(a.device)

    multiply()  # a GPU's library is loaded by the first one
    best, ended = 0.0, time.perf_counter() + seconds
    while best == 0.0 or time.perf_counter() < ended:
        started = time.perf_counter()
        multiply()
        best = max(best, 2 * size**3 / (time.perf_counter() - started))
    return best


def training_work(layers: int, width: int, tokens: float, length: float, sentences: float) -> float:
    """Floating-point operations of a training step over `tokens` real tokens in `sentences`.

    A layer multiplies each token with 12 width^2 weights and attends over `length` tokens; the last
    one makes keys and values alone of all tokens (2 width^2), the rest of the pooled one of each
    sentence (models/last_layer.py). The backward pass is twice the forward one. Padding is no work,
    embeddings and heads are left out.
    """
    whole = (2 * 12 * width**2 + 4 * length * width) * tokens
    last = 2 * 2 * width**2 * tokens + (2 * 10 * width**2 + 4 * length * width) * sentences
    return 3 * ((layers - 1) * whole + last)
