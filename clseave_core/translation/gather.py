"""Put a language's shards together, checked against the English sentences."""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import read_table
from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.doubtful import TooManyDoubtfulError, said_of, too_many_doubtful
from clseave_core.translation.schemas import SHARD_TRANSLATIONS
from clseave_core.translation.settings import TranslationSettings
from clseave_core.translation.translate import TooManyUnchangedError, unchanged_message
from clseave_core.translation.translator import Answer

logger = logging.getLogger(__name__)


def gather_shards(
    shards: Sequence[str | Path],
    hypotheses: str | Path,
    lang: str,
    settings: TranslationSettings,
    cache: TranslationCache | None = None,
    *,
    source: str = "en",
) -> pd.DataFrame:
    """The rows of SHARD_TRANSLATIONS for every row of the file `hypotheses`, in its order.

    `shards` are the files of all shards in their order. Raises ValueError naming the shard and row
    where ids or order differ from the English, a count differs, a text is empty or another
    provider's. Raises TooManyUnchangedError when more than the settings' share equals the English;
    then the cache, if given, forgets those answers, so that shards made anew ask for them again.
    Raises TooManyDoubtfulError when more than the settings' share may be nobody's translation.
    """
    english = read_table(hypotheses, HYPOTHESES, ["hypothesis_id", "text"])
    expected = english["hypothesis_id"].to_numpy()
    parts, start = [], 0
    for path in shards:
        part = read_table(path, SHARD_TRANSLATIONS)
        _check(part, expected[start : start + len(part)], path, settings.provider)
        parts.append(part)
        start += len(part)
    if start != len(english):
        raise ValueError(
            f"the {len(shards)} shards of {lang} have {start} rows, {hypotheses} has "
            f"{len(english)}. Delete the shards to have them made again."
        )
    rows = pd.concat(parts, ignore_index=True)
    unchanged = english["text"][rows["unchanged"].to_numpy()].tolist()
    logger.info("%s: %d of %d translations equal the English", lang, len(unchanged), len(rows))
    again = f"The shards to delete for that: {', '.join(str(path) for path in shards)}."
    if len(unchanged) > settings.max_unchanged * len(rows):
        if cache is not None:
            cache.forget_unchanged(settings.provider, source, lang)
        raise TooManyUnchangedError(
            unchanged_message(lang, unchanged, len(rows), settings.max_unchanged) + f" {again}"
        )
    if cache is not None:
        _doubt_withdrawn(rows, english["text"].tolist(), cache, (settings.provider, source, lang))
    _check_doubtful(rows, english["text"].tolist(), lang, settings.max_doubtful, again)
    return rows


def doubtful_table(rows: pd.DataFrame, english: Sequence[str]) -> pd.DataFrame:
    """The doubtful among rows of SHARD_TRANSLATIONS, with their sources, as text."""
    found = rows.assign(source=list(english)).rename(columns={"text": "translation"})
    columns = ["hypothesis_id", "doubt", "source", "translation"]
    return found.loc[found["doubt"] != "", columns].astype(str)


def _doubt_withdrawn(
    rows: pd.DataFrame, english: Sequence[str], cache: TranslationCache, key: tuple[str, str, str]
) -> None:
    """Mark answers that the cache has forgotten since: others were given the same."""
    known = cache.get(*key, english)
    if not known:  # a provider without a cache, or the cache was moved away
        return
    gone = [
        not doubt and text not in known for text, doubt in zip(english, rows["doubt"], strict=True)
    ]
    rows.loc[gone, "doubt"] = "also the answer to another sentence"


def _check_doubtful(
    rows: pd.DataFrame, english: Sequence[str], lang: str, max_doubtful: float, again: str
) -> None:
    doubtful = [
        (number, Answer(source, text, doubt=doubt))
        for number, source, text, doubt in zip(
            rows["hypothesis_id"].tolist(), english, rows["text"], rows["doubt"], strict=True
        )
        if doubt
    ]
    if len(doubtful) > max_doubtful * len(rows):
        raise TooManyDoubtfulError(
            too_many_doubtful(lang, doubtful, len(rows), max_doubtful, again)
        )
    if doubtful:
        logger.warning("%s: %d doubtful answers: %s", lang, len(doubtful), said_of(doubtful))


def _check(
    part: pd.DataFrame, expected: npt.NDArray[np.int32], path: str | Path, provider: str
) -> None:
    """Hold one shard against the ids that stand in its place in the English."""
    ids = part["hypothesis_id"].to_numpy()
    again = f"Delete {path} to have it made again."
    if len(expected) < len(ids):
        raise ValueError(f"{path} row {len(expected)}: there are no more hypotheses. {again}")
    for row, (found, wanted) in enumerate(zip(ids.tolist(), expected.tolist(), strict=True)):
        if found != wanted:
            raise ValueError(f"{path} row {row}: hypothesis_id {found}, expected {wanted}. {again}")
    for row, (text, name) in enumerate(zip(part["text"], part["provider"], strict=True)):
        if not text or not text.strip():
            raise ValueError(f"{path} row {row}: the translation is {text!r}. {again}")
        if name != provider:
            raise ValueError(
                f"{path} row {row}: the provider is {name!r}, the study's is {provider!r}. {again}"
            )
