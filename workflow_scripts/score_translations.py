"""Measure the translations of every language, and list those that look broken."""

from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import read_table, write_csv
from clseave_core.run import start
from clseave_core.translation.encoder import UniversalSentenceEncoder
from clseave_core.translation.quality import quality_tables
from clseave_core.translation.quality_files import read_translated
from clseave_core.translation.settings import TranslationSettings

if __name__ == "__main__":
    with start(snakemake):
        source, params = snakemake.input, snakemake.params
        settings = TranslationSettings.from_study(params.settings)
        hypotheses = read_table(source.hypotheses, HYPOTHESES, ["hypothesis_id", "text"])
        english = hypotheses["text"].tolist()
        quality, suspicious = quality_tables(
            hypotheses["hypothesis_id"].tolist(),
            english,
            read_translated(english, source.translations, settings),
            UniversalSentenceEncoder(),
            settings.min_similarity,
        )
        write_csv(snakemake.output.quality, quality)
        write_csv(snakemake.output.suspicious, suspicious)
