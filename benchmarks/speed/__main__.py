"""How fast the project is, against the published way, two peers and the machine.

    make benchmark
    make benchmark ARGS='--quick'
    make benchmark ARGS='--only student --repeats 3'

Prints a line for each row and exits with 1 where one falls short of its target. At real sizes each
stage, when it is done, goes into this kind of machine's file in benchmarks/results/ and from there
into docs/benchmarks.md: what was measured before stays, so that stages can be measured one by one.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.speed.report import (
    RESULTS,
    machine,
    results_file,
    save_stage,
    stages_before,
    write_page,
)
from benchmarks.speed.rows import Row
from benchmarks.speed.sizes import QUICK, REAL
from benchmarks.speed.stages import (
    accuracy,
    alignment,
    clip_ve,
    data,
    dry_run,
    gpu,
    images,
    prediction,
    student,
)
from benchmarks.speed.workbench import Workbench

STAGES = {
    "clip_ve": clip_ve.measure,
    "student": student.measure,
    "accuracy": accuracy.measure,
    "prediction": prediction.measure,
    "images": images.measure,
    "alignment": alignment.measure,
    "gpu": gpu.measure,
    "data": data.measure,
    "dry_run": dry_run.measure,
}


def main(arguments: list[str]) -> int:
    """Measure; 1 where a row falls short."""
    parser = argparse.ArgumentParser(prog="make benchmark ARGS=...", description=__doc__)
    names = list(STAGES)
    parser.add_argument("--quick", action="store_true", help="small sizes; proves, measures not")
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="stages")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--results", type=Path, help="results file to write or add to")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    sizes = QUICK if chosen.quick else REAL
    facts, rows = machine(chosen.threads), []
    results = chosen.results or (None if chosen.quick else results_file(facts))
    if results:
        stages_before(results, facts)  # better refused now than after an hour
    with tempfile.TemporaryDirectory(prefix="clseave-benchmark-") as name:
        bench = Workbench(Path(name), sizes, chosen.repeats, chosen.threads)
        for stage in chosen.only:
            print(f"{stage} ...", flush=True)
            found = STAGES[stage](bench)
            rows += found.rows
            for row in found.rows:
                print(row.line(), flush=True)
            if results:
                save_stage(results, facts, stage, found)
                if results.parent == RESULTS:
                    write_page(sorted(RESULTS.glob("*.json")))
    return _summary(rows)


def _summary(rows: list[Row]) -> int:
    short = [row for row in rows if row.met is False]
    print(f"{len(rows)} rows, {len(short)} short of their target")
    for row in short:
        print(row.line())
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
