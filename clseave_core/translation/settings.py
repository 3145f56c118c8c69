"""How a study wants its sentences translated: the `translation:` section as one object."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

GOOGLE_PAGE = "https://translate.google.com/m"


@dataclass(frozen=True)
class TranslationSettings:
    """The keys of `translation:`; `schemas/study.schema.yaml` bounds and describes them."""

    provider: str
    file: str | None = None
    """Pattern with `{lang}`: the user's own translations, for the provider `file`."""
    shards: int = 8
    requests_per_second: float = 1.0
    """Of all processes that share one cache, together."""
    timeout_seconds: float = 30.0
    attempts: int = 6
    """Tries of one request before it counts as failed."""
    backoff_seconds: float = 2.0
    """The first wait between two tries; each further one is twice as long, with jitter."""
    max_wait_seconds: float = 120.0
    """The longest single wait; a service that asks for more ends the run."""
    give_up_after: int = 5
    """Failed requests in a row after which the service counts as gone."""
    max_sentences: int = 100
    """Sentences in one request; 1 sends every sentence alone."""
    max_request_length: int = 4000
    """URL-encoded characters of text in one request."""
    min_similarity: float | None = 0.3
    """Cosine of a source and its translation; None switches the meaning check off."""
    max_unchanged: float = 0.005
    """Share of a language's sentences whose translation may equal the source."""
    max_doubtful: float = 0.005
    """Share of a language's sentences whose answer may be doubtful in the end."""
    google_url: str = GOOGLE_PAGE
    two_translations: str = "first"
    """Of two translations of one sentence in a file the first is taken, or `refuse`."""
    by_people: bool = False
    """Whether people have made the translations of `file`."""
    references: Mapping[str, str] = field(default_factory=dict)
    """Files of human translations by language, with which `score_translations` compares."""
    back_translations: Mapping[str, str] = field(default_factory=dict)
    """Files that give, for each English sentence, what its translation says in English."""

    @classmethod
    def from_study(cls, section: Mapping[str, Any]) -> Self:
        """Build from the study's mapping, where `google_url` is written `google: {url: ...}`.

        Raises ValueError on an unknown key, a missing or unknown provider, a `file` that the
        provider needs and that is missing or has no `{lang}`, or another `two_translations`.
        """
        values = dict(section)
        google = dict(values.pop("google", None) or {})
        if "url" in google:
            values["google_url"] = google.pop("url")
        known = {each.name for each in fields(cls)}
        unknown = sorted(set(values) - known) + [f"google.{key}" for key in sorted(google)]
        if unknown:
            raise ValueError(
                f"translation has the unknown keys {unknown}. Known keys: {sorted(known)}."
            )
        if values.get("provider") not in ("google", "file"):
            raise ValueError(
                f"translation.provider is {values.get('provider')!r}. Write google or file."
            )
        pattern = values.get("file")
        if values["provider"] == "file" and "{lang}" not in (pattern or ""):
            raise ValueError(
                f"translation.file is {pattern!r}. The provider file needs a pattern with "
                "{lang}, for example translations/{lang}.tsv."
            )
        if values.get("two_translations", "first") not in ("first", "refuse"):
            raise ValueError(
                f"translation.two_translations is {values['two_translations']!r}. Write first or "
                "refuse."
            )
        return cls(**values)
