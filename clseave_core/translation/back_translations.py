"""What comes back into English of translations, which translate-test gives to the English model."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from clseave_core.files import read_table
from clseave_core.translation.file import read_translations
from clseave_core.translation.schemas import BACK_TRANSLATIONS


def read_back_translations(path: str | Path, english: Sequence[str]) -> list[str]:
    """A back-translation for each `english` sentence, in their order.

    `path` is a table that the generator of noise wrote, or a file of the user's own as the provider
    `file` reads it: source is the English sentence, translation what came back. Raises ValueError
    naming the first sentence that has none.
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
    known = read_translations(path)
    missing = [sentence for sentence in english if sentence not in known]
    if missing:
        raise ValueError(
            f"{path} has no back-translation of {len(missing)} hypotheses, first {missing[0]!r}. "
            "Add them; every sentence needs one."
        )
    return [known[sentence] for sentence in english]
