"""Put the shards of one language's alignment together."""

from clseave_core.alignment.schemas import ALIGNMENTS
from clseave_core.alignment.tables import gather_alignments
from clseave_core.files import write_table
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        table = gather_alignments(list(snakemake.input.shards), snakemake.input.hypotheses)
        write_table(snakemake.output.alignment, table, ALIGNMENTS)
