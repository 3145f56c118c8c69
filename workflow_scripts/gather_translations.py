"""Put the shards of one language together and check them against the English."""

from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import read_table, write_csv, write_table
from clseave_core.run import start
from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.gather import doubtful_table, gather_shards
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
        english = read_table(snakemake.input.hypotheses, HYPOTHESES, ["text"])["text"].tolist()
        write_table(snakemake.output.translations, rows.drop(columns="doubt"), TRANSLATIONS)
        write_csv(snakemake.output.doubtful, doubtful_table(rows, english))
