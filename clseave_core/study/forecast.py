"""What a study will take: sentences, requests, hours, gigabytes, and what each figure rests on.

Arithmetic only: counts come from `corpus_size`, speeds from `speeds` until the study's own jobs
have been timed, bytes from `disk`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, isfinite, nan
from statistics import fmean

from clseave_core.study.corpus_size import CorpusSize, drawn_pictures
from clseave_core.study.disk import fetched, kept
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
    requests = languages * (ceil(size.sentences / packed) if isfinite(size.sentences) else nan)
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
    return [*figures, _sum("computing", figures, speeds.unit)]


def _timed(
    rule: str, count: int, work: float, speed: Speed, measured: Seconds
) -> tuple[str, int, float, str]:
    times = measured.get(rule, [])
    if times:
        basis = f"measured: {len(times)} of this study's own jobs"
        return rule, count, count * fmean(times) / HOUR, basis
    return rule, count, work / speed.per_second / HOUR, speed.basis


def _generating(sources: Sources) -> list[tuple[str, int, float, Speed]]:
    """Jobs of a generated world: rule, how many, examples in all, speed."""
    if not sources.is_generated:
        return []
    pretraining, pictures = drawn_pictures(sources.study["corpus"]["world"])
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
        *_gigabytes("below resources/", fetched(sources, size)),
        *_gigabytes("below results/", kept(sources, size)),
    ]


def _gigabytes(part: str, items: list[tuple[str, float, str]]) -> list[Figure]:
    figures = [Figure(part, what, count / GIGABYTE, "GB", why) for what, count, why in items]
    return [*figures, _sum(part, figures, "GB")]


def _sum(part: str, figures: Sequence[Figure], unit: str) -> Figure:
    known = [figure.amount for figure in figures if isfinite(figure.amount)]
    basis = "the sum" if len(known) == len(figures) else "the sum of what is known"
    return Figure(part, IN_ALL, sum(known), unit, basis)


def gigabytes(figures: Sequence[Figure], part: str) -> float:
    """What is known of a forecast's disk part: "below resources/" or "below results/"."""
    return next(f.amount for f in figures if f.part == part and f.what == IN_ALL)
