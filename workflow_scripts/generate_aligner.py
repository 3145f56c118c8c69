"""Train the pocket world's aligner from its small multilingual BERT."""

from functools import partial
from pathlib import Path

from clseave_core.corpus.pocket.aligner import AlignerSettings, train_aligner
from clseave_core.run import start
from clseave_core.words import cut_words

if __name__ == "__main__":
    with start(snakemake):
        params = snakemake.params
        train_aligner(
            world=Path(snakemake.input.sentences).parent,
            bert=Path(snakemake.input.bert),
            target=Path(snakemake.output.model),
            settings=AlignerSettings.from_mapping(params.settings, "models: settings of aligner"),
            languages=params.languages,
            cut_words=partial(cut_words, cut="dictionary"),
            seed=params.seed,
            threads=params.threads,
        )
