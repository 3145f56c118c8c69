"""Addresses and waits."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clseave_core.web import is_safe_address, seconds_to_wait


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a.tar", True),
        ("http://127.0.0.1:8000/a.tar", True),
        ("http://localhost/a.tar", True),
        ("http://[::1]:80/", True),
        ("http://example.org/a.tar", False),
        ("http://127.0.0.1.example.org/", False),
        ("http://user@example.org#@127.0.0.1/", False),
        ("ftp://example.org/", False),
        ("file:///etc/passwd", False),
        ("https:///a.tar", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_only_https_and_this_machine_are_asked(url: str, safe: bool) -> None:
    assert is_safe_address(url) is safe


def test_retry_after_is_seconds_a_date_or_nonsense() -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert seconds_to_wait("17") == 17.0
    assert seconds_to_wait(moment) == pytest.approx(90.0, abs=5.0)
    assert seconds_to_wait("Mon, 01 Jan 2001 00:00:00 GMT") == 0.0
    assert seconds_to_wait("soon") is None
    assert seconds_to_wait("²") is None
    assert seconds_to_wait("-3") is None
    assert seconds_to_wait(None) is None


@given(st.text())
def test_no_retry_after_is_an_error(header: str) -> None:
    seconds = seconds_to_wait(header)
    assert seconds is None or seconds >= 0
