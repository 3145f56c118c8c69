"""What can be said of translations without reading them, and which of them a person should read.

A row a language: how much is unchanged, in another script, of an odd length, no longer distinct, or
far from its source in meaning. chrF compares with human references, or English with what comes back
of a translation, where the study has either. No number here is one of quality by itself, and none
compares languages (docs/translation.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from clseave_core.progress import progress
from clseave_core.translation.encoder import Encoder
from clseave_core.translation.plausibility import EXCHANGE_MARGIN, Plausibility, exchange_gains
from clseave_core.translation.translator import letters_of
from clseave_core.words import cut_words

Floats = npt.NDArray[np.float64]
QUALITY_COLUMNS = (
    "language", "noise", "hypotheses", "unchanged_share", "wrong_script_share",
    "foreign_letters_share", "merged_share", "characters_p01", "characters_median",
    "characters_p99", "words_p01", "words_median", "words_p99", "similarity_mean",
    "similarity_p01", "references", "chrf_references", "back_translations",
    "chrf_back_translations", "suspicious",
)  # fmt: skip
SUSPICIOUS_COLUMNS = (
    "language", "noise", "hypothesis_id", "reason", "similarity", "source", "translation",
)  # fmt: skip
PACK = 100
"""Consecutive sentences among which exchanged ones are looked for, as many as one request has."""
LISTED = 100
"""Suspicious translations that are listed for one language."""


@dataclass(frozen=True)
class Translations:
    """The translations of one language: `texts`, one for each English sentence, in their order.

    `noise` is the rate of errors that were put in, as text, empty for none. `references` and
    `back_translations` are by English sentence and need not have all.
    """

    language: str
    texts: Sequence[str]
    unchanged: Sequence[bool]
    noise: str = ""
    references: Mapping[str, str] = field(default_factory=dict)
    back_translations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Meaning:
    """Cosines of sentences and translations [n], and with which row each looks exchanged, or -1."""

    similarity: Floats
    exchanged_with: npt.NDArray[np.int64]


def quality_tables(
    ids: Sequence[int],
    english: Sequence[str],
    translated: Sequence[Translations],
    encoder: Encoder,
    min_similarity: float | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables `quality.csv` and `suspicious.csv`, as text.

    `ids` and `english` [n] are the hypotheses. Shares are fractions, lengths relative to the
    English; what cannot be measured is empty. Suspicious rows stand worst first: by the first of
    their reasons in the order of `_reasons`, then by similarity; at most LISTED a language.
    """
    meanings = _meanings(english, translated, encoder)
    rows, listed = [], []
    for one, meaning in zip(translated, meanings, strict=True):
        merged = _merged_with(english, one.texts)
        reasons = _reasons(ids, english, one, meaning, merged, min_similarity)
        found = [row for row, reason in enumerate(reasons) if reason]
        rows.append(_quality_row(english, one, meaning, merged) | {"suspicious": str(len(found))})
        # An unknown similarity is no low one.
        own = np.nan_to_num(meaning.similarity, nan=np.inf)
        keys = [(reasons[row][0][0], float(own[row]), row) for row in found]
        listed += [
            {
                "language": one.language,
                "noise": one.noise,
                "hypothesis_id": str(ids[row]),
                "reason": "; ".join(reason for _, reason in reasons[row]),
                "similarity": _number(meaning.similarity[row]),
                "source": english[row],
                "translation": one.texts[row],
            }
            for _, _, row in sorted(keys)[:LISTED]
        ]
    return (
        pd.DataFrame(rows, columns=list(QUALITY_COLUMNS)),
        pd.DataFrame(listed, columns=list(SUSPICIOUS_COLUMNS)),
    )


def chrf(lines: Sequence[str], references: Sequence[str]) -> float:
    """chrF2 of a corpus (Popović 2015): 0 to 100, by sacrebleu's defaults."""
    from sacrebleu import corpus_chrf

    return float(corpus_chrf(list(lines), [list(references)]).score)


def _quality_row(
    english: Sequence[str], one: Translations, meaning: Meaning, merged: npt.NDArray[np.int64]
) -> dict[str, str]:
    judge = Plausibility("en", one.language, None, None)
    inside = np.array([judge.script_share(text) for text in one.texts])
    characters = _lengths(list(map(len, english)), list(map(len, one.texts)))
    words = _lengths(
        [_word_count(text, "en") for text in english],
        [_word_count(text, one.language) for text in one.texts],
    )
    known = meaning.similarity[~np.isnan(meaning.similarity)]
    return {
        "language": one.language,
        "noise": one.noise,
        "hypotheses": str(len(english)),
        "unchanged_share": _number(np.mean(one.unchanged)),
        "wrong_script_share": _number(np.mean([not judge.is_in_script(t) for t in one.texts])),
        "foreign_letters_share": _number(1 - inside.mean()),
        "merged_share": _number(np.mean(merged >= 0)),
        **{f"characters_{name}": value for name, value in characters.items()},
        **{f"words_{name}": value for name, value in words.items()},
        "similarity_mean": _number(known.mean()) if len(known) else "",
        "similarity_p01": _number(np.percentile(known, 1)) if len(known) else "",
        **_chrf_columns("references", english, one.references, one.texts),
        **_chrf_columns("back_translations", english, one.back_translations, None),
    }


def _chrf_columns(
    name: str, english: Sequence[str], others: Mapping[str, str], texts: Sequence[str] | None
) -> dict[str, str]:
    """How many sentences `others` has, and the chrF of `texts` against them.

    Without `texts`, `others` are English themselves and held against the English.
    """
    rows = [row for row, sentence in enumerate(english) if sentence in others]
    if not rows:
        return {name: "0", f"chrf_{name}": ""}
    theirs = [others[english[row]] for row in rows]
    ours = [english[row] if texts is None else texts[row] for row in rows]
    score = chrf(theirs, ours) if texts is None else chrf(ours, theirs)
    return {name: str(len(rows)), f"chrf_{name}": format(score, ".2f")}


def _reasons(
    ids: Sequence[int],
    english: Sequence[str],
    one: Translations,
    meaning: Meaning,
    merged: npt.NDArray[np.int64],
    min_similarity: float | None,
) -> list[list[tuple[int, str]]]:
    """For each row why it looks broken: kinds of reason, from the worst (0), and what to say."""
    judge = Plausibility("en", one.language, None, None)
    found: list[list[tuple[int, str]]] = []
    for row, (source, text) in enumerate(zip(english, one.texts, strict=True)):
        other, twin = int(meaning.exchanged_with[row]), int(merged[row])
        low = min_similarity is not None and meaning.similarity[row] < min_similarity
        length = judge.odd_length(source, text)
        checks = (
            None if judge.is_in_script(text) else f"not in {'/'.join(judge.scripts)}",
            "equals the English" if one.unchanged[row] else None,
            f"looks exchanged with {ids[other]}" if other >= 0 else None,
            f"similarity below {min_similarity:g}" if low else None,
            length,
            f"says the same as {ids[twin]}" if twin >= 0 else None,
        )
        found.append([(kind, said) for kind, said in enumerate(checks) if said])
    return found


def _merged_with(english: Sequence[str], texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """For each row the first other one of another English sentence with its translation, or -1.

    Case and punctuation tell neither sentences nor translations apart.
    """
    meant = [letters_of(sentence) for sentence in english]
    by_text: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        by_text.setdefault(letters_of(text), []).append(row)
    merged = np.full(len(english), -1, dtype=np.int64)
    for rows in by_text.values():
        firsts = {meant[row]: row for row in reversed(rows)}
        if len(firsts) > 1:
            for row in rows:
                merged[row] = min(first for key, first in firsts.items() if key != meant[row])
    return merged


def _meanings(
    english: Sequence[str], translated: Sequence[Translations], encoder: Encoder
) -> list[Meaning]:
    """Compare sources and translations pack by pack, so that English is encoded once for all."""
    found = [
        Meaning(np.full(len(english), np.nan), np.full(len(english), -1, dtype=np.int64))
        for _ in translated
    ]
    known = [place for place, one in enumerate(translated) if one.language in encoder.languages]
    starts = range(0, len(english) if known else 0, PACK)
    for start in progress(starts, "Comparing meanings", len(starts), "packs"):
        rows = slice(start, start + PACK)
        sources = encoder.encode(english[rows])
        for place in known:
            lines = encoder.encode(translated[place].texts[rows])
            cosines = sources @ lines.T
            gains = exchange_gains(cosines)
            best = gains.argmax(axis=1)
            found[place].similarity[rows] = np.diag(cosines)
            found[place].exchanged_with[rows] = np.where(
                gains.max(axis=1) > EXCHANGE_MARGIN, start + best, -1
            )
    return found


def _lengths(sources: Sequence[int], targets: Sequence[int]) -> dict[str, str]:
    """Percentiles of the targets' lengths, each relative to its source's."""
    ratios = np.array(targets) / np.maximum(sources, 1)
    names = ("p01", "median", "p99")
    values = np.percentile(ratios, (1, 50, 99))
    return {name: format(value, ".2f") for name, value in zip(names, values, strict=True)}


def _word_count(text: str, iso: str) -> int:
    """Words by Unicode's rules and ICU's dictionaries; punctuation marks are none."""
    spans = cut_words(text, iso, "dictionary")
    return sum(any(letter.isalnum() for letter in text[start:end]) for start, end in spans)


def _number(value: float | np.floating[Any]) -> str:
    return "" if np.isnan(value) else format(value, "z.4f")
