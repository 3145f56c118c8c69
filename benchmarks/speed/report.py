"""Write what was measured: JSON, the tables of docs/benchmarks.md, two figures.

    python -m benchmarks.speed.report

writes tables and figures again from the results files, of which each kind of machine has one.
"""

import os
import platform
import re
from collections.abc import Iterable
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
RESULTS = ROOT / "benchmarks" / "results"
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
        "python": ".".join(platform.python_version_tuple()[:2]), "packages": versions,
    }  # fmt: skip


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def results_file(facts: dict[str, Any]) -> Path:
    """Where the stages that were measured on such a machine lie."""
    words = [facts["processor"], f"{facts['threads']} threads", instructions(facts)]
    return RESULTS / (re.sub(r"[^a-z0-9]+", "-", " ".join(words).lower()).strip("-") + ".json")


def instructions(facts: dict[str, Any]) -> str:
    """What most decides a processor's speed here."""
    if facts["avx512_bf16"]:
        return "AVX-512 with bf16"
    return "AVX-512" if facts["avx512"] else "no AVX-512"


def stages_before(target: Path, facts: dict[str, Any]) -> dict[str, Any]:
    """The stages that a results file holds already; none where there is no such file.

    Raises ValueError where these were measured on another machine or with other packages.
    """
    if not target.exists():
        return {}
    before = read_json(target)
    if before["machine"] != facts:
        raise ValueError(
            f"{target} holds what was measured on another machine, or with other packages: "
            f"{before['machine']}, not {facts}. Move it away, or give --results another file."
        )
    stages: dict[str, Any] = before["stages"]
    return stages


def save_stage(target: Path, facts: dict[str, Any], stage: str, found: Found) -> None:
    """Put what a stage found into the results file, beside the stages measured before.

    Raises ValueError as `stages_before`.
    """
    stages = stages_before(target, facts)
    stages[stage] = {"rows": [row.content() for row in found.rows], "numbers": found.numbers}
    write_json(target, {"machine": facts, "stages": stages})


def write_page(results: Iterable[Path], page: Path = PAGE, images: Path = IMAGES) -> None:
    """Put a table of each results file between the markers of `page`, and two figures.

    The figures are of the first file that has all stages that they show.
    """
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    lines: list[str] = []
    shown = False
    for file in results:
        content = read_json(file)
        stages = content["stages"].values()
        numbers = {name: value for stage in stages for name, value in stage["numbers"].items()}
        rows = [Row.read(row) for stage in stages for row in stage["rows"]]
        lines += [*_table(content["machine"], rows, numbers), ""]
        if not shown and {"clip_ve.fp32", "student.fp32", "images.fp32"} <= numbers.keys():
            shown = True
            with project_style():
                for name, (title, draw) in FIGURES.items():
                    save_figure(draw(numbers), images / f"{name}.svg", images / f"{name}.png")
                    lines += [f"![{title}](images/{name}.svg)", ""]
    page.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"{END}{after}", encoding="utf-8")


def _table(facts: dict[str, Any], rows: list[Row], numbers: dict[str, float]) -> list[str]:
    packages = facts["packages"]
    return [
        f"### {facts['processor']}, {instructions(facts)}, {facts['threads']} threads", "",
        "| " + " | ".join(HEAD) + " |", "|---" * len(HEAD) + "|",
        *("| " + " | ".join(row.cells()) + " |" for row in rows), "",
        f"{facts['cores']} cores; Python {facts['python']}, "
        + ", ".join(f"{name} {packages[name]}" for name in packages) + ".",
        " ".join(
            f"GEMM peak {name.removeprefix('peak.')}: {value / 1e9:.0f} GFLOP/s."
            for name, value in numbers.items() if name.startswith("peak.")
        ),
    ]  # fmt: skip


if __name__ == "__main__":
    write_page(sorted(RESULTS.glob("*.json")))
