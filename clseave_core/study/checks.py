"""Whether a study can run: its files, models, languages and settings, before anything starts."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from clseave_core.corpus.model_folder import check_model_folder
from clseave_core.corpus.pocket.settings import WorldSettings
from clseave_core.languages import language
from clseave_core.study.sources import Sources
from clseave_core.training.settings import TrainingSettings
from clseave_core.translation.settings import TranslationSettings


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `problem` says what to do, None when it is well."""

    what: str
    problem: str | None


def check_study(sources: Sources) -> list[Check]:
    """Everything that can be seen without the network and without reading the data."""
    return [Check(what, _problem(look)) for what, look in (*_files(sources), *_settings(sources))]


Look = tuple[str, Callable[[], object]]


def _problem(look: Callable[[], object]) -> str | None:
    try:
        look()
    except (ValueError, OSError) as error:
        return str(error)
    return None


def _files(sources: Sources) -> Iterator[Look]:
    corpus = sources.study["corpus"]
    if sources.is_generated:
        yield "corpus: generated", lambda: None
    else:
        for split in sources.splits:
            file = corpus["annotations"][split]
            yield _file(f"annotations of {split}", file.get("path"), sources.annotations(split))
        yield _file("pictures", corpus["pictures"].get("path"), sources.pictures)
    for name, model in sources.study["models"].items():
        if "path" in model:
            path = model["path"]
            yield f"model {name}: {path}", partial(check_model_folder, path)
        else:
            yield f"model {name}: {model.get('id', 'generated')}", lambda: None
    if sources.study["translation"].get("provider") == "file" and not sources.is_generated:
        for lang in sources.study["languages"]:
            for own in sources.translation_files(lang):
                yield _file(f"translations into {lang}", own, own)
    for folder in (sources.resources, "results"):
        yield f"folder {folder} can be written", partial(_check_writable, folder)


def _file(what: str, own: str | None, path: str) -> Look:
    if own is None:
        there = "there" if Path(path).exists() else "to be downloaded"
        return f"{what}: {path} ({there})", lambda: None

    def look() -> None:
        if not Path(own).exists():
            raise FileNotFoundError(f"{own} is not there. Correct the path in the study.")
        if not os.access(own, os.R_OK):
            raise PermissionError(f"{own} cannot be read. Change its permissions.")

    return f"{what}: {own}", look


def _check_writable(folder: str) -> None:
    place = Path(folder).absolute()
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK):
        raise PermissionError(f"{place} cannot be written. Change its permissions, or the path.")


def _settings(sources: Sources) -> Iterator[Look]:
    study = sources.study
    for code in study["languages"]:
        yield f"language {code}", partial(language, code)
    yield "translation settings", lambda: TranslationSettings.from_study(sources.translation)
    for kind in ("teachers", "methods"):
        for name, entry in study[kind].items():
            if "training" in entry:
                training = entry["training"]
                yield (
                    f"{kind}.{name}.training",
                    partial(TrainingSettings.from_study, training),
                )
    if sources.is_generated:
        world, languages = study["corpus"]["world"], tuple(study["languages"])
        yield "corpus.world", lambda: WorldSettings.from_mapping(world, languages)
