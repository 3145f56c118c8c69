"""See whether a study can run, before anything runs.

python -m commands.check_study thesis --online
"""

import argparse
import os
import sys
from collections.abc import Iterable

from clseave_core.study.checks import Check, check_study
from clseave_core.study.configuration import configured_study, translation_cache
from clseave_core.study.online import check_addresses
from clseave_core.training.gpu_wish import VARIABLE


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each check; exit code 1 where one failed, 2 for an invalid study."""
    parser = argparse.ArgumentParser(prog="python -m commands.check_study", description=__doc__)
    parser.add_argument("study", nargs="?", help="a file of studies/; by default config.yaml's")
    parser.add_argument("--online", action="store_true", help="ask whether addresses answer")
    parser.add_argument("--gpus", help="see whether PyTorch can use as many here")
    options = parser.parse_args(arguments)
    if options.gpus is not None:
        os.environ[VARIABLE] = options.gpus
    try:
        name, sources = configured_study(options.study)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"ok       {'study':<24} {name}: {sources.study['description']}")
    failed = show(check_study(sources, translation_cache()))
    if options.online:
        failed += show(check_addresses(sources))
    if failed:
        print(f"\n{failed} of these must be put right before the study can run.")
    return 1 if failed else 0


def show(checks: Iterable[Check]) -> int:
    """Print the checks as they are made; return how many failed."""
    failed = 0
    for check in checks:
        failed += not check.ok
        lines = check.found.splitlines() or [""]
        print(f"{'ok' if check.ok else 'MISSING':<8} {check.what:<24} {lines[0]}", flush=True)
        for line in lines[1:]:
            print(f"{'':<34}{line}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
