"""How fast the project is, against the published way, two peers and the machine.

    make benchmark
    make benchmark ARGS='--quick'
    make benchmark ARGS='--only student --repeats 3'

Prints a line for each row and exits with 1 where one falls short of its target. Without `--only`
and `--quick` it also writes benchmarks/results/, the table and the figures of docs/benchmarks.md.
"""

import argparse
import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.speed.data_stages import dry_run, measure
from benchmarks.speed.report import ROOT, machine, save_results, write_page
from benchmarks.speed.rows import Found, Row
from benchmarks.speed.sizes import QUICK, REAL
from benchmarks.speed.stages import STAGES, Workbench


def main(arguments: list[str]) -> int:
    """Measure; 1 where a row falls short."""
    parser = argparse.ArgumentParser(prog="make benchmark ARGS=...", description=__doc__)
    names = [*STAGES, "data", "dry_run"]
    parser.add_argument("--quick", action="store_true", help="small sizes; proves, measures not")
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="stages")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--results", type=Path, help="results file to write")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    sizes = QUICK if chosen.quick else REAL
    found = Found([], {})
    with tempfile.TemporaryDirectory(prefix="clseave-benchmark-") as name:
        bench = Workbench(Path(name), sizes, chosen.repeats, chosen.threads)
        ways = {stage: partial(run, bench) for stage, run in STAGES.items()}
        ways["data"] = partial(measure, Path(name) / "data", sizes)
        ways["dry_run"] = partial(dry_run, chosen.repeats)
        for stage in chosen.only:
            print(f"{stage} ...", flush=True)
            part = ways[stage]()
            found.rows.extend(part.rows)
            found.numbers.update(part.numbers)
            for row in part.rows:
                print(row.line(), flush=True)
    whole = not chosen.quick and chosen.only == names
    results = chosen.results or (ROOT / "benchmarks" / "results" / "cpu.json" if whole else None)
    if results:
        command = "make benchmark" + (f" ARGS='{' '.join(arguments)}'" if arguments else "")
        save_results(results, machine(chosen.threads), command, found)
        if whole:
            write_page(results)
    return _summary(found.rows)


def _summary(rows: list[Row]) -> int:
    short = [row for row in rows if row.met is False]
    print(f"{len(rows)} rows, {len(short)} short of their target")
    for row in short:
        print(row.line())
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
