"""Make the table of the study's sweeps."""

from clseave_core.files import write_csv
from clseave_core.report.sweep_table import sweep_table
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        params = snakemake.params
        table = sweep_table(params.study, params.name, list(snakemake.input.histories))
        write_csv(snakemake.output.table, table)
