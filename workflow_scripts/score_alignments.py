"""Hold the aligner against the gold alignments of a generated world."""

from clseave_core.alignment.quality_table import quality_table
from clseave_core.alignment.settings import AlignmentSettings
from clseave_core.files import write_csv
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        source, params = snakemake.input, snakemake.params
        files = zip(source.translations, source.alignments, source.gold, strict=True)
        table = quality_table(
            source.hypotheses,
            dict(zip(params.languages, files, strict=True)),
            AlignmentSettings.from_study(params.settings),
        )
        write_csv(snakemake.output.table, table)
