"""Make the accuracy table of the study."""

from clseave_core.corpus.overlap import leaked_testsets
from clseave_core.files import read_json, write_csv
from clseave_core.report.accuracy_table import StudyFacts, tabulate_accuracy
from clseave_core.report.cautions import cautions, warn
from clseave_core.report.published import accuracies, values_beside
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        params = snakemake.params
        report = read_json(snakemake.input.report)
        published = snakemake.input.published
        table = tabulate_accuracy(
            StudyFacts(
                params.study,
                params.methods,
                params.teachers,
                **params.facts,
                published=accuracies(values_beside(published, report)),
                leaked=leaked_testsets(report),
            ),
            snakemake.input.scores,
            snakemake.input.predictions,
            **params.evaluation,
        )
        write_csv(snakemake.output.table, table)
        warn(cautions(report, published))
