"""Linguistic distances from English as URIEL+ computes them today, beside those of Table 1.1.

An option: nothing else in a study waits for it. URIEL+ (Khan et al. 2025) is the maintained
successor of the lang2vec that the thesis used; its data lie in its package. Its distances are
angular where lang2vec's were cosine or precomputed, and its data have grown, so that only some
distances (inventory) are the same numbers. It says nothing where two languages share no feature.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from clseave_core.languages import LANGUAGES
from clseave_core.report.formats import Table
from clseave_core.report.published import Published

ISO_639_3 = {
    "en": "eng", "de": "deu", "nl": "nld", "ja": "jpn", "ko": "kor", "zh": "cmn", "ar": "arb",
    "da": "dan", "el": "ell", "es": "spa", "fi": "fin", "fr": "fra", "he": "heb", "hi": "hin",
    "hu": "hun", "id": "ind", "it": "ita", "no": "nob", "pl": "pol", "pt": "por", "ru": "rus",
    "sv": "swe", "sw": "swh", "th": "tha", "tr": "tur", "uk": "ukr", "ur": "urd", "vi": "vie",
}  # fmt: skip
"""The codes under which URIEL+ knows our languages."""


def uriel() -> Any:
    """The database of URIEL+.

    Raises ModuleNotFoundError with the command to run when it is not installed.
    """
    try:
        from urielplus import urielplus
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "recomputing distances needs the package urielplus: pip install -e '.[distances]'"
        ) from error
    return urielplus.URIELPlus()


def recomputed_distances(languages: Sequence[str], published: Published, database: Any) -> Table:
    """A row for each language and distance: as published, and as `database` (`uriel()`) has it.

    Numbers have four decimals, as URIEL+ rounds them; one that does not exist is empty.
    """
    rows = [
        {
            "language": LANGUAGES[code].name,
            "code": code,
            "distance": name,
            "published": str(known.get(code, "")),
            "recomputed": _distance(database, name, code),
        }
        for code in languages
        for name, known in published["linguistic_distances"]["distances"].items()
    ]
    return Table(
        "linguistic_distances_recomputed",
        "Linguistic distances from English: as the thesis prints them (lang2vec) and as URIEL+ "
        "computes them.",
        pd.DataFrame(rows, columns=["language", "code", "distance", "published", "recomputed"]),
    )


def _distance(database: Any, name: str, code: str) -> str:
    try:
        value = database.new_distance(name, [ISO_639_3["en"], ISO_639_3[code]])
    except ValueError as error:  # the two languages share no feature of this kind
        if "No shared" not in str(error):
            raise
        return ""
    return f"{float(value):.4f}"
