"""Pretrain the small CLIP of the study's world."""

from pathlib import Path

from clseave_core.corpus.worlds import pretrain_clip
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        params = snakemake.params
        pretrain_clip(
            world=params.world,
            settings=params.settings,
            folder=Path(snakemake.input.sentences).parent,
            target=Path(snakemake.output.model),
            seed=params.seed,
            threads=params.threads,
        )
