"""See before anything runs whether a study can: paths, models, languages and settings.

python -m commands.check_study thesis
"""

import argparse
import sys

from clseave_core.study.checks import check_study
from clseave_core.study.configuration import configured_study


def main(arguments: list[str] | None = None) -> int:
    """Print a line a check; the exit code is 1 when one fails, 2 when the study cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m commands.check_study", description=__doc__)
    parser.add_argument("study", nargs="?", help="a file of studies/; by default config.yaml's")
    try:
        name, sources = configured_study(parser.parse_args(arguments).study)
    except (ValueError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Study {name}: {sources.study['description']}\n")
    checks = check_study(sources)
    for check in checks:
        print(f"  {'ok' if check.problem is None else 'NOT':<4} {check.what}")
        if check.problem is not None:
            print(f"       {check.problem}")
    failed = sum(check.problem is not None for check in checks)
    print(f"\n{len(checks) - failed} of {len(checks)} checks are well.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
