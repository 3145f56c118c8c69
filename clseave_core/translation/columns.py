"""Which column of a file holds the sentences, and which their translations, by their names."""

import re
from collections.abc import Sequence
from pathlib import Path

from clseave_core.languages import LANGUAGES

SOURCE, TRANSLATION = "source", "translation"
_ROLES = {
    SOURCE: {"source", "src", "original", "orig", "input"},
    TRANSLATION: {
        "translation", "translated", "target", "tgt", "trg", "output", "reference", "ref", "back",
        "backtranslation", "mt",
    },
}  # fmt: skip
_PLAIN = {"sentence", "sentences", "sentence2", "hypothesis", "text", "caption", "segment", "in"}
"""They say nothing of the language. Alone, one of them is the source beside a translation."""
_MAKERS = {"machine", "human", "google", "deepl"}


class _Names:
    """The columns of a header by what they are: [role][rank], the surest rank first."""

    def __init__(self, names: Sequence[str], source: str, target: str | None) -> None:
        codes = {SOURCE: _codes(source), TRANSLATION: _codes(target) if target else set()}
        self.found: dict[str, list[list[str]]] = {role: [[], [], []] for role in _ROLES}
        for name in names:
            words = re.split(r"[\W_]+", name.casefold().strip())
            rest = [word for word in words if word not in _PLAIN | _MAKERS and word]
            if not rest:
                if set(words) & (_PLAIN - {"in"}):
                    self.found[SOURCE][2].append(name)
                continue
            for role, own in codes.items():
                other = codes[TRANSLATION if role == SOURCE else SOURCE]
                if set(rest) <= _ROLES[role] | own:
                    self.found[role][0 if set(rest) & _ROLES[role] else 1].append(name)
                elif rest[0] in own and all(_is_region(word, other) for word in rest[1:]):
                    self.found[role][1].append(name)

    def best(self, role: str, path: Path, ranks: int) -> str | None:
        """The one column of a role, in one of the first `ranks`.

        Raises ValueError where several could be it.
        """
        for names in self.found[role][:ranks]:
            if len(names) > 1:
                raise ValueError(
                    f"{path} line 1: {' and '.join(map(repr, names))} may both be the column of "
                    f"the {role}. Rename that one {role!r}."
                )
            if names:
                return names[0]
        return None


def _codes(lang: str) -> set[str]:
    """How a header calls a language: its ISO code, Google's and its English name."""
    known = LANGUAGES.get(lang)
    return {lang, *({known.google.casefold(), known.name.casefold()} if known else set())} - {""}


def _is_region(word: str, other: set[str]) -> bool:
    """Whether a word behind a code is a region or a script: en_US, zh-Hans."""
    return word.isalnum() and 2 <= len(word) <= 4 and word not in other


def find_columns(
    names: Sequence[str], path: Path, source: str = "en", target: str | None = None
) -> tuple[str, str] | None:
    """The columns of the source and of the translation; None where `names` are no such header.

    Known are source, src, original, translation, target, tgt and the like; the codes and English
    names of the languages `source` and `target` (ISO codes), with a region or without; sentence,
    text and the like beside a translation. Where there are two columns, one name is enough. Raises
    ValueError naming the file where several columns may be meant, or one is another language's.
    """
    known = _Names(names, source, target)
    other = known.best(TRANSLATION, path, 2)
    one = known.best(SOURCE, path, 3 if other else 2)
    if one and other:
        return one, other
    found = one or other
    if len(names) != 2 or found is None:
        return None
    rest = names[1 - list(names).index(found)]
    if rest.casefold() in set().union(*map(_codes, LANGUAGES)) and (one is None or target):
        wanted = source if one is None else target
        raise ValueError(
            f"{path} line 1: the columns are {names[0]!r} and {names[1]!r}, but the language "
            f"{wanted} is wanted. Give the file of {wanted}, or rename the column."
        )
    return (found, rest) if one else (rest, found)
