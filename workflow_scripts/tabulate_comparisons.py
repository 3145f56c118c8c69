"""Make the table of every comparison of the study."""

from pathlib import Path

from clseave_core.report.comparison_tables import comparison_tables
from clseave_core.report.formats import write_formats
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        found = snakemake.input.comparisons
        for table in comparison_tables(found, snakemake.params.comparisons):
            write_formats(Path(found).with_name("tables"), table)
