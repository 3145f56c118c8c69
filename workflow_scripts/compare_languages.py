"""Make the table of what each language costs beside the control language."""

from clseave_core.corpus.overlap import sound_testsets
from clseave_core.files import read_json, write_csv
from clseave_core.report.language_effects import language_effects
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        params = snakemake.params
        sound = sound_testsets(params.study["testsets"], read_json(snakemake.input.report))
        table = language_effects(
            params.study | {"testsets": sound}, params.name, snakemake.input.predictions,
            snakemake.input.hypotheses, **params.evaluation,
        )  # fmt: skip
        write_csv(snakemake.output.table, table)
