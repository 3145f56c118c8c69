"""How long Snakemake takes to plan the thesis study."""

import sys

from benchmarks.speed.measuring import Spread, medians, run_process
from benchmarks.speed.rows import Found, Row
from benchmarks.speed.workbench import Workbench

TARGETS = {"accuracy table": ["results/accuracy_table.csv"], "everything": []}
"""Everything is what Snakemake makes where no target is named."""


def measure(bench: Workbench) -> Found:
    """`snakemake -n` for each target."""
    seconds = {
        name: [
            run_process(
                [sys.executable, "-m", "snakemake", "-n", *target, "--config", "study=thesis"]
            )[0]
            for _ in range(bench.repeats)
        ]
        for name, target in TARGETS.items()
    }
    rows = [
        Row(f"snakemake -n, thesis study, {name}", "seconds", Spread.of(taken), 2, "s", below=True)
        for name, taken in seconds.items()
    ]
    return Found(rows, {f"dry_run.{name}": value for name, value in medians(seconds).items()})
