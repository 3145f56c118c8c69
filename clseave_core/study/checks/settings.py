"""The settings of trainings, students, the alignment and the generated world."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from clseave_core.study.checks.check import Check, attempt
from clseave_core.study.messages import listed
from clseave_core.study.sources import Sources
from clseave_core.study.study_languages import LEFT_OUT


def check_settings(sources: Sources) -> Iterator[Check]:
    study = sources.study
    if study.get(LEFT_OUT):
        said = f"{listed(study[LEFT_OUT])}: for other languages than the study's"
        yield Check("takes no part", True, said)
    for kind in ("teachers", "methods"):
        for name, entry in study[kind].items():
            if "training" in entry:
                yield attempt(f"training of {name}", partial(_training, entry))
    for name, student in study["students"].items():
        yield attempt(f"student {name}", partial(_architecture, student, sources))
    if "alignment" in study:
        yield attempt("alignment", lambda: _alignment(sources))
    if sources.is_generated:
        yield attempt("world", lambda: _world(sources))


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
