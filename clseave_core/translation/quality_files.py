"""Read what `quality` compares: translations, human references, back-translations."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from clseave_core.files import read_table
from clseave_core.translation.file import read_translations
from clseave_core.translation.quality import Translations
from clseave_core.translation.schemas import BACK_TRANSLATIONS, TRANSLATIONS
from clseave_core.translation.settings import TranslationSettings

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
        back = _by_sentence(settings.back_translations, lang)
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
                _by_sentence(settings.references, lang),
                back,
            )
        )
    return found


def _by_sentence(files: Mapping[str, str], lang: str) -> dict[str, str]:
    """What the file of a language says, by English sentence; nothing where there is none."""
    return read_translations(files[lang]) if lang in files else {}
