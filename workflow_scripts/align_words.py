"""Align the words of one shard of a language's translations with the English."""

from clseave_core.alignment.aligner import WordAligner
from clseave_core.alignment.schemas import ALIGNMENTS
from clseave_core.alignment.settings import AlignmentSettings
from clseave_core.alignment.tables import align_shard
from clseave_core.files import write_table
from clseave_core.run import start
from clseave_core.training.device import Compute

if __name__ == "__main__":
    with start(snakemake):
        source, params = snakemake.input, snakemake.params
        settings = AlignmentSettings.from_study(params.settings)
        aligner = WordAligner(source.model, settings, Compute("fp32", params.threads))
        table = align_shard(
            source.hypotheses,
            source.translation,
            snakemake.wildcards.lang,
            aligner,
            shard=int(snakemake.wildcards.shard),
            shards=settings.shards,
        )
        write_table(snakemake.output.alignment, table, ALIGNMENTS)
