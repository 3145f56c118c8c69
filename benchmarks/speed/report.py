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


def save_results(target: Path, facts: dict[str, Any], command: str, found: Found) -> None:
    """Write the results file."""
    write_json(target, {
        "command": command, "machine": facts, "rows": [row.content() for row in found.rows],
        "numbers": found.numbers,
    })  # fmt: skip


def write_page(results: Path, page: Path = PAGE, images: Path = IMAGES) -> None:
    """Put the table between the markers of `page`; draw the figures where all stages are there."""
    content = read_json(results)
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    facts, packages = content["machine"], content["machine"]["packages"]
    lines = [
        "| " + " | ".join(HEAD) + " |", "|---" * len(HEAD) + "|",
        *("| " + " | ".join(Row.read(row).cells()) + " |" for row in content["rows"]), "",
        f"Machine: {facts['processor']}, {facts['threads']} threads on {facts['cores']} cores; "
        f"Python {facts['python']}, "
        + ", ".join(f"{name} {packages[name]}" for name in packages) + ".",
        f"Command: `{content['command']}`. "
        + " ".join(
            f"GEMM peak {name.removeprefix('peak.')}: {value / 1e9:.0f} GFLOP/s."
            for name, value in content["numbers"].items() if name.startswith("peak.")
        ),
    ]  # fmt: skip
    numbers = content["numbers"]
    if {"clip_ve.fp32", "student.fp32", "images.fp32"} <= numbers.keys():
        with project_style():
            for name, (title, draw) in FIGURES.items():
                save_figure(draw(numbers), images / f"{name}.svg", images / f"{name}.png")
                lines += ["", f"![{title}](images/{name}.svg)"]
    page.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    write_page(Path(sys.argv[1]))
