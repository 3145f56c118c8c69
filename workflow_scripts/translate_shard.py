"""Translate one shard of the distinct hypotheses into one language."""

from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import read_table, write_table
from clseave_core.run import start
from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.provider import make_translator
from clseave_core.translation.schemas import SHARD_TRANSLATIONS
from clseave_core.translation.settings import TranslationSettings
from clseave_core.translation.translate import translate_shard

if __name__ == "__main__":
    with start(snakemake):
        lang, shard = snakemake.wildcards.lang, int(snakemake.wildcards.shard)
        settings = TranslationSettings.from_study(snakemake.config["translation"])
        hypotheses = read_table(snakemake.input.hypotheses, HYPOTHESES, ["hypothesis_id", "text"])
        with TranslationCache(snakemake.config["translation_cache"]) as cache:
            translator = make_translator(
                settings, lang, cache, seed=shard, sentences=hypotheses["text"].tolist()
            )
            rows = translate_shard(
                hypotheses, lang, translator, cache, settings, shard=shard, shards=settings.shards
            )
        write_table(snakemake.output.translations, rows, SHARD_TRANSLATIONS)
