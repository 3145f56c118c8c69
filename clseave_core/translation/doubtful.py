"""Answers that may be nobody's translation: how many are borne, and what is said of them."""

from collections.abc import Mapping, Sequence

from clseave_core.translation.cache import letters_only
from clseave_core.translation.translator import Answer, Failure

SEVERAL = 3
"""Sentences with one and the same doubtful answer, which is then certainly no translation."""
_SHOWN = 5


class TooManyDoubtfulError(RuntimeError):
    """More answers than the study allows may be nobody's translation; all others are kept."""


def answers_of_nobody(doubtful: Mapping[str, Answer]) -> list[Failure]:
    """The doubtful answers, by sentence, that several sentences were given alike."""
    alike: dict[str, list[Answer]] = {}
    for answer in doubtful.values():
        alike.setdefault(letters_only(answer.translation), []).append(answer)
    return [
        Failure(
            answer.source,
            f"the service gives {len(answers)} sentences the same answer: {answer.translation!r}",
        )
        for answers in alike.values()
        if len(answers) >= SEVERAL
        for answer in answers
    ]


def too_many_doubtful(
    lang: str, doubtful: Sequence[tuple[int, Answer]], rows: int, max_doubtful: float, kept: str
) -> str:
    """Say that more than `max_doubtful` of `rows` sentences have a doubtful answer.

    `doubtful` are ids and answers, `kept` says where all others are.
    """
    return (
        f"{len(doubtful)} of {rows} answers into {lang} may be nobody's translation, more than "
        f"translation.max_doubtful = {max_doubtful:g} allows: {said_of(doubtful)} {kept} Run the "
        "same command later: it asks again for these alone. If they are right, raise "
        "translation.max_doubtful."
    )


def said_of(doubtful: Sequence[tuple[int, Answer]]) -> str:
    """The first doubtful answers with their reasons, and the ids of all."""
    shown = "; ".join(
        f"{number} {answer.translation!r} for {answer.source!r} ({answer.doubt})"
        for number, answer in doubtful[:_SHOWN]
    )
    more = "; ..." if len(doubtful) > _SHOWN else ""
    return f"{shown}{more}. Their hypothesis_id: {', '.join(str(n) for n, _ in doubtful)}."
