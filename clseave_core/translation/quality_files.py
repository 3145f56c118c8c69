"""Read what `quality` compares: translations, human references, back-translations."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from clseave_core.files import read_table
from clseave_core.translation.file import as_found, read_translations
from clseave_core.translation.quality import Translations
from clseave_core.translation.schemas import BACK_TRANSLATIONS, TRANSLATIONS
from clseave_core.translation.settings import TranslationSettings

logger = logging.getLogger(__name__)

NOISE = "noise"
"""The folder of translations with errors put in: `noise/{rate}/{lang}.parquet`; `back` beside
them holds what they say in English."""


def read_translated(
    english: Sequence[str],
    translations: Iterable[str | Path],
    settings: TranslationSettings,
) -> list[Translations]:
    """Read the files `{lang}.parquet` and `noise/{rate}/{lang}.parquet`, in their order.

    The settings name `references` and `back_translations`, files by language that are read as
    those of the provider `file`; noisy translations have back-translations of their own. Raises
    ValueError where a file has not one row for each English sentence.
    """
    found = []
    for path in map(Path, translations):
        rows = read_table(path, TRANSLATIONS, ["text", "unchanged"])
        if len(rows) != len(english):
            raise ValueError(
                f"{path} has {len(rows)} rows for {len(english)} hypotheses. Delete it to have it "
                "made again."
            )
        lang, noise = path.stem, ""
        back = _by_sentence(english, settings.back_translations, lang, "en", settings)
        if path.parent.parent.name == NOISE:
            noise = path.parent.name
            said = read_table(path.parent / "back" / path.name, BACK_TRANSLATIONS, ["text"])
            back = dict(zip(english, said["text"], strict=True))
        found.append(
            Translations(
                lang,
                rows["text"].tolist(),
                rows["unchanged"].tolist(),
                noise,
                _by_sentence(english, settings.references, lang, lang, settings),
                back,
            )
        )
    return found


def _by_sentence(
    english: Sequence[str],
    files: Mapping[str, str],
    lang: str,
    target: str,
    settings: TranslationSettings,
) -> dict[str, str]:
    """What the file of `lang` says in `target`, by sentence of `english`; nothing without one."""
    if lang not in files:
        return {}
    found = read_translations(files[lang], target, two_translations=settings.two_translations)
    if found.note:
        logger.warning("%s", found.note)
    return {text: found[as_found(text)] for text in english if as_found(text) in found}
