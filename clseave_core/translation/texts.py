"""The sentences of one language: the English ones or their translations."""

from pathlib import Path

import pyarrow.parquet as pq

from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import read_table
from clseave_core.translation.schemas import TRANSLATIONS


def read_texts(path: str | Path) -> list[str]:
    """The column `text` of `corpus/hypotheses.parquet` or of a table of translations.

    Raises ValueError naming the file where it has the columns of neither.
    """
    english = "held_out" in pq.read_schema(path).names
    texts: list[str] = read_table(path, HYPOTHESES if english else TRANSLATIONS, ["text"])[
        "text"
    ].tolist()
    return texts
