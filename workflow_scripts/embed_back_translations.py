"""Embed with the English model what comes back of the translations of one language."""

from pathlib import Path

from clseave_core.run import start
from clseave_core.teacher.clip_ve import embed_with_teacher
from clseave_core.training.device import Compute
from clseave_core.translation.back_translations import read_back_translations
from clseave_core.translation.texts import read_texts

if __name__ == "__main__":
    with start(snakemake):
        source = snakemake.input
        embed_with_teacher(
            Path(source.model),
            read_back_translations(source.back_translations, read_texts(source.english)),
            Compute("fp32", snakemake.params.threads),
            Path(snakemake.output.hypotheses),
        )
