"""Embed every picture that the corpus uses, once."""

from dataclasses import asdict
from pathlib import Path

from clseave_core.corpus.pairs import Pairs
from clseave_core.corpus.pictures import open_pictures
from clseave_core.files import write_json
from clseave_core.run import start
from clseave_core.teacher.images import embed_images

if __name__ == "__main__":
    with start(snakemake) as state:
        params = snakemake.params
        pairs = [Pairs.read(path) for path in snakemake.input.pairs]
        report = embed_images(
            Path(snakemake.input.model),
            open_pictures(snakemake.input.pictures),
            sorted({image for split in pairs for image in split.image_ids}),
            Path(snakemake.output.embeddings),
            workers=snakemake.resources.workers,
            threads=params.threads,
            image_tower=params.image_tower,
            seed=params.seed,
            state_folder=state,
            batch_size=snakemake.resources.batch_size,
            precision=params.precision,
        )
        write_json(snakemake.output.report, asdict(report))
