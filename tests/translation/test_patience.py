import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.google import UnansweredError
from clseave_core.translation.packed import PackedTranslator
from clseave_core.translation.patience import Patience
from clseave_core.translation.plausibility import Plausibility
from clseave_core.translation.settings import TranslationSettings
from clseave_core.translation.translate import translate_shard
from clseave_core.translation.translator import ServiceGoneError
from tests.translation.concepts import Concepts, english, german

SETTINGS = TranslationSettings(
    "google", requests_per_second=1e9, attempts=4, backoff_seconds=2.0, give_up_after=3
)
SENTENCES = 250
"""With the default settings these are three requests: two of 100 sentences and one of 50."""
BUSY = UnansweredError("status 503", worth_repeating=True)
FORBIDDEN = UnansweredError("status 403")


class Service:
    """Answers with its script, in order; errors are raised. Its sleeps are counted, not slept."""

    def __init__(self, *script: str | UnansweredError) -> None:
        self.script = list(script)
        self.slept: list[float] = []

    def ask(self, text: str) -> str:
        answer = self.script.pop(0)
        if isinstance(answer, UnansweredError):
            raise answer
        return answer


class Outage:
    """Answers rightly, but with status 500 from second `start` to `end` of a clock of its own."""

    def __init__(self, start: float, end: float) -> None:
        self.start, self.end = start, end
        self.now = 0.0
        self.asked = 0
        self.refused = 0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def ask(self, text: str) -> str:
        self.asked += 1
        if self.start <= self.now < self.end:
            self.refused += 1
            raise UnansweredError("status 500", worth_repeating=True)
        return "\n".join(german(line) for line in text.split("\n"))


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[TranslationCache]:
    with TranslationCache(tmp_path / "cache.sqlite") as opened:
        yield opened


def patience(
    service: Service,
    cache: TranslationCache,
    settings: TranslationSettings = SETTINGS,
    seed: int = 0,
) -> Patience:
    return Patience(service.ask, "google", cache, settings, seed, service.slept.append)


def test_waits_double_with_jitter_from_the_seed(cache: TranslationCache) -> None:
    waits = []
    for seed in (0, 0, 1):
        service = Service(BUSY, BUSY, BUSY, "Hund")
        assert patience(service, cache, seed=seed).ask("dog", 4) == "Hund"
        assert len(service.slept) == 3
        for wait, middle in zip(service.slept, (2.0, 4.0, 8.0), strict=True):
            assert 0.5 * middle <= wait <= 1.5 * middle
        waits.append(service.slept)
    assert waits[0] == waits[1] != waits[2]


def test_no_wait_of_its_own_is_longer_than_allowed(cache: TranslationCache) -> None:
    service = Service(BUSY, BUSY, BUSY, "Hund")
    patience(service, cache, replace(SETTINGS, max_wait_seconds=3.0)).ask("dog", 4)
    assert max(service.slept) == 3.0


def test_retry_after_is_obeyed(cache: TranslationCache) -> None:
    service = Service(UnansweredError("status 429", worth_repeating=True, retry_after=44.0), "Hund")
    assert patience(service, cache).ask("dog", 4) == "Hund"
    assert service.slept == [44.0]


def test_a_retry_after_beyond_all_patience_ends_the_run(cache: TranslationCache) -> None:
    service = Service(UnansweredError("status 429", worth_repeating=True, retry_after=7_200.0))
    with pytest.raises(ServiceGoneError, match=r"status 429, and it asks to wait 7200 s.*is 120"):
        patience(service, cache).ask("dog", 4)
    assert service.slept == []


def test_after_all_attempts_the_last_reason_is_told(cache: TranslationCache) -> None:
    service = Service(BUSY, UnansweredError("an empty answer", worth_repeating=True))
    with pytest.raises(UnansweredError, match="an empty answer"):
        patience(service, cache).ask("dog", 2)
    assert len(service.slept) == 1


def test_what_is_pointless_is_not_repeated(cache: TranslationCache) -> None:
    service = Service(FORBIDDEN)
    with pytest.raises(UnansweredError, match="status 403"):
        patience(service, cache).ask("dog", 4)
    assert service.slept == []


def test_an_answer_that_is_refused_is_asked_for_again(cache: TranslationCache) -> None:
    service = Service("dog", "Hund")
    refuse = {"dog": "not German", "Hund": None}.get
    assert patience(service, cache).ask("dog", 4, refuse) == "Hund"


def test_failures_in_a_row_end_the_run_and_an_answer_breaks_the_row(
    cache: TranslationCache,
) -> None:
    service = Service(FORBIDDEN, FORBIDDEN, "Hund", FORBIDDEN, FORBIDDEN, FORBIDDEN)
    asking = patience(service, cache)
    for _ in range(2):
        with pytest.raises(UnansweredError):
            asking.ask("dog", 1)
    asking.ask("dog", 1)
    for _ in range(2):
        with pytest.raises(UnansweredError):
            asking.ask("dog", 1)
    with pytest.raises(ServiceGoneError, match=r"3 requests in a row.*last one with: status 403"):
        asking.ask("dog", 1)


def test_a_request_that_is_too_long_is_no_sign_of_a_service_gone(cache: TranslationCache) -> None:
    asking = patience(Service(*[UnansweredError("status 400", too_long=True)] * 5), cache)
    for _ in range(5):
        with pytest.raises(UnansweredError, match="status 400"):
            asking.ask("dog\ncat", 4)


def test_single_sentences_that_are_too_long_in_a_row_are(cache: TranslationCache) -> None:
    """A service that answers 400 to everything is gone, whatever the status means."""
    asking = patience(Service(*[UnansweredError("status 400", too_long=True)] * 3), cache)
    for _ in range(2):
        with pytest.raises(UnansweredError, match="status 400"):
            asking.ask("dog", 4)
    with pytest.raises(ServiceGoneError, match=r"3 requests in a row.*status 400"):
        asking.ask("dog", 4)


def test_requests_keep_the_pace(cache: TranslationCache) -> None:
    service = Service("Hund", "Hund", "Hund")
    asking = patience(service, cache, replace(SETTINGS, requests_per_second=0.01))
    for _ in range(3):
        asking.ask("dog", 1)
    # Nothing is really slept, so the third request waits for two slots of 100 s.
    assert service.slept == pytest.approx([100.0, 200.0], abs=5.0)


def translate_by_default(
    service: Outage, cache: TranslationCache, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """The translations that a job with the default settings makes."""
    monkeypatch.setattr(time, "time", service.time)
    settings = TranslationSettings("google")
    asking = Patience(service.ask, "google", cache, settings, 0, service.sleep)
    judge = Plausibility("en", "de", Concepts(SENTENCES), settings.min_similarity)
    translator = PackedTranslator("google", asking, judge, settings)
    hypotheses = pd.DataFrame({"hypothesis_id": range(SENTENCES), "text": english(SENTENCES)})
    texts: list[str] = translate_shard(hypotheses, "de", translator, cache, settings)[
        "text"
    ].tolist()
    return texts


def test_three_minutes_without_an_answer_lose_nothing(
    cache: TranslationCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Outage(start=0.5, end=180.0)  # the first request is answered
    found = translate_by_default(service, cache, monkeypatch)
    assert found == [german(text) for text in english(SENTENCES)]
    assert service.refused > TranslationSettings("google").attempts
    assert service.now >= 180.0


def test_a_service_that_stays_away_ends_the_run_and_the_next_one_goes_on(
    cache: TranslationCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Outage(start=0.5, end=float("inf"))
    message = (
        r"5 requests in a row were not answered, the last one with: status 500\. 100 of the 250 "
        r"sentences .* are kept in .*cache\.sqlite\. Run the same command later"
    )
    with pytest.raises(ServiceGoneError, match=message):
        translate_by_default(service, cache, monkeypatch)
    assert service.refused == 5 * 6
    assert 180.0 < service.now < 600.0

    service = Outage(start=0.0, end=0.0)
    found = translate_by_default(service, cache, monkeypatch)
    assert found == [german(text) for text in english(SENTENCES)]
    assert service.asked == 2
