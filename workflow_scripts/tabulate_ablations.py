"""Make the table of every ablation of the study, and that of CLTEAVE's questions."""

from pathlib import Path

from clseave_core.files import write_csv
from clseave_core.report.ablation_tables import Ablations
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        params = snakemake.params
        ablations = Ablations(
            params.study, params.name, snakemake.input.predictions, **params.evaluation
        )
        for target in map(Path, snakemake.output.tables):
            write_csv(target, ablations.table(target.stem))
        write_csv(snakemake.output.questions, ablations.questions())
