"""Write what was measured: JSON, the table of docs/benchmarks.md, two figures.

    python -m benchmarks.speed.report benchmarks/results/cpu.json

writes table and figures again from a results file.
"""

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from benchmarks.speed.figures import draw_cost, draw_epochs
from benchmarks.speed.rows import Found, Row
from clseave_core.files import read_json, write_json
from clseave_core.report.figures.style import project_style, save_figure

ROOT = Path(__file__).parents[2]
PAGE, IMAGES = ROOT / "docs" / "benchmarks.md", ROOT / "docs" / "images"
RESULTS = ROOT / "benchmarks" / "results" / "cpu.json"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
HEAD = ("stage", "against", "measured", "range", "repeats", "target", "")
FIGURES = {
    "benchmark_epoch_times": ("Hours of one epoch, by contender", draw_epochs),
    "benchmark_cost": ("Hours against corpus size and number of languages", draw_cost),
}
PACKAGES = ("torch", "transformers", "sentence-transformers", "awesome-align", "accelerate")


def machine(threads: int) -> dict[str, Any]:
    """What the numbers depend on."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    capabilities = torch.cpu.get_capabilities()
    return {
        "processor": _processor(), "cores": os.cpu_count(), "threads": threads,
        "avx512": bool(capabilities.get("avx512_f")),
        "avx512_bf16": bool(capabilities.get("avx512_bf16")),
        "python": platform.python_version(), "packages": versions,
    }  # fmt: skip


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def save_stage(target: Path, facts: dict[str, Any], stage: str, found: Found) -> None:
    """Put what a stage found into the results file, beside the stages measured before.

    Raises ValueError where these were measured on another machine or with other packages.
    """
    stages = {}
    if target.exists():
        before = read_json(target)
        if before["machine"] != facts:
            raise ValueError(
                f"{target} holds what was measured on another machine, or with other packages: "
                f"{before['machine']}, not {facts}. Move it away, or give --results another file."
            )
        stages = before["stages"]
    stages[stage] = {"rows": [row.content() for row in found.rows], "numbers": found.numbers}
    write_json(target, {"machine": facts, "stages": stages})


def write_page(results: Path, page: Path = PAGE, images: Path = IMAGES) -> None:
    """Put the table between the markers of `page`; draw the figures where all stages are there."""
    content = read_json(results)
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    facts, packages = content["machine"], content["machine"]["packages"]
    rows = [row for stage in content["stages"].values() for row in stage["rows"]]
    numbers = {k: v for stage in content["stages"].values() for k, v in stage["numbers"].items()}
    lines = [
        "| " + " | ".join(HEAD) + " |", "|---" * len(HEAD) + "|",
        *("| " + " | ".join(Row.read(row).cells()) + " |" for row in rows), "",
        f"Machine: {facts['processor']}, {facts['threads']} threads on {facts['cores']} cores; "
        f"Python {facts['python']}, "
        + ", ".join(f"{name} {packages[name]}" for name in packages) + ".",
        " ".join(
            f"GEMM peak {name.removeprefix('peak.')}: {value / 1e9:.0f} GFLOP/s."
            for name, value in numbers.items() if name.startswith("peak.")
        ),
    ]  # fmt: skip
    if {"clip_ve.fp32", "student.fp32", "images.fp32"} <= numbers.keys():
        with project_style():
            for name, (title, draw) in FIGURES.items():
                save_figure(draw(numbers), images / f"{name}.svg", images / f"{name}.png")
                lines += ["", f"![{title}](images/{name}.svg)"]
    page.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    write_page(Path(sys.argv[1]))
