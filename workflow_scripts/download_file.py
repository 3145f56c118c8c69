"""Fetch one file of the corpus: the annotations of a split, or the archive of pictures."""

from clseave_core.corpus.fetching import fetch_file
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        fetch_file(snakemake.config["downloads"][snakemake.wildcards.file])
