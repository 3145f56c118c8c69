from collections.abc import Iterator
from types import ModuleType
from typing import Any

import deep_translator.google
import pytest
import requests
from deep_translator.constants import GOOGLE_LANGUAGES_TO_CODES

from clseave_core.languages import LANGUAGES
from clseave_core.translation.google import BREAK, GoogleClient, UnansweredError
from tests.rehearsal.google_page import Fault, GooglePage

TEXTS = {
    ("de", "A dog."): "Ein Hund.",
    ("de", "A cat's tail & a dog's."): "Der Schwanz einer Katze & der eines Hundes.",
    ("zh", "A dog."): "一只狗。",
}


def client(page: GooglePage, lang: str = "de", timeout_seconds: float = 5.0) -> GoogleClient:
    return GoogleClient("en", lang, page.url, timeout_seconds)


@pytest.fixture
def no_other_requests(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let everything that goes past the client fail."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("deep-translator asked by itself")

    monkeypatch.setattr(requests, "get", refuse)
    yield


@pytest.mark.usefixtures("no_other_requests")
def test_deep_translator_asks_through_the_client_and_only_while_it_asks() -> None:
    module: Any = deep_translator.google
    with GooglePage(TEXTS) as page:
        asking = client(page)
        assert asking.ask("A dog.") == "Ein Hund."
        assert asking.requests == len(page.requests) == 1
        assert isinstance(module.requests, ModuleType)
        with pytest.raises(AssertionError, match="asked by itself"):
            deep_translator.google.GoogleTranslator("en", "de").translate("A dog.")


def test_every_call_that_the_page_module_makes_has_a_timeout() -> None:
    with (
        GooglePage(TEXTS, faults={1: Fault.HANG}) as page,
        pytest.raises(UnansweredError, match=r"no answer within 0\.2 s") as error,
    ):
        client(page, timeout_seconds=0.2).ask("A dog.")
    assert error.value.worth_repeating


@pytest.mark.parametrize("form", ["newline", "br", "t0"])
@pytest.mark.parametrize("escape_twice", [False, True])
def test_lines_survive_in_every_form_of_the_page(form: Any, escape_twice: bool) -> None:
    with GooglePage(TEXTS, form=form, escape_twice=escape_twice) as page:
        answer = client(page).ask("A dog.\nA cat's tail & a dog's.")
    amp = "&amp;" if escape_twice else "&"
    assert answer.split("\n") == ["Ein Hund.", f"Der Schwanz einer Katze {amp} der eines Hundes."]


def test_a_break_with_spaces_and_a_line_feed_is_one_line_end() -> None:
    assert BREAK.sub("\n", "a<br/> \r\nb<BR />c<br>d") == "a\nb\nc\nd"


def test_google_gets_its_own_codes() -> None:
    with GooglePage(TEXTS) as page:
        assert client(page, "zh").ask("A dog.") == "一只狗。"
    assert page.requests[0].lang == "zh"


def test_every_language_of_the_table_is_known_to_deep_translator() -> None:
    codes = set(GOOGLE_LANGUAGES_TO_CODES.values())
    spoken = [entry for entry in LANGUAGES.values() if not entry.is_invented]
    assert [entry.iso for entry in spoken if entry.google not in codes] == []


def test_an_invented_language_is_refused() -> None:
    with pytest.raises(ValueError, match="qid is an invented language"):
        GoogleClient("en", "qid", "https://translate.google.com/m", 1.0)


@pytest.mark.parametrize(
    ("fault", "reason", "again"),
    [
        (Fault.TOO_MANY_REQUESTS, "status 429", True),
        (Fault.SERVER_ERROR, "status 500", True),
        (Fault.DROP, "connection .* failed", True),
        (Fault.EMPTY, "an empty answer", True),
        (Fault.NO_RESULT, "no translation in it", True),
    ],
)
def test_what_went_wrong_is_visible(fault: Fault, reason: str, again: bool) -> None:
    with GooglePage(TEXTS, faults={1: fault}) as page:
        asking = client(page)
        with pytest.raises(UnansweredError, match=reason) as error:
            asking.ask("A dog.")
        assert error.value.worth_repeating is again
        assert not error.value.too_long
        assert asking.ask("A dog.") == "Ein Hund."
    assert asking.requests == 2


def test_retry_after_is_read() -> None:
    with (
        GooglePage(TEXTS, faults={1: Fault.TOO_MANY_REQUESTS}, retry_after=17) as page,
        pytest.raises(UnansweredError) as error,
    ):
        client(page).ask("A dog.")
    assert error.value.retry_after == 17.0


def test_an_address_that_is_too_long_is_told_apart() -> None:
    with GooglePage(TEXTS, max_address=100) as page:
        with pytest.raises(UnansweredError, match="status 400") as error:
            client(page).ask("word " * 50)
        assert error.value.too_long
        assert not error.value.worth_repeating
        with pytest.raises(UnansweredError, match="5000 characters are too many") as error:
            client(page).ask("x" * 5_000)
        assert error.value.too_long
    assert len(page.requests) == 1


def test_a_service_that_is_not_there_is_named() -> None:
    with GooglePage(TEXTS) as page:
        url = page.url
    with pytest.raises(UnansweredError, match=f"the connection to {url} failed"):
        GoogleClient("en", "de", url, 1.0).ask("A dog.")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault.DRIP, r"no answer within 0\.3 s"),
        (Fault.TRUNCATED, r"the connection to .* failed"),
        (Fault.CUT, "the page ends within the translation"),
    ],
)
def test_an_answer_that_does_not_become_whole_is_none(fault: Fault, told: str) -> None:
    with GooglePage(TEXTS, {1: fault}) as page:
        asking = client(page, timeout_seconds=0.3)

        with pytest.raises(UnansweredError, match=told) as error:
            asking.ask("A dog.")
        assert error.value.worth_repeating
        assert asking.ask("A dog.") == "Ein Hund."


def test_an_endless_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clseave_core.translation.google._LARGEST_PAGE", 50)
    with GooglePage(TEXTS) as page, pytest.raises(UnansweredError, match="more than 50 bytes"):
        client(page).ask("A dog.")
