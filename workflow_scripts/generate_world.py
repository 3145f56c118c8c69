"""Generate the study's world: annotations, translations, and what models are pretrained on."""

from pathlib import Path

from clseave_core.corpus.worlds import generate_world
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        generate_world(
            snakemake.params.world,
            tuple(snakemake.params.languages),
            Path(snakemake.output.sentences).parent,
            workers=snakemake.threads,
        )
