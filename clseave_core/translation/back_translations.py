"""What comes back into English of translations, which translate-test gives to the English model."""

import logging
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from clseave_core.files import read_table
from clseave_core.translation.file import (
    as_found,
    missing_message,
    missing_translations,
    read_translations,
)
from clseave_core.translation.schemas import BACK_TRANSLATIONS

logger = logging.getLogger(__name__)


def read_back_translations(path: str | Path, english: Sequence[str]) -> list[str]:
    """A back-translation for each `english` sentence, in their order.

    `path` is a table that the generator of noise wrote, or a file of the user's own as the provider
    `file` reads it: source is the English sentence, translation what came back. Raises ValueError
    naming sentences that have none; of two translations the first is taken.
    """
    path = Path(path)
    if path.suffix == ".parquet" and pq.read_schema(path).equals(BACK_TRANSLATIONS):
        texts: list[str] = read_table(path, BACK_TRANSLATIONS, ["text"])["text"].tolist()
        if len(texts) != len(english):
            raise ValueError(
                f"{path} has {len(texts)} rows for {len(english)} hypotheses. Delete it to have it "
                "made again."
            )
        return texts
    known = read_translations(path, "en")
    missing = missing_translations(known, english)
    if missing:
        raise ValueError(missing_message(path, known, missing, len(english)))
    if known.note:
        logger.warning("%s", known.note)
    return [known[as_found(sentence)] for sentence in english]
