"""Make the accuracy table of the study."""

from clseave_core.files import write_csv
from clseave_core.report.accuracy_table import StudyFacts, tabulate_accuracy
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        facts = dict(snakemake.params.facts)
        evaluation = facts.pop("evaluation")
        table = tabulate_accuracy(
            StudyFacts(name=snakemake.params.study, **facts),
            snakemake.input.scores,
            snakemake.input.predictions,
            resamples=evaluation["resamples"],
            seed=evaluation["seed"],
        )
        write_csv(snakemake.output.table, table)
