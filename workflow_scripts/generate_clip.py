"""Pretrain the pocket world's small CLIP."""

from pathlib import Path

from clseave_core.corpus.pocket.clip import ClipSettings, pretrain_clip
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        params = snakemake.params
        pretrain_clip(
            world=Path(snakemake.input.sentences).parent,
            target=Path(snakemake.output.model),
            settings=ClipSettings.from_mapping(params.settings, "models: settings of clip"),
            seed=params.seed,
            threads=params.threads,
        )
