"""Read and check the annotations of all splits and write the tables of the corpus."""

from pathlib import Path

from clseave_core.corpus.overlap import ALLOWED
from clseave_core.corpus.pictures import open_pictures
from clseave_core.corpus.preparation import prepare_corpus
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        corpus = prepare_corpus(
            annotations=dict(
                zip(snakemake.params.splits, snakemake.input.annotations, strict=True)
            ),
            pictures=open_pictures(snakemake.input.pictures),
            sentences=next(iter(snakemake.input.get("sentences", [])), None),
            expected=snakemake.config["corpus"].get("expected"),
            labels=snakemake.params.labels,
            overlap_allowed=snakemake.params.overlap == ALLOWED,
        )
        corpus.save(Path(snakemake.output.hypotheses).parent)
