import pytest

from clseave_core.translation.settings import TranslationSettings


def test_google_url_is_read_from_its_own_section() -> None:
    settings = TranslationSettings.from_study(
        {"provider": "google", "shards": 3, "google": {"url": "http://127.0.0.1/m"}}
    )
    assert settings == TranslationSettings("google", shards=3, google_url="http://127.0.0.1/m")
    assert TranslationSettings.from_study({"provider": "google"}).google_url.startswith("https://")


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"provider": "google", "shard": 3}, r"unknown keys \['shard'\]"),
        ({"provider": "google", "google": {"adress": "x"}}, r"unknown keys \['google.adress'\]"),
        ({}, "translation.provider is None"),
        ({"provider": "bing"}, "translation.provider is 'bing'. Write google or file"),
        ({"provider": "file"}, r"translation.file is None.*pattern with \{lang\}"),
        ({"provider": "file", "file": "de.tsv"}, "translation.file is 'de.tsv'"),
    ],
)
def test_what_does_not_resolve_is_named(section: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TranslationSettings.from_study(section)
