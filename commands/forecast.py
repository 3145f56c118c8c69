"""Tell what a study will take, and what each figure rests on.

python -m commands.forecast thesis
"""

import argparse
import sys
from math import isfinite

from clseave_core.study.configuration import configured_study
from clseave_core.study.forecast import Figure, forecast
from clseave_core.study.progress_so_far import corpus_size, measured_seconds


def main(arguments: list[str] | None = None) -> int:
    """Print the forecast; the exit code is 2 where the study or its files cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m commands.forecast", description=__doc__)
    parser.add_argument("study", nargs="?", help="a file of studies/; by default config.yaml's")
    try:
        name, sources = configured_study(parser.parse_args(arguments).study)
        size = corpus_size(sources)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Study {name}: {sources.study['description']}")
    if sources.study.get("comparisons"):
        print("For its accuracy table; what its comparisons train (TARGET=all) comes on top.")
    print()
    print(show(forecast(sources, size, measured_seconds(name))))
    return 0


def show(figures: list[Figure]) -> str:
    """The figures as aligned lines, a heading for each part."""
    lines: list[str] = []
    part = None
    for figure in figures:
        if figure.part != part:
            part = figure.part
            lines += ["", part.upper()]
        lines.append(f"  {figure.what:<28}{_amount(figure):>18}   {figure.basis}")
    return "\n".join(lines[1:])


def _amount(figure: Figure) -> str:
    """The amount with its unit; what is small in minutes or megabytes."""
    if not isfinite(figure.amount):
        return "not known"
    if figure.unit == "GB" and figure.amount < 1:
        return f"{figure.amount * 1000:,.0f} MB"
    if figure.unit.endswith("hours") and figure.amount < 1:
        return f"{figure.amount * 60:,.1f} {figure.unit.replace('hours', 'minutes')}"
    return f"{figure.amount:,.1f} {figure.unit}" if figure.unit else f"{figure.amount:,.0f}"


if __name__ == "__main__":
    sys.exit(main())
