"""Put the shards of one language together and check them against the English."""

from clseave_core.files import write_table
from clseave_core.run import start
from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.gather import gather_shards
from clseave_core.translation.schemas import TRANSLATIONS
from clseave_core.translation.settings import TranslationSettings

if __name__ == "__main__":
    with start(snakemake):
        settings = TranslationSettings.from_study(snakemake.config["translation"])
        with TranslationCache(snakemake.config["translation_cache"]) as cache:
            rows = gather_shards(
                list(snakemake.input.shards),
                snakemake.input.hypotheses,
                snakemake.wildcards.lang,
                settings,
                cache,
            )
        write_table(snakemake.output.translations, rows, TRANSLATIONS)
