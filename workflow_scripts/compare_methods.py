"""Answer the questions of the study: method against method, language against English."""

from clseave_core.evaluation.comparisons import Settings, compare_methods
from clseave_core.files import write_csv
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        params = snakemake.params
        answers = compare_methods(
            params.study,
            params.name,
            params.main,
            snakemake.input.predictions,
            snakemake.input.hypotheses,
            Settings(**params.evaluation),
        )
        write_csv(snakemake.output.comparisons, answers)
