"""Languages, the translator, and the user's own files of translations."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from clseave_core.languages import language
from clseave_core.study.checks.check import Check, attempt
from clseave_core.study.sources import Sources
from clseave_core.translation.file import (
    Translations,
    missing_message,
    missing_translations,
    read_translations,
)
from clseave_core.translation.settings import TranslationSettings


def check_translation(sources: Sources, sentences: Sequence[str] | None) -> Iterator[Check]:
    """Look at each language; files must have all `sentences`, as far as these are known."""
    yield attempt("translation", lambda: _provider(sources))
    for code in sources.study["languages"]:
        what = f"language {code}"
        if sources.translation["provider"] == "google":
            yield attempt(what, partial(_code, code))
            continue
        for name in map(Path, sources.translation_files(code)):
            if name.exists():
                yield attempt(what, partial(_translations, sources, name, code, sentences))
            elif sources.is_generated and name.is_relative_to(sources.generated):
                yield Check(what, True, f"{language(code).name}, will be generated")
            else:
                advice = "Put the translations there, or correct translation.file."
                yield Check(what, False, f"{name} does not exist. {advice}")
    for code, name in sources.translation.get("references", {}).items():
        yield attempt(f"references {code}", partial(_references, Path(name), code, sentences))
    for code, name in sources.translation.get("back_translations", {}).items():
        wanted = sentences if _reads_back(sources, code) else None
        yield attempt(
            f"back_translations {code}", partial(_translations, sources, Path(name), "en", wanted)
        )


def _reads_back(sources: Sources, code: str) -> bool:
    """Whether a method gives the English model the back-translations of a language."""
    return any(
        entry["setting"] in ("translate_test", "round_trip")
        and not entry.get("noise_at_test")
        and code in sources.languages_of(name)
        for name, entry in sources.study["methods"].items()
    )


def _provider(sources: Sources) -> str:
    settings = TranslationSettings.from_study(sources.translation)
    return f"by {settings.provider}, in {settings.shards} shards"


def _code(code: str) -> str:
    known = language(code)
    if not known.google:
        raise ValueError(f"{known.name} has no code for Google in clseave_core/languages.py.")
    return f"{known.name}, for Google {known.google}"


def _translations(sources: Sources, path: Path, lang: str, sentences: Sequence[str] | None) -> str:
    two = sources.translation.get("two_translations", "first")
    found = read_translations(path, lang, two_translations=two)
    missing = missing_translations(found, sentences or ())
    if missing:
        raise ValueError(missing_message(path, found, missing, len(sentences or ())))
    said = f"{path}: {len(found):,} sentences"
    if sentences is not None:
        said += f", all {len(sentences):,} of the corpus among them"
    return _with_note(said, found)


def _references(path: Path, lang: str, sentences: Sequence[str] | None) -> str:
    """Human translations of some sentences; of none they are those of another corpus."""
    found = read_translations(path, lang)
    said = f"{path}: {len(found):,} sentences"
    if sentences is not None:
        covered = len(sentences) - len(missing_translations(found, sentences))
        if not covered:
            raise ValueError(
                f"{said}, none of them of the corpus, e.g. {next(iter(found))!r}. Give the "
                "references of these annotations."
            )
        said += f", {covered:,} of the {len(sentences):,} of the corpus among them"
    return _with_note(said, found)


def _with_note(said: str, found: Translations) -> str:
    return f"{said}, {found.pairs:,} translations\n{found.note}" if found.note else said
