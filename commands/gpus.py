"""See whether PyTorch can use as many GPUs here as a run was given.

python -m commands.gpus 2

A process of its own, since one that has begun CUDA keeps memory of the GPU as long as it lives.
"""

import argparse
import os
import sys

from clseave_core.training.gpu_probe import enough_gpus
from clseave_core.training.gpu_wish import VARIABLE


def main(arguments: list[str] | None = None) -> int:
    """Return 0, or 2 where there are not so many, and say why and what to do."""
    parser = argparse.ArgumentParser(prog="python -m commands.gpus", description=__doc__)
    parser.add_argument("count", help="how many a run was given")
    os.environ[VARIABLE] = parser.parse_args(arguments).count
    try:
        enough_gpus()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
