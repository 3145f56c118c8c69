"""Tabulate what each method knows of seen and of held-out nouns."""

from pathlib import Path

from clseave_core.evaluation.nouns import tabulate_nouns
from clseave_core.files import write_csv
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        table = tabulate_nouns(
            snakemake.input.predictions,
            snakemake.input.hypotheses,
            Path(snakemake.input.naming[0]).parent,
            **snakemake.params.evaluation,
        )
        write_csv(snakemake.output.table, table)
