"""Generate the study's world: pictures, annotations, translations, captions."""

from pathlib import Path

from clseave_core.corpus.worlds import generate_world
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        generate_world(
            snakemake.params.world,
            tuple(snakemake.params.languages),
            Path(snakemake.output.pictures).parent,
            workers=snakemake.threads,
        )
