"""Bring the gold alignments of a generated world into the form of the aligner's."""

from clseave_core.alignment.schemas import ALIGNMENTS
from clseave_core.alignment.tables import gold_alignments
from clseave_core.files import write_table
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        source = snakemake.input
        table = gold_alignments(source.hypotheses, source.translation, source.gold)
        write_table(snakemake.output.alignment, table, ALIGNMENTS)
