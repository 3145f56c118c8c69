"""Make the table of picture pairs: one sentence, two pictures with different labels."""

from pathlib import Path

from clseave_core.corpus.overlap import sound_testsets
from clseave_core.files import read_json
from clseave_core.report.formats import write_formats
from clseave_core.report.picture_pair_table import picture_pair_table
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        params = snakemake.params
        sound = sound_testsets(params.study["testsets"], read_json(snakemake.input.report))
        study = params.study | {"testsets": sound}
        table = picture_pair_table(study, params.name, snakemake.input.predictions)
        write_formats(Path(snakemake.output.csv).parent, table)
