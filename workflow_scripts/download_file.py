"""Fetch one file of the corpus: the annotations of a split, or the archive of pictures."""

from clseave_core.corpus.downloads import download
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        file = snakemake.config["downloads"][snakemake.wildcards.file]
        download(
            file["urls"],
            snakemake.output.file,
            size=file.get("size"),
            sha256=file.get("sha256"),
            what=snakemake.params.what,
        )
