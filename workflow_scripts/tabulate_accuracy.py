"""Make the accuracy table of the study."""

from clseave_core.files import write_csv
from clseave_core.report.accuracy_table import StudyFacts, tabulate_accuracy
from clseave_core.report.published import accuracies, load_published
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        params = snakemake.params
        table = tabulate_accuracy(
            StudyFacts(
                params.study,
                params.methods,
                params.teachers,
                **params.facts,
                published=accuracies(load_published(snakemake.input.published)),
            ),
            snakemake.input.scores,
            snakemake.input.predictions,
            **params.evaluation,
        )
        write_csv(snakemake.output.table, table)
