"""Pretrain the pocket world's small multilingual BERT."""

from pathlib import Path

from clseave_core.corpus.pocket.bert import BertSettings, pretrain_bert
from clseave_core.run import start

if __name__ == "__main__":
    with start(snakemake):
        params = snakemake.params
        pretrain_bert(
            world=Path(snakemake.input.sentences).parent,
            target=Path(snakemake.output.model),
            settings=BertSettings.from_mapping(params.settings, "models: settings of bert"),
            languages=params.languages,
            seed=params.seed,
            threads=params.threads,
        )
