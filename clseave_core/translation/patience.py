"""Asking a service that is sometimes busy: a steady pace, growing waits, an end."""

import logging
import time
from collections.abc import Callable

import numpy as np

from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.google import UnansweredError
from clseave_core.translation.settings import TranslationSettings
from clseave_core.translation.translator import ServiceGoneError

logger = logging.getLogger(__name__)

_JITTER = (0.5, 1.5)
_LONGEST_QUEUE_SECONDS = 3_600.0
_PURPOSE = 2_501  # keeps this use of a seed apart from others

Ask = Callable[[str], str]
Reason = Callable[[str], str | None]


class Patience:
    """Asks through `ask` at the pace of the settings, again and again where that makes sense.

    The pace is kept in the cache's file and holds for all processes that use it. The wait after
    the n-th failure is `backoff_seconds * 2**(n-1)` times a random factor between 0.5 and 1.5, or
    what the service's Retry-After says if that is longer; at most `max_wait_seconds`.
    """

    def __init__(
        self,
        ask: Ask,
        provider: str,
        cache: TranslationCache,
        settings: TranslationSettings,
        seed: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._ask = ask
        self._provider = provider
        self._cache = cache
        self._settings = settings
        self._random = np.random.default_rng([seed, _PURPOSE])
        self._sleep = sleep
        self._failed_in_a_row = 0

    def ask(self, text: str, attempts: int, refuse: Reason | None = None) -> str:
        """Ask until there is an answer that `refuse` has no reason against.

        Raises UnansweredError after `attempts` tries, or at once when repeating is pointless; and
        ServiceGoneError when it is the `give_up_after`-th request in a row to end so, or when the
        service wants a longer wait than the settings allow. A pack that is too long is no sign
        of that.
        """
        for attempt in range(1, attempts + 1):
            try:
                answer = self._ask_once(text, refuse)
            except UnansweredError as error:
                if error.too_long:
                    if "\n" not in text:  # a single sentence is never too long: it is a refusal
                        self._count_failure(error)
                    raise
                self._check_wait(error)
                if attempt == attempts or not error.worth_repeating:
                    self._count_failure(error)
                    raise
                wait = self._wait(attempt, error.retry_after)
                logger.warning("%s: %s; asking again in %.1f s", self._provider, error, wait)
                self._sleep(wait)
            else:
                self._failed_in_a_row = 0
                return answer
        raise AssertionError("attempts is at least one")

    def _ask_once(self, text: str, refuse: Reason | None) -> str:
        wait = self._cache.reserve(
            self._provider,
            time.time(),
            1 / self._settings.requests_per_second,
            _LONGEST_QUEUE_SECONDS,
        )
        if wait > 0:
            self._sleep(wait)
        answer = self._ask(text)
        reason = refuse(answer) if refuse is not None else None
        if reason is not None:
            raise UnansweredError(reason, worth_repeating=True)
        return answer

    def _wait(self, attempt: int, retry_after: float | None) -> float:
        growing = self._settings.backoff_seconds * 2.0 ** (attempt - 1)
        jittered = growing * float(self._random.uniform(*_JITTER))
        return max(min(jittered, self._settings.max_wait_seconds), retry_after or 0.0)

    def _check_wait(self, error: UnansweredError) -> None:
        allowed = self._settings.max_wait_seconds
        if error.retry_after is not None and error.retry_after > allowed:
            raise ServiceGoneError(
                f"{self._provider}: {error}, and it asks to wait {error.retry_after:.0f} s "
                f"(translation.max_wait_seconds is {allowed:g})"
            ) from error

    def _count_failure(self, error: UnansweredError) -> None:
        self._failed_in_a_row += 1
        if self._failed_in_a_row >= self._settings.give_up_after:
            raise ServiceGoneError(
                f"{self._provider}: {self._failed_in_a_row} requests in a row were not answered, "
                f"the last one with: {error}"
            ) from error
