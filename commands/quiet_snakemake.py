"""Snakemake's own command under the hook of this package.

python -m commands.quiet_snakemake --cores 2

Not the script `snakemake`, whose path breaks when the folder moves.
"""

import sys

from snakemake.cli import main

if __name__ == "__main__":
    sys.exit(main())
