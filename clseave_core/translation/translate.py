"""Translate one shard of the hypotheses, keeping every answer as soon as it is there."""

import logging
from collections.abc import Mapping

import pandas as pd

from clseave_core.progress import Progress
from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.settings import TranslationSettings
from clseave_core.translation.translator import Answer, Failure, ServiceGoneError, Translator

logger = logging.getLogger(__name__)

_SHOWN = 5


class SentencesMissingError(RuntimeError):
    """Some sentences have no translation in the end; all others are kept."""


class TooManyUnchangedError(RuntimeError):
    """More translations equal their source than the study allows."""


def translate_shard(
    hypotheses: pd.DataFrame,
    lang: str,
    translator: Translator,
    cache: TranslationCache,
    settings: TranslationSettings,
    *,
    shard: int = 0,
    shards: int = 1,
    source: str = "en",
) -> pd.DataFrame:
    """Translate the `shard`-th (from 0) of `shards` contiguous parts of `hypotheses`.

    `hypotheses` has the columns hypothesis_id and text; the result has those of TRANSLATIONS, in
    the same order. A translator that needs the cache is only asked for sentences that the cache
    does not know. Raises SentencesMissingError with the ids and reasons of what could not be
    translated, ServiceGoneError when the service answers no more, TooManyUnchangedError as soon as
    the shard alone has more unchanged sentences than the whole language may. Running again asks
    only for what is missing.
    """
    if not 0 <= shard < shards:
        raise ValueError(f"shard {shard} is not one of 0 to {shards - 1}.")
    rows = len(hypotheses)
    part = hypotheses.iloc[rows * shard // shards : rows * (shard + 1) // shards]
    ids = dict(zip(part["text"], part["hypothesis_id"].tolist(), strict=True))
    for text, number in ids.items():
        if not text.strip():
            raise ValueError(f"hypothesis {number} is empty. Remove it from the corpus.")
    if translator.needs_cache:
        shelf = _Shelf(cache, translator.provider, source, lang)
        answers = _ask_for_missing(ids, shelf, translator, settings.max_unchanged, rows)
        # Another process may have been first with one of them: all keep the first.
        answers |= shelf.get(list(ids))
    else:
        batches = translator.translate(list(ids))
        answers = {a.source: a for batch in batches for a in batch if isinstance(a, Answer)}
    found = [answers[text] for text in part["text"]]
    return pd.DataFrame(
        {
            "hypothesis_id": part["hypothesis_id"].to_numpy(),
            "text": [answer.translation for answer in found],
            "provider": [translator.provider] * len(found),
            "unchanged": [answer.unchanged for answer in found],
        }
    )


class _Shelf:
    """The part of the cache that holds one provider's answers for one pair of languages."""

    def __init__(self, cache: TranslationCache, provider: str, source: str, lang: str) -> None:
        self.cache = cache
        self.key = (provider, source, lang)
        self.lang = lang

    def get(self, texts: list[str]) -> dict[str, Answer]:
        return self.cache.get(*self.key, texts)

    def put(self, answers: list[Answer]) -> None:
        self.cache.put(*self.key, answers)


def _ask_for_missing(
    ids: Mapping[str, int],
    shelf: _Shelf,
    translator: Translator,
    max_unchanged: float,
    rows: int,
) -> dict[str, Answer]:
    """Ask for the sentences (keys of `ids`) that the shelf does not have and put them there."""
    known = shelf.get(list(ids))
    unchanged = [text for text, answer in known.items() if answer.unchanged]
    missing = [text for text in ids if text not in known]
    logger.info("%s: %d of %d sentences are known", shelf.lang, len(known), len(ids))
    failures: list[Failure] = []
    with Progress(f"translate into {shelf.lang}", len(missing), "sentences") as bar:
        try:
            for batch in translator.translate(missing):
                answers = [answer for answer in batch if isinstance(answer, Answer)]
                shelf.put(answers)
                known |= {answer.source: answer for answer in answers}
                failures += [answer for answer in batch if isinstance(answer, Failure)]
                unchanged += [answer.source for answer in answers if answer.unchanged]
                if len(unchanged) > max_unchanged * rows:
                    shelf.cache.forget_unchanged(*shelf.key)
                    raise TooManyUnchangedError(
                        unchanged_message(shelf.lang, unchanged, rows, max_unchanged)
                    )
                bar.advance(len(batch))
        except ServiceGoneError as error:
            raise ServiceGoneError(
                f"{error}. {bar.done - len(failures)} of the {len(missing)} sentences asked for in "
                f"this run were translated into {shelf.lang} and are kept in {shelf.cache.path}. "
                "Run the same command later: it goes on with the others."
            ) from error
    if failures:
        raise SentencesMissingError(_missing_message(failures, ids, shelf))
    return known


def _missing_message(failures: list[Failure], ids: Mapping[str, int], shelf: _Shelf) -> str:
    failures = sorted(failures, key=lambda failure: ids[failure.source])
    for failure in failures:
        logger.error(
            "no translation of %d %r: %s", ids[failure.source], failure.source, failure.reason
        )
    shown = "; ".join(
        f"{ids[failure.source]} {failure.source!r} ({failure.reason})"
        for failure in failures[:_SHOWN]
    )
    numbers = ", ".join(str(ids[failure.source]) for failure in failures)
    return (
        f"{len(failures)} of {len(ids)} sentences have no translation into {shelf.lang}: {shown}"
        f"{'; ...' if len(failures) > _SHOWN else ''}. Their hypothesis_id: {numbers}. All others "
        f"are kept in {shelf.cache.path}. Run the same command again: it asks only for these."
    )


def unchanged_message(lang: str, unchanged: list[str], rows: int, max_unchanged: float) -> str:
    """What to say when more than `max_unchanged` of `rows` sentences came back as they went."""
    shown = ", ".join(repr(text) for text in unchanged[:_SHOWN])
    return (
        f"{len(unchanged)} of {rows} translations into {lang} equal the English sentence, more "
        f"than translation.max_unchanged = {max_unchanged:g} allows: {shown}"
        f"{', ...' if len(unchanged) > _SHOWN else ''}. They are asked for again next time. If "
        "they really are the same in both languages, raise translation.max_unchanged."
    )
