"""Make the table of every comparison of the study, and that of CLTEAVE's questions."""

from pathlib import Path

from clseave_core.files import write_csv
from clseave_core.report.comparison_tables import Comparisons
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        params = snakemake.params
        comparisons = Comparisons(
            params.study, params.name, snakemake.input.predictions, **params.evaluation
        )
        for target in map(Path, snakemake.output.tables):
            write_csv(target, comparisons.table(target.stem))
        write_csv(snakemake.output.questions, comparisons.questions())
