"""Whether a study can run: every path, model, language and setting, looked at before anything runs.

No network; `online.py` has the checks that need it.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from clseave_core.corpus.fetching import at_hand
from clseave_core.corpus.model_folder import check_model_folder
from clseave_core.corpus.pictures import open_pictures
from clseave_core.corpus.snli_ve import read_annotations
from clseave_core.languages import language
from clseave_core.study.configuration import overrides_of_config
from clseave_core.study.device_check import look_at_device
from clseave_core.study.forecast import GIGABYTE, forecast, gigabytes
from clseave_core.study.progress_so_far import corpus_size
from clseave_core.study.raw_files import FROM_SNLI, PICTURES, RawFile, snli_parts
from clseave_core.study.reuse import check_reuse
from clseave_core.study.sources import Sources
from clseave_core.translation.file import read_translations
from clseave_core.translation.settings import TranslationSettings


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: `found` says how it is, and what to do where it is not `ok`."""

    what: str
    ok: bool
    found: str


def check_study(sources: Sources, translation_cache: str | Path) -> Iterator[Check]:
    """Look at everything that the study needs, one check after the other.

    Archives and annotations of the user's own are read to their end.
    """
    yield from _corpus(sources)
    yield from _models(sources)
    yield from _settings(sources)
    yield from _translation(sources)
    yield _attempt("device", lambda: look_at_device(sources.study))
    if sources.study.get("reuse"):
        yield _attempt("reuse", lambda: _reuse(sources))
    yield from _folders(sources, Path(translation_cache))


def _attempt(what: str, look: Callable[[], str]) -> Check:
    """A check that is as `look` says, or fails with the error that it raises."""
    try:
        return Check(what, True, look())
    except (ValueError, TypeError, OSError) as error:
        return Check(what, False, str(error))


def _corpus(sources: Sources) -> Iterator[Check]:
    if sources.is_generated:
        yield Check("corpus", True, f"will be generated below {sources.generated}")
        return
    files = sources.raw_files
    for split in sources.splits:
        rows = partial(_rows, numbers=files[split].get("labels"))
        yield _file(f"annotations {split}", files[split], rows)
    for part, file in snli_parts(files).items():
        if file.get("path"):
            yield _file(f"SNLI {part}", file, lambda _: "is there")
    expected = files[PICTURES]["expected"].get("pictures", 0)
    yield _file("pictures", files[PICTURES], lambda path: _pictures(path, expected))


def _file(what: str, file: RawFile, read: Callable[[Path], str]) -> Check:
    """A file of the user's own must be there; one with other ways may still be to come."""
    path = at_hand(file)
    if path is not None:
        return _attempt(what, lambda: f"{path}: {read(path)}")
    if file.get("path"):
        return Check(what, False, f"{file['path']} does not exist. Correct the path in the study.")
    hosts = [str(urlparse(url).hostname) for url in file.get("urls", [])]
    hosts += [f"the hub ({file['hub']['id']})"] if "hub" in file else []
    ways = [f"downloaded from {', '.join(dict.fromkeys(hosts))}"] if hosts else []
    ways += ["made from SNLI"] if FROM_SNLI in file else []
    return Check(what, True, f"will be {', or '.join(ways)}, to {file['target']}")


def _rows(path: Path, numbers: Sequence[str] | None) -> str:
    return f"{len(read_annotations(path, numbers)):,} pairs"


def _pictures(path: Path, expected: int) -> str:
    source = open_pictures(path)
    count = len(source.ids())
    if count < expected:
        raise ValueError(
            f"{path} has {count:,} pictures, expected {expected:,}. Is it the right archive?"
        )
    return "\n".join([f"{count:,} pictures", *source.notes])


def _models(sources: Sources) -> Iterator[Check]:
    for name, model in sources.study["models"].items():
        what, folder = f"model {name}", Path(sources.model(name))
        if "package" in model:
            yield _attempt(what, partial(_package, model["package"]))
        elif "generate" in model:
            yield Check(what, True, "will be generated")
        elif "path" in model or folder.exists():
            yield _attempt(what, partial(_whole_model, folder))
        else:
            revision = model.get("revision", "main")
            yield Check(what, True, f"will be fetched from the hub: {model['id']} ({revision})")


def _package(name: str) -> str:
    if find_spec(name) is None:
        raise ValueError(f"the package {name} is not installed. Run: pip install -e .")
    return f"comes with the package {name}"


def _whole_model(folder: Path) -> str:
    check_model_folder(folder)
    return f"{folder} is complete"


def _settings(sources: Sources) -> Iterator[Check]:
    study = sources.study
    for kind in ("teachers", "methods"):
        for name, entry in study[kind].items():
            if "training" in entry:
                yield _attempt(f"training of {name}", partial(_training, entry))
    for name, student in study["students"].items():
        yield _attempt(f"student {name}", partial(_architecture, student, sources))
    if "alignment" in study:
        yield _attempt("alignment", lambda: _alignment(sources))
    if sources.is_generated:
        yield _attempt("world", lambda: _world(sources))


def _training(entry: dict[str, Any]) -> str:
    from clseave_core.training.settings import TrainingSettings

    settings = TrainingSettings.from_study(entry["training"])
    return (
        f"{settings.epochs} epochs, batches of {settings.batch_size}, "
        f"learning rate {settings.learning_rate:g}"
    )


def _architecture(student: dict[str, Any], sources: Sources) -> str:
    from clseave_core.students.teaching import Architecture
    from clseave_core.students.vocabulary import load_word_pieces

    architecture = Architecture.from_study(student)
    if architecture.hidden:
        return f"{student['model']}, frozen, with a head of {architecture.hidden} hidden units"
    said = f"{student['model']}, pooling {architecture.pooling}"
    if not student.get("trim_vocabulary"):
        return said
    folder = Path(sources.model(student["model"]))
    if folder.exists():
        load_word_pieces(folder)
    return f"{said}, trimmed to the pieces of its language"


def _alignment(sources: Sources) -> str:
    from clseave_core.alignment.package import read_config
    from clseave_core.alignment.settings import AlignmentSettings

    section = sources.study["alignment"]
    settings = AlignmentSettings.from_study(section)
    folder = Path(sources.model(section["model"]))
    model = sources.study["models"][section["model"]]
    if model.get("generate") == "aligner":
        depth = sources.generator_settings("bert")["layers"]
        for place, layer in (
            ("alignment.layer", settings.layer),
            (f"models.{section['model']}.settings.layer", model["settings"]["layer"]),
        ):
            if layer > depth:
                raise ValueError(f"{place} is {layer}; the generated BERT has 1 to {depth}.")
    elif (folder / "config.json").exists():
        read_config(folder, settings.layer)
    return f"{section['model']}, layer {settings.layer}, threshold {settings.threshold:g}"


def _world(sources: Sources) -> str:
    from clseave_core.corpus.pocket.aligner import AlignerSettings
    from clseave_core.corpus.pocket.bert import BertSettings
    from clseave_core.corpus.pocket.clip import ClipSettings
    from clseave_core.corpus.pocket.pretraining import SmallTraining
    from clseave_core.corpus.pocket.settings import WorldSettings
    from clseave_core.corpus.worlds import is_natural

    study = sources.study
    world, languages = study["corpus"]["world"], tuple(study["languages"])
    kinds: dict[str, Callable[[Mapping[str, Any], str], SmallTraining]] = {
        "clip": ClipSettings.from_mapping, "bert": BertSettings.from_mapping,
        "aligner": AlignerSettings.from_mapping,
    }  # fmt: skip
    if is_natural(world):
        from clseave_core.corpus.natural.clip import clip_settings, published_weights
        from clseave_core.corpus.natural.drawing import openmoji_font
        from clseave_core.corpus.natural.settings import NaturalSettings

        NaturalSettings.from_mapping(world, languages)
        kinds["clip"] = clip_settings
        openmoji_font()
        published_weights()
    else:
        WorldSettings.from_mapping(world, languages)
    for name, model in study["models"].items():
        if "generate" in model:
            kinds[model["generate"]](model["settings"], f"models.{name}.settings")
    return f"world seed {sources.world_seed}"


def _translation(sources: Sources) -> Iterator[Check]:
    yield _attempt("translation", lambda: _provider(sources))
    for code in sources.study["languages"]:
        what = f"language {code}"
        if sources.translation["provider"] == "google":
            yield _attempt(what, partial(_code, code))
            continue
        for name in map(Path, sources.translation_files(code)):
            if name.exists():
                yield _attempt(what, partial(_translations, name, code, sources.translation))
            elif sources.is_generated and name.is_relative_to(sources.generated):
                yield Check(what, True, f"{language(code).name}, will be generated")
            else:
                advice = "Put the translations there, or correct translation.file."
                yield Check(what, False, f"{name} does not exist. {advice}")

    for kind in ("references", "back_translations"):
        for code, name in sources.translation.get(kind, {}).items():
            lang = code if kind == "references" else "en"
            look = partial(_translations, Path(name), lang, sources.translation)
            yield _attempt(f"{kind} {code}", look)


def _provider(sources: Sources) -> str:
    settings = TranslationSettings.from_study(sources.translation)
    return f"by {settings.provider}, in {settings.shards} shards"


def _code(code: str) -> str:
    known = language(code)
    if not known.google:
        raise ValueError(f"{known.name} has no code for Google in clseave_core/languages.py.")
    return f"{known.name}, for Google {known.google}"


def _translations(path: Path, lang: str, section: Mapping[str, Any]) -> str:
    two = section.get("two_translations", "first")
    found = read_translations(path, lang, two_translations=two)
    said = f"{path}: {len(found):,} sentences"
    return f"{said}, {found.pairs:,} translations\n{found.note}" if found.note else said


def _reuse(sources: Sources) -> str:
    check_reuse(sources.name, sources.study, overrides_of_config())
    return ", ".join(f"{stage} of {name}" for stage, name in sources.study["reuse"].items())


def _folders(sources: Sources, cache: Path) -> Iterator[Check]:
    results, resources = Path("results"), Path(sources.resources)
    for what, folder in (
        ("folder results", results),
        ("folder resources", resources),
        ("translation cache", cache.parent),
    ):
        yield _attempt(what, partial(_writable, folder))
    yield _attempt("disk", lambda: _room(sources, results, resources))


def _existing(folder: Path) -> Path:
    """The folder, or the first above it that is there."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _writable(folder: Path) -> str:
    there = _existing(folder)
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise ValueError(f"{there} is no folder that you can write to. Choose another place.")
    return f"{folder} can be written"


def _room(sources: Sources, results: Path, resources: Path) -> str:
    """Compare what is still to come with what is free, on each disk."""
    figures = forecast(sources, corpus_size(sources), {})
    fetched = [sources.pictures, *map(sources.annotations, sources.splits)]
    fetched += [sources.model(name) for name in sources.study["models"] if sources.model(name)]
    here = {
        results: gigabytes(figures, "below results/") - _held([results / sources.name]),
        resources: gigabytes(figures, "below resources/") - _held(map(Path, fetched)),
    }
    places = {folder: _existing(folder) for folder in here}
    if places[results].stat().st_dev == places[resources].stat().st_dev:
        here = {results: sum(here.values())}
    said = []
    for folder, needed in here.items():
        free = shutil.disk_usage(places[folder]).free / GIGABYTE
        if free < needed:
            raise ValueError(
                f"{places[folder]} has {free:.1f} GB free, {needed:.1f} GB are to come. Make room, "
                "or give another `resources` in config.yaml."
            )
        said.append(f"{max(needed, 0):.1f} GB to come, {free:.0f} GB free")
    return "; ".join(said)


def _held(paths: Iterable[Path]) -> float:
    """Gigabytes of files and folders that are there already."""
    files = (file for path in paths for file in (path, *path.rglob("*")) if file.is_file())
    return sum(file.stat().st_size for file in files) / GIGABYTE
