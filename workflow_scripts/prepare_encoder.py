"""Trim an encoder's vocabulary to what its students read in one language."""

from clseave_core.run import start
from clseave_core.students.vocabulary import trim_encoder
from clseave_core.translation.texts import read_texts

if __name__ == "__main__":
    with start(snakemake):
        source = snakemake.input
        trim_encoder(source.model, map(read_texts, source.texts), snakemake.output.encoder)
