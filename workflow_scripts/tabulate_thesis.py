"""Make the thesis's tables for the study, ours beside the published."""

from pathlib import Path

from clseave_core.report.formats import write_formats
from clseave_core.report.thesis_tables import StudyParts, thesis_tables
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        found = snakemake.input
        tables = thesis_tables(
            StudyParts(**snakemake.params.study),
            report=found.report,
            table=found.table,
            comparisons=found.comparisons,
            histories=found.histories,
            distances=found.distances,
            published=found.published,
        )
        for table in tables:
            write_formats(Path(snakemake.output.csv[0]).parent, table)
