"""How fast the stages run, before a study has measured it itself."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Speed:
    """Examples a second, and what says so."""

    per_second: float
    basis: str


@dataclass(frozen=True)
class Speeds:
    """Of one kind of models and device: pictures embedded, pairs and sentences trained on."""

    unit: str
    pictures: Speed
    teacher: Speed
    student: Speed


_THESIS_STUDENT = 529_527 * 9 / (2.5 * 3600)
"""Sentences a second: nine epochs of SNLI-VE in two and a half hours (thesis, chapter 6)."""

PUBLISHED = Speeds(
    "GPU hours",
    Speed(
        500.0, "assumed: ViT-B/16 on one GPU; four cores prepare as many (180 a second and core)"
    ),
    Speed(
        _THESIS_STUDENT,
        "at most: as fast as a student in the thesis, whose encoder is twice as large",
    ),
    Speed(_THESIS_STUDENT, "at most: the thesis, 2.5 hours a language on one GPU (its own code)"),
)
"""Models of the published sizes. The thesis's code ran the teacher again beside the student and
padded batches to their longest sentence, so that ours should need less."""

POCKET = Speeds(
    "core hours",
    Speed(500.0, "measured: the pocket study, one core"),
    Speed(2800.0, "measured: the pocket study, one core"),
    Speed(1300.0, "measured: the pocket study, one core"),
)
"""Generated models of the pocket study's sizes."""

SCENES = Speed(1600.0, "measured: the pocket study, one core")
CAPTIONS = Speed(1800.0, "measured: the pocket study's CLIP, one core")
MASKED_SENTENCES = Speed(1200.0, "measured: the pocket study's BERT, one core")
ALIGNED_PAIRS = Speed(1200.0, "measured: the pocket study's aligner, one core")
JOB_SECONDS = 4.4
"""A process with torch and transformers takes so long to start; that is most of a prediction."""
