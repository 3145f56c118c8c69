"""What a natural study asks about nouns: which two methods, on which sentences.

Read from the study's entries alone, so that no method is known by its name. The questions: what
translated wording buys (sentences without a noun, beside none), what translated words buy beyond,
what a pretrained encoder buys over one from scratch, and how near to the teacher, and how far above
one that knows no noun, a method comes that was given no translation of the noun.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from clseave_core.evaluation.references import english_reference, plain_teachers

WORDING, WORDS, MORE_WORDS = "wording", "words", "more_words"
TEXT_ENCODER, IMAGE_TOWER = "text_encoder", "image_tower"
TO_THE_TEACHER, BEYOND_THE_BLIND, NEAREST = "to_the_teacher", "beyond_the_blind", "nearest"
ENGLISH = "en"
UNLABELLED = ("translate_train_unlabelled", "zero_shot")
"""Settings of students that see no label in their language."""
SEEN, HELD_OUT_SENTENCES, HELD_OUT_NOUNS, WITH_A_NOUN = GROUPS = (
    "seen", "held_out_sentences", "held_out_nouns", "with_a_noun",
)  # fmt: skip
"""The last is every sentence that names a noun: all of them new to who learnt templates only."""


@dataclass(frozen=True)
class NounQuestion:
    """From one method to another, on groups of sentences; `each` language, or their mean alone."""

    name: str
    from_method: str
    to_method: str
    groups: tuple[str, ...]
    each: bool = True


def noun_questions(study: Mapping[str, Any], measured: Collection[str]) -> list[NounQuestion]:
    """All questions of `study` about the methods that were `measured`.

    `study` has methods, teachers, students and models; a role that no method has asks nothing, and
    of several methods with a role the first has it.
    """
    methods = {name: study["methods"][name] for name in study["methods"] if name in measured}
    heads = {name: entry for name, entry in methods.items() if _is_head(entry, study)}
    unlabelled = {n: e for n, e in heads.items() if e["setting"] == UNLABELLED[0]}
    zero_shot = _first(n for n, e in heads.items() if e["setting"] == UNLABELLED[1])
    with_english = {n: e for n, e in unlabelled.items() if e.get("with_english")}
    every_word = _first(n for n, e in with_english.items() if "nouns" not in e)
    # From no translated noun to all of them
    curve = sorted((e["nouns"], n) for n, e in with_english.items() if "nouns" in e)
    steps = [name for _, name in curve] + ([every_word] if every_word else [])
    templates = curve[0][1] if curve and curve[0][0] == 0 else None
    plain = _first(
        n for n, e in unlabelled.items() if not e.get("with_english") and "nouns" not in e
    )
    scratch = _from_scratch(methods, study)

    found = []
    if zero_shot and templates:
        found.append(NounQuestion(WORDING, zero_shot, templates, (WITH_A_NOUN,)))
    if templates and every_word:
        groups = (WITH_A_NOUN, HELD_OUT_NOUNS)
        found.append(NounQuestion(WORDS, templates, every_word, groups))
        if len(steps) > 2:
            found += [
                NounQuestion(MORE_WORDS, *pair, groups, each=False) for pair in pairwise(steps)
            ]
    if scratch and plain:
        found.append(NounQuestion(TEXT_ENCODER, scratch, plain, GROUPS[:3]))
    towers = _english_models(methods, study)
    if scratch and (teacher := english_reference(scratch, methods, study["teachers"])):
        found += [
            NounQuestion(IMAGE_TOWER, small, teacher, GROUPS[:3])
            for small in towers
            if _has_patches(small, study) and not _has_patches(teacher, study)
        ]
        found += _of_held_out_nouns(teacher, methods, study)
    return found


def nearest_questions(best: str, questions: Sequence[NounQuestion]) -> list[NounQuestion]:
    """The method that came nearest to the teacher, beside each other one that was asked about."""
    return [
        NounQuestion(NEAREST, best, one.to_method, one.groups, each=False)
        for one in questions
        if one.name == TO_THE_TEACHER and one.to_method != best
    ]


def _of_held_out_nouns(
    teacher: str, methods: Mapping[str, Any], study: Mapping[str, Any]
) -> list[NounQuestion]:
    """Methods without labels beside their English teacher, and beside one that knows no noun."""
    entries = study["teachers"]
    blind = [
        name
        for name, entry in methods.items()
        if entries[entry["teacher"]].get("hypothesis") == "nameless" and not entry.get("student")
    ]
    near = [
        name
        for name, entry in methods.items()
        if entry.get("student")
        and entry["setting"] in UNLABELLED
        and entry["teacher"] == methods[teacher]["teacher"]
        and entry.get("premise", "image") == "image"
        and "languages" not in entry
    ]
    references = [(TO_THE_TEACHER, teacher), *((BEYOND_THE_BLIND, name) for name in blind[:1])]
    return [
        NounQuestion(question, reference, name, (HELD_OUT_NOUNS,), each=False)
        for question, reference in references
        for name in near
    ]


def _is_head(entry: Mapping[str, Any], study: Mapping[str, Any]) -> bool:
    """Whether a method is a head over a frozen sentence encoder alone, in all languages."""
    return "hidden" in study["students"].get(entry.get("student"), {}) and not (
        entry.keys() & {"retrieval", "languages"}
    )


def _from_scratch(methods: Mapping[str, Any], study: Mapping[str, Any]) -> str | None:
    """The student of whole sentences in all languages whose encoder is trained."""
    return _first(
        name
        for name, entry in methods.items()
        if entry["setting"] == UNLABELLED[0]
        and entry.get("objective") == "sentence_mse"
        and "hidden" not in study["students"][entry["student"]]
        and "languages" not in entry
        and "trained_as" not in entry
    )


def _english_models(methods: Mapping[str, Any], study: Mapping[str, Any]) -> list[str]:
    """The English methods of teachers that are no controls."""
    plain = plain_teachers(study["teachers"])
    return [
        name
        for name, entry in methods.items()
        if entry["setting"] == "english"
        and not entry.get("student")
        and entry["teacher"] in plain
        and entry.get("premise", "image") == "image"
    ]


def _has_patches(method: str, study: Mapping[str, Any]) -> bool:
    """Whether a method's image tower is a vision transformer that the generator trains."""
    teacher = study["teachers"][study["methods"][method]["teacher"]]
    return "patch" in study["models"][teacher["model"]].get("settings", {})


def _first(names: Iterable[str]) -> str | None:
    return next(iter(names), None)
