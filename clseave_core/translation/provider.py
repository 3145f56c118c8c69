"""From a study's settings to a translator."""

import time
from collections.abc import Callable, Sequence

from clseave_core.languages import language
from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.encoder import Encoder, UniversalSentenceEncoder
from clseave_core.translation.file import FileTranslator
from clseave_core.translation.settings import TranslationSettings
from clseave_core.translation.translator import Translator


def make_translator(
    settings: TranslationSettings,
    lang: str,
    cache: TranslationCache,
    *,
    source: str = "en",
    seed: int = 0,
    sentences: Sequence[str] = (),
    encoder: Encoder | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Translator:
    """The settings' translator from `source` into `lang` (ISO codes).

    The cache keeps the pace of requests; `file` does not touch it. `seed` moves the jitter of
    waits: give each shard its own. `sentences` are all of the language, which a file must have.
    `encoder` takes the place of the real sentence encoder.
    Raises ValueError for an unknown language or a bad file, FileNotFoundError for a missing one.
    """
    if language(lang) == language(source):
        raise ValueError(f"there is nothing to translate from {source} into {lang}.")
    if settings.provider == "file":
        assert settings.file is not None
        return FileTranslator(
            settings.file.format(lang=lang),
            lang,
            sentences,
            source=source,
            two_translations=settings.two_translations,
        )
    # deep-translator and its HTML parser are only loaded where they are used.
    from clseave_core.translation.google import GoogleClient
    from clseave_core.translation.packed import PackedTranslator
    from clseave_core.translation.patience import Patience
    from clseave_core.translation.plausibility import Plausibility

    client = GoogleClient(source, lang, settings.google_url, settings.timeout_seconds)
    patience = Patience(client.ask, settings.provider, cache, settings, seed, sleep)
    plausibility = Plausibility(
        source, lang, encoder or UniversalSentenceEncoder(), settings.min_similarity
    )
    return PackedTranslator(settings.provider, patience, plausibility, settings)
