"""Tabulate what each method knows of seen and of held-out nouns, and what that says."""

from pathlib import Path

from clseave_core.evaluation.noun_tables import tabulate_nouns
from clseave_core.files import write_csv
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        tables = tabulate_nouns(
            snakemake.params.study,
            snakemake.input.predictions,
            snakemake.input.hypotheses,
            Path(snakemake.input.naming[0]).parent,
            **snakemake.params.evaluation,
        )
        write_csv(snakemake.output.table, tables.runs)
        write_csv(snakemake.output.questions, tables.questions)
