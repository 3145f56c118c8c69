"""How long Snakemake takes to plan the thesis study."""

import sys

from benchmarks.speed.measuring import Spread, run_process
from benchmarks.speed.rows import Found, Row
from benchmarks.speed.workbench import Workbench


def measure(bench: Workbench) -> Found:
    """`snakemake -n` for its accuracy table."""
    command = [
        sys.executable, "-m", "snakemake", "-n", "results/accuracy_table.csv", "--config",
        "study=thesis",
    ]  # fmt: skip
    seconds = Spread.of([run_process(command)[0] for _ in range(bench.repeats)])
    row = Row("snakemake -n, thesis study", "seconds", seconds, 2, "s", below=True)
    return Found([row], {"dry_run.seconds": seconds.median})
