"""The translation stage against the loopback page, with real text, shards and faults on the way."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import read_table, write_table
from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.encoder import UniversalSentenceEncoder
from clseave_core.translation.gather import gather_shards
from clseave_core.translation.packing import count_requests
from clseave_core.translation.provider import make_translator
from clseave_core.translation.schemas import SHARD_TRANSLATIONS
from clseave_core.translation.settings import TranslationSettings
from clseave_core.translation.translate import SentencesMissingError, translate_shard
from clseave_core.translation.translator import ServiceGoneError
from tests.rehearsal.google_page import Fault, GooglePage
from tests.rehearsal.parallel_text import sentence_pairs

LANGUAGES = ("de", "ja", "ko", "zh")
ROWS = 300
SHARDS = 3
SETTINGS = TranslationSettings(
    "google",
    shards=SHARDS,
    requests_per_second=1_000.0,
    timeout_seconds=1.0,
    backoff_seconds=0.01,
    max_wait_seconds=5.0,
    max_sentences=20,
)
ENCODER = UniversalSentenceEncoder()  # reads its weights on first use, once for all tests


class Stage:
    """The rules `translate_shard` and `gather_translations` of one language, in one folder."""

    def __init__(self, folder: Path, lang: str, page: GooglePage) -> None:
        self.folder, self.lang, self.page = folder, lang, page
        self.settings = replace(SETTINGS, google_url=page.url)
        pairs = sentence_pairs(lang)[:ROWS]
        self.english = [source for source, _ in pairs]
        self.expected = [text for _, text in pairs]
        rows = pd.DataFrame(
            {
                "hypothesis_id": range(len(pairs)), "text": self.english, "held_out": "none",
                "template": None, "spans": None,
            }
        )  # fmt: skip
        self.hypotheses = folder / "hypotheses.parquet"
        write_table(self.hypotheses, rows, HYPOTHESES)

    def shard(self, number: int, shards: int = SHARDS) -> Path:
        """Make one shard, as its own process would."""
        rows = read_table(self.hypotheses, HYPOTHESES, ["hypothesis_id", "text"])
        path = self.folder / f"{self.lang}_{number}_of_{shards}.parquet"
        with TranslationCache(self.folder / "cache.sqlite") as cache:
            translator = make_translator(
                self.settings, self.lang, cache, seed=number, encoder=ENCODER
            )
            table = translate_shard(
                rows, self.lang, translator, cache, self.settings, shard=number, shards=shards
            )
        write_table(path, table, SHARD_TRANSLATIONS)
        return path

    def run(self, shards: int = SHARDS) -> pd.DataFrame:
        """Make all shards and put them together."""
        paths = [self.shard(number, shards) for number in range(shards)]
        return gather_shards(paths, self.hypotheses, self.lang, self.settings)

    def good_requests(self) -> int:
        """Requests that three shards need when nothing goes wrong."""
        rows = len(self.english)
        cuts = [rows * shard // SHARDS for shard in range(SHARDS + 1)]
        return sum(
            count_requests(
                self.english[start:end],
                self.settings.max_request_length,
                self.settings.max_sentences,
            )
            for start, end in pairwise(cuts)
        )


def page_of(lang: str, faults: Mapping[int, Fault] | None = None) -> GooglePage:
    pairs = {(lang, source): text for source, text in sentence_pairs(lang)[:ROWS]}
    return GooglePage(pairs, faults, form="br", retry_after=0)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_translation_is_the_pages_own_whatever_went_wrong(tmp_path: Path, lang: str) -> None:
    # What each fault costs: one more request, or the two halves of a pack that is refused.
    repeated = {
        2: Fault.TOO_MANY_REQUESTS, 4: Fault.SERVER_ERROR, 6: Fault.EMPTY, 14: Fault.DROP,
    }  # fmt: skip
    halved = {1: Fault.FEW_LINES, 8: Fault.SWAPPED, 11: Fault.ENGLISH}
    with page_of(lang, repeated | halved) as page:
        stage = Stage(tmp_path, lang, page)
        rows = stage.run()
        assert rows["text"].tolist() == stage.expected
        assert rows["text"].tolist() == [page.record[lang, text] for text in stage.english]
        assert not rows["unchanged"].any()
        assert page.unknown == set()
        met = {r.number: r.fault for r in page.requests if r.fault is not None}
        planned = {n: f for n, f in (repeated | halved).items() if n <= len(page.requests)}
        assert met == planned
        _assert_nothing_was_asked_again(page)
        cost = sum(1 if number in repeated else 2 for number in met)
        assert len(page.requests) == stage.good_requests() + cost

        before = len(page.requests)
        assert stage.run(shards=4)["text"].tolist() == stage.expected
        assert len(page.requests) == before


def _assert_nothing_was_asked_again(page: GooglePage) -> None:
    """No sentence that an answer without a fault held is in a later request."""
    answered: set[str] = set()
    for request in page.requests:
        assert answered.isdisjoint(request.asked)
        if request.fault is None and request.status == 200:
            answered |= set(request.asked)


@pytest.mark.slow
def test_after_a_service_that_hangs_for_good_the_same_command_goes_on(tmp_path: Path) -> None:
    with page_of("de", dict.fromkeys(range(3, 100), Fault.HANG)) as page:
        stage = Stage(tmp_path, "de", page)
        stage.settings = replace(
            stage.settings, timeout_seconds=0.1, attempts=2, give_up_after=3, max_sentences=5
        )
        message = r"3 requests in a row.*no answer within 0\.1 s .*10 of the"
        with pytest.raises(ServiceGoneError, match=message):
            stage.shard(0)
        assert len(page.requests) == 2 + 3 * 2
        kept = {line for request in page.requests[:2] for line in request.asked}
        page.faults = {}
        before = len(page.requests)
        assert stage.run()["text"].tolist() == stage.expected
        asked = [line for request in page.requests[before:] for line in request.asked]
        assert len(asked) == len(set(asked))
        assert set(asked) == set(stage.english) - kept


@pytest.mark.slow
def test_a_sentence_that_fails_is_named_and_the_next_run_asks_for_it_alone(tmp_path: Path) -> None:
    with page_of("ja") as page:
        stage = Stage(tmp_path, "ja", page)
        poisoned = stage.english[3]
        page.poison = {poisoned: Fault.SERVER_ERROR}
        stage.settings = replace(stage.settings, attempts=2)
        with pytest.raises(SentencesMissingError, match=r"hypothesis_id: 3\. All others are kept"):
            stage.shard(0)
        page.poison = {}
        before = len(page.requests)
        assert stage.shard(0).exists()
        assert [request.asked for request in page.requests[before:]] == [(poisoned,)]
