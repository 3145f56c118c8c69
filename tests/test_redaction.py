"""Secrets are hidden, and nothing else."""

import pytest

from clseave_core.redaction import without_secrets


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Proxy http://ann:pass@proxy:3128 fails", "Proxy http://***@proxy:3128 fails"),
        ("https://x.org/a?Token=abc&size=3", "https://x.org/a?Token=***&size=3"),
        ("https://x.org/a?X-Amz-Signature=12ab&b=1", "https://x.org/a?X-Amz-Signature=***&b=1"),
        ("https://x.org/a?api_key=12ab", "https://x.org/a?api_key=***"),
        ("Authorization: Bearer abcdefgh12", "Authorization: Bearer ***"),
        ("the token hf_abcdEFGH1234 is wrong", "the token *** is wrong"),
        ("a.jsonl line 3: 'x@y' is not a label", "a.jsonl line 3: 'x@y' is not a label"),
        ("https://x.org/a?signal=words", "https://x.org/a?signal=words"),
    ],
)
def test_secrets_are_hidden_and_nothing_else(text: str, shown: str) -> None:
    assert without_secrets(text, {}) == shown


def test_secrets_of_the_environment_are_hidden_wherever_they_stand() -> None:
    environment = {
        "HTTPS_PROXY": "http://ann:p%40ssword@proxy:3128",
        "http_proxy": "http://proxy",
        "HF_TOKEN": "tok-1234",
        "HOME": "/home/ann",
    }
    text = "p@ssword and p%40ssword and tok-1234 of /home/ann"
    assert without_secrets(text, environment) == "*** and *** and *** of /home/ann"
