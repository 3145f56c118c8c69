"""Kill the workflow in all stages and phases, let its translator fail, and compare what comes out.

    make torture
    make torture ARGS='--only kills --seed 7'

Prints a line for each kill and the tables of docs/reliability.md, and exits with 1 where a file
differs from those of a run that nobody disturbed, a training did not go on where it stood, or a
sentence was lost or asked for twice.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from tests.torture.judging import OUTPUT_FILE, SAVED, STAGE, STATE_FILE, Outcome
from tests.torture.kills import RESULTS, aims_of, torture, undisturbed
from tests.torture.outages import RATE, outage
from tests.workflow.test_shape import RULES

SENTENCES = 10_000


def main(arguments: list[str]) -> int:
    """Torture; 1 where something was lost."""
    parser = argparse.ArgumentParser(prog="make torture ARGS=...", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="where to work, instead of a temporary folder")
    parser.add_argument("--only", choices=["kills", "outages"])
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="clseave-torture-") as name:
        folder = chosen.folder or Path(name)
        kept = [_kills(folder, chosen.seed)] if chosen.only != "outages" else []
        kept += [_outages(folder / "outages", chosen.seed)] if chosen.only != "kills" else []
    print(f"{time.monotonic() - began:.0f} s")
    return 0 if all(kept) else 1


def _kills(folder: Path, seed: int) -> bool:
    """Whether nothing was lost."""
    reference = undisturbed(folder / "undisturbed", "all")
    rules = {path.stem for path in (reference / RESULTS / "logs").iterdir()}
    print(f"the undisturbed run has {len(rules)} stages", flush=True)
    aims = aims_of(rules, saved=12, state_files=4, output_files=4, seed=seed)
    outcome = torture(folder / "tortured", reference, "all", aims, seed, _tell)
    print(report(outcome, RULES), flush=True)
    return not outcome.differing and not outcome.mistakes


def _outages(folder: Path, seed: int) -> bool:
    """Whether all sentences arrived, none was asked for twice and the pace was kept."""
    found = outage(folder, SENTENCES, seed)
    faults = ", ".join(f"{name} {number}" for name, number in sorted(found.faults.items()))
    print(
        "| what | number |",
        "|---|---|",
        f"| sentences translated | {found.sentences:,} |",
        f"| lost, or not the service's own | {found.lost} |",
        f"| asked for again after a good answer | {found.asked_again} |",
        f"| requests | {found.requests} |",
        f"| faults met | {sum(found.faults.values())} |",
        f"| most requests in a second, where {RATE:g} are allowed | {found.fastest} |",
        f"| requests above {RATE:g} t + 1 in any t seconds | {found.ahead:.1f} |",
        f"| runs that stopped since the service was gone | {len(found.stops)} |",
        "",
        f"Faults: {faults}.",
        *found.stops,
        sep="\n",
        flush=True,
    )
    return not found.lost and not found.asked_again and found.keeps_the_pace


def _tell(line: str) -> None:
    print(line, flush=True)


def report(outcome: Outcome, rules: Collection[str]) -> str:
    """The outcome as the Markdown table of docs/reliability.md, and what went wrong.

    `rules` are all of the workflow's, so that those which no kill met are told.
    """
    met = [kill for kill in outcome.kills if kill.met]
    phases = Counter(kill.aim.phase for kill in met)
    ways = Counter(kill.aim.how for kill in outcome.kills)
    stages = Counter(rule for kill in outcome.kills for rule in kill.rules)
    by_stage = ", ".join(f"{rule} {number}" for rule, number in sorted(stages.items()))
    others = ", ".join(sorted(set(rules) - set(stages))) or "none"
    lines = [
        "| what | number |",
        "|---|---|",
        f"| kills | {len(outcome.kills)} ({', '.join(f'{n} {way}' for way, n in ways.items())}) |",
        f"| passes through the study | {outcome.passes} |",
        f"| stages that were killed | {len(stages)} of {len(rules)} rules; the others: {others} |",
        *(f"| {phase} | {phases[phase]} |" for phase in (STAGE, SAVED, STATE_FILE, OUTPUT_FILE)),
        f"| a moment too late, between two jobs or writes | {len(outcome.kills) - len(met)} |",
        f"| trainings that went on from their saved point | {outcome.resumed} |",
        f"| files compared with the undisturbed run's | {outcome.compared} |",
        f"| of these different, missing or too many | {len(outcome.differing)} |",
        f"| trainings that did not go on where they stood | {len(outcome.mistakes)} |",
        "",
        f"Kills by the stages that ran: {by_stage}.",
        *outcome.differing[:20],
        *outcome.mistakes[:20],
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
