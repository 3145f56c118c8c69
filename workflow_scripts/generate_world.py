"""Generate the pocket world: pictures, annotations, translations, captions."""

from pathlib import Path

from clseave_core.corpus.pocket.settings import WorldSettings
from clseave_core.corpus.pocket.world import generate_world
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        settings = WorldSettings.from_mapping(
            snakemake.params.world, tuple(snakemake.params.languages)
        )
        generate_world(settings, Path(snakemake.output.pictures).parent)
