"""Translate the hypotheses of a generated world with a known share of errors of meaning."""

from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import read_table, write_table
from clseave_core.run import start
from clseave_core.translation.noise import noisy_translations
from clseave_core.translation.schemas import BACK_TRANSLATIONS, TRANSLATIONS

if __name__ == "__main__":
    with start(snakemake):
        names = ["hypothesis_id", "text", "held_out"]
        translations, back = noisy_translations(
            read_table(snakemake.input.hypotheses, HYPOTHESES, names),
            snakemake.wildcards.lang,
            float(snakemake.wildcards.noise),
            **snakemake.params.world,
        )
        write_table(snakemake.output.translations, translations, TRANSLATIONS)
        write_table(snakemake.output.back_translations, back, BACK_TRANSLATIONS)
