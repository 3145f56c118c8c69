"""Answer the questions of the study: method against method, language against English."""

from clseave_core.corpus.overlap import sound_testsets
from clseave_core.evaluation.comparisons import Settings, compare_methods
from clseave_core.files import read_json, write_csv
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        params = snakemake.params
        sound = sound_testsets(params.study["testsets"], read_json(snakemake.input.report))
        answers = compare_methods(
            params.study | {"testsets": sound},
            params.name,
            params.main,
            snakemake.input.predictions,
            snakemake.input.hypotheses,
            Settings(**params.evaluation),
        )
        write_csv(snakemake.output.comparisons, answers)
