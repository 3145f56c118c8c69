"""What a study will take: sentences, requests, hours, gigabytes, and what each figure rests on.

Arithmetic only: counts come from `corpus_size`, speeds from `speeds` until the study's own jobs
have been timed, sizes of models from `model_sizes`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean
from typing import Any

from clseave_core.study.corpus_size import CorpusSize
from clseave_core.study.model_sizes import WEIGHT_BYTES, parameters
from clseave_core.study.sources import Sources
from clseave_core.study.speeds import (
    ALIGNED_PAIRS,
    CAPTIONS,
    JOB_SECONDS,
    MASKED_SENTENCES,
    POCKET,
    PUBLISHED,
    SCENES,
    Speed,
)
from clseave_core.translation.packing import MAX_CHARACTERS
from clseave_core.translation.settings import TranslationSettings

IN_ALL = "in all"
HOUR = 3600.0
GIGABYTE = 1e9
LINE_END = 3
"""Encoded characters of the line feed between two sentences of a request (%0A)."""
TEACHER_EPOCHS = 6
"""Epochs until the thesis's CLIP-VE stopped early."""
EMBEDDING_WIDTH = 512
PICTURE_BYTES = 4_375_349_371 / 31_783
"""Of one picture in the Flickr30k archive (a copy of flickr30k-images.tar.gz on the hub)."""
ANNOTATION_BYTES = 150.0
"""Of one compressed SNLI-VE row: 920 bytes in the plain files, assumed to shrink to a sixth."""
PICTURE_32 = 1700.0
"""Bytes of a generated picture of 32 pixels."""
CELL_COUNT = 4
"""Tiles are single cells, of which a picture has so many."""
STATE_COPIES = 4
"""What a training saves to go on from: weights, two moments of Adam, the best epoch's weights."""

Seconds = Mapping[str, Sequence[float]]
"""Measured seconds of the study's own jobs, by rule."""


@dataclass(frozen=True)
class Figure:
    """One line of a forecast: `amount` in `unit`, of a `part`, and the `basis` it rests on."""

    part: str
    what: str
    amount: float
    unit: str
    basis: str


def forecast(sources: Sources, size: CorpusSize, measured: Seconds) -> list[Figure]:
    """All figures, in the order of the study's stages, each part ending with its sum."""
    return [
        *_corpus(size),
        *_translation(sources, size),
        *_computing(sources, size, measured),
        *_disk(sources, size),
    ]


def _corpus(size: CorpusSize) -> list[Figure]:
    return [
        Figure("corpus", "pairs", sum(size.pairs.values()), "", size.basis),
        Figure("corpus", "pictures", size.images, "", size.basis),
        Figure("corpus", "distinct English sentences", size.sentences, "", size.sentence_basis),
    ]


def sentences_per_request(length: float, settings: TranslationSettings) -> int:
    """How many sentences of `length` encoded characters fit into one request."""
    longest = min(settings.max_request_length, MAX_CHARACTERS)
    return max(1, min(int((longest + LINE_END) / (length + LINE_END)), settings.max_sentences))


def _translation(sources: Sources, size: CorpusSize) -> list[Figure]:
    settings = TranslationSettings.from_study(sources.translation)
    languages = len(sources.study["languages"])
    if settings.provider == "file":
        return [Figure("translation", "requests", 0, "", "translations come from files")]
    packed = sentences_per_request(size.length, settings)
    requests = languages * ceil(size.sentences / packed)
    hours = requests / settings.requests_per_second / HOUR
    return [
        Figure(
            "translation", "requests", requests, "",
            f"{languages} languages, {packed} sentences of {size.length:.0f} characters a request; "
            "an answer that is refused costs more",
        ),
        Figure(
            "translation", "translating", hours, "hours",
            f"{settings.requests_per_second:g} requests a second (the study's setting)",
        ),
    ]  # fmt: skip


def _computing(sources: Sources, size: CorpusSize, measured: Seconds) -> list[Figure]:
    study, seeds = sources.study, len(sources.study["seeds"])
    speeds = POCKET if sources.is_generated else PUBLISHED
    train = size.pairs["train"]
    towers = {
        sources.image_owner(name)
        for name, teacher in sources.main_teachers.items()
        if teacher.get("premise") != "constant"
    }
    students = list(_student_epochs(sources, size))
    tests = len(study["testsets"]) * seeds
    runs = tests * sum(len(sources.languages_of(name)) for name in sources.main_methods)
    teaching = sum(
        train * _epochs(teacher["training"]) for teacher in sources.main_teachers.values()
    )
    jobs = [
        *_generating(sources),
        ("embed_images", len(towers), size.images * len(towers), speeds.pictures),
        ("train_teacher", len(sources.main_teachers) * seeds, teaching * seeds, speeds.teacher),
        ("train_student", len(students) * seeds, sum(students) * seeds, speeds.student),
        ("predict", runs, runs * JOB_SECONDS, Speed(1.0, "measured: the start of a process")),
    ]
    figures = [
        Figure("computing", f"{count} {rule}", hours, speeds.unit, basis)
        for rule, count, hours, basis in (_timed(*job, measured) for job in jobs)
    ]
    total = sum(figure.amount for figure in figures)
    return [*figures, Figure("computing", IN_ALL, total, speeds.unit, "the sum")]


def _timed(
    rule: str, count: int, work: float, speed: Speed, measured: Seconds
) -> tuple[str, int, float, str]:
    times = measured.get(rule, [])
    if times:
        basis = f"measured: {len(times)} of this study's own jobs"
        return rule, count, count * fmean(times) / HOUR, basis
    return rule, count, work / speed.per_second / HOUR, speed.basis


def _drawn(world: Mapping[str, Any]) -> tuple[float, float]:
    """A generated world's pictures, as so many of 32 pixels: for pretraining, and the corpus's."""
    tiles = world.get("tiles", 0) * world.get("nouns", 0) / CELL_COUNT
    size = (world["pixels"] / 32) ** 2
    pretraining = (world.get("pretraining_scenes", 0) + tiles) * size
    return float(pretraining), float(sum(world["scenes"].values()) * size)


def _generating(sources: Sources) -> list[tuple[str, int, float, Speed]]:
    """Jobs of a generated world: rule, how many, examples in all, speed."""
    if not sources.is_generated:
        return []
    pretraining, pictures = _drawn(sources.study["corpus"]["world"])
    jobs = [("generate_world", 1, pretraining, SCENES), ("generate_pictures", 1, pictures, SCENES)]
    kinds = (("clip", CAPTIONS), ("bert", MASKED_SENTENCES), ("aligner", ALIGNED_PAIRS))
    for kind, speed in kinds:
        models = [m for m in sources.study["models"].values() if m.get("generate") == kind]
        examples = sum(m["settings"]["steps"] * m["settings"]["batch"] for m in models)
        if models:
            jobs.append((f"generate_{kind}", len(models), examples, speed))
    return jobs


def _epochs(training: Mapping[str, float]) -> float:
    """Epochs until early stopping, as far as is known."""
    patience = training.get("patience")
    return min(training["epochs"], TEACHER_EPOCHS + patience) if patience else training["epochs"]


def _student_epochs(sources: Sources, size: CorpusSize) -> list[float]:
    """Sentences that each student sees in its training, one entry a student."""
    seen = []
    for name in sources.main_students:
        training = sources.study["methods"][name]["training"]
        distinct = training.get("weight", "pairs") == "distinct"
        sentences = size.sentences if distinct else size.pairs["train"]
        students, languages = sources.students_of(name), sources.languages_of(name)
        each = sentences * training["epochs"] * len(languages) / max(1, len(students))
        seen += [float(each)] * len(students)
    return seen


def _disk(sources: Sources, size: CorpusSize) -> list[Figure]:
    return [
        *_gigabytes("below resources/", _fetched(sources, size)),
        *_gigabytes("below results/", _kept(sources, size)),
    ]


def _gigabytes(part: str, items: list[tuple[str, float, str]]) -> list[Figure]:
    figures = [Figure(part, what, count / GIGABYTE, "GB", why) for what, count, why in items]
    total = sum(figure.amount for figure in figures)
    return [*figures, Figure(part, IN_ALL, total, "GB", "the sum")]


def gigabytes(figures: Sequence[Figure], part: str) -> float:
    """The sum of a forecast's disk part: "below resources/" or "below results/"."""
    return next(f.amount for f in figures if f.part == part and f.what == IN_ALL)


def _kept(sources: Sources, size: CorpusSize) -> list[tuple[str, float, str]]:
    """What the study makes: what, bytes, basis."""
    study, seeds = sources.study, len(sources.study["seeds"])
    sizes = {name: parameters(model) for name, model in study["models"].items()}
    teachers = [sizes[teacher["model"]][1] for teacher in sources.main_teachers.values()] * seeds
    students = [sizes[model][1] for model in _saved_students(sources)] * seeds
    embeddings = size.images + len(teachers) * size.sentences
    of_students = sum(
        len(sources.languages_of(name))
        for name in sources.main_methods
        if sources.embeds_sentences(name)
    )
    frozen = {
        (student["model"], lang)
        for name in sources.main_methods
        if (student := study["students"].get(study["methods"][name].get("student"), {}))
        and "hidden" in student
        for lang in sources.languages_of(name)
    }
    read = of_students * seeds + len(frozen)
    saved = "text encoders in fp32, vocabularies untrimmed"
    return [
        (
            "embeddings", EMBEDDING_WIDTH * 4.0 * embeddings,
            f"{EMBEDDING_WIDTH} numbers in fp32 of each picture, and of each sentence a teacher",
        ),
        (
            "students' sentences", EMBEDDING_WIDTH * 4.0 * read * size.sentences,
            f"{read} times the same of each sentence: a method and language, a frozen encoder",
        ),
        (f"{len(teachers)} teachers", float(WEIGHT_BYTES * sum(teachers)), saved),
        (f"{len(students)} students", float(WEIGHT_BYTES * sum(students)), saved),
        (
            "state of one training", float(STATE_COPIES * WEIGHT_BYTES * max(teachers + students)),
            "while it runs: weights, Adam's two moments, the best epoch's weights",
        ),
    ]  # fmt: skip


def _saved_students(sources: Sources) -> list[str]:
    """The model that each student starts from, one entry a student."""
    study = sources.study
    return [
        study["students"][study["methods"][name]["student"]]["model"]
        for name in sources.main_students
        for _ in sources.students_of(name)
    ]


def _fetched(sources: Sources, size: CorpusSize) -> list[tuple[str, float, str]]:
    """What is downloaded or generated: what, bytes, basis. What the user has is not counted."""
    corpus, items = sources.study["corpus"], []
    if sources.is_generated:
        drawn = sum(_drawn(corpus["world"]))
        items.append(("pictures", drawn * PICTURE_32, "measured: 1.7 kB a picture of 32 pixels"))
    elif not corpus["pictures"].get("path"):
        count, basis = size.images * PICTURE_BYTES, "a copy of the Flickr30k archive: 4.4 GB"
        if "size" in corpus["pictures"]:
            count, basis = float(corpus["pictures"]["size"]), "the size that the study gives"
        items.append(("pictures", count, basis))
    pairs = sum(size.pairs.values())
    items.append(("annotations", pairs * ANNOTATION_BYTES, "assumed: 150 bytes a pair"))
    for name, model in sources.study["models"].items():
        if "path" not in model and "package" not in model:
            everything, _, basis = parameters(model)
            items.append((f"model {name}", float(WEIGHT_BYTES * everything), basis))
    return items
