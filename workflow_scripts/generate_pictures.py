"""Draw the pictures of the study's world."""

from pathlib import Path

from clseave_core.corpus.worlds import draw_pictures
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        scenes = next(iter(snakemake.input.get("scenes", [])), None)
        draw_pictures(
            snakemake.params.world,
            Path(scenes) if scenes else None,
            Path(snakemake.output.pictures),
            workers=snakemake.threads,
        )
