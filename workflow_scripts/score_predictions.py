"""Score one method's predictions on a test set."""

from clseave_core.evaluation.scores import score_predictions
from clseave_core.files import write_json
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        scores = score_predictions(
            snakemake.input.predictions,
            snakemake.input.hypotheses,
            resamples=snakemake.params.evaluation["resamples"],
            seed=snakemake.params.evaluation["seed"],
        )
        write_json(snakemake.output.scores, scores)
