"""The table of the aligner's quality in a generated world, language by language."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from clseave_core.alignment.quality import AlignmentCounts, gold_pairs
from clseave_core.alignment.settings import AlignmentSettings
from clseave_core.alignment.token_pairs import read_links
from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import read_table
from clseave_core.translation.schemas import TRANSLATIONS
from clseave_core.words import cut_words

COLUMNS = (
    "language", "sentences", "n_sentences", "links", "sure", "possible", "precision", "recall",
    "aer",
)  # fmt: skip
Files = tuple[str | Path, str | Path, str | Path]


def quality_table(
    hypotheses: str | Path, languages: Mapping[str, Files], settings: AlignmentSettings
) -> pd.DataFrame:
    """A row for all sentences and one for the held-out ones of each language, as text.

    `languages` gives the files of translations, alignments and gold alignments. Measures have four
    decimals and are empty where nothing was to be found.
    """
    english = read_table(hypotheses, HYPOTHESES, ["text", "held_out"])
    rows = []
    for language, (translations, aligned, gold) in languages.items():
        translated = read_table(translations, TRANSLATIONS, ["text"])["text"]
        counts = {"all": AlignmentCounts(), "held_out": AlignmentCounts()}
        for text, held_out, translation, links, truth in zip(
            english["text"], english["held_out"], translated, read_links(aligned),
            read_links(gold), strict=True,
        ):  # fmt: skip
            words = [
                cut_words(said, code, settings.cut(code))
                for said, code in ((text, "en"), (translation, language))
            ]
            known = gold_pairs([tuple(link) for link in truth.tolist()], *words)
            for name in ("all", *(["held_out"] if held_out != "none" else [])):
                counts[name].add([tuple(link) for link in links.tolist()], *known)
        rows += [_row(language, name, count) for name, count in counts.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(language: str, sentences: str, counts: AlignmentCounts) -> dict[str, str]:
    measures = (counts.precision, counts.recall, counts.aer)
    texts = ("" if value is None else format(value, ".4f") for value in measures)
    numbers = (counts.sentences, counts.links, counts.sure, counts.possible)
    return dict(zip(COLUMNS, (language, sentences, *map(str, numbers), *texts), strict=True))
