"""Which of several languages a text is in, by py3langid (Lui and Baldwin 2012, langid.py).

A short text tells little, so that only clear cases count. On the captions and hypotheses of
docs/translation.md no right translation is taken for one in another language.
"""

from functools import cache
from typing import Any

SOURCE_SHARE = 0.9
"""Probability, of the two languages alone, from which a text counts as one of the source's."""
NEITHER_SHARE = 0.01
"""A text is not in a language that is this much less probable than the most probable one."""


@cache
def _identifier() -> Any:
    """The identifier with its model, which comes with the package; 0.8 seconds at first use."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def wrong_language(text: str, source: str, target: str) -> str | None:
    """Say in which language `text` is instead of `target` (ISO codes); None where it can be.

    `source` is the language it was translated from. None, too, for a language that the identifier
    does not know.
    """
    shares = dict(_identifier().rank(text))
    if target not in shares:
        return None
    wanted, best = shares[target], max(shares, key=lambda code: float(shares[code]))
    if source in shares and shares[source] > SOURCE_SHARE * (shares[source] + wanted):
        return f"in the source's language, {source}"
    if wanted < NEITHER_SHARE * shares[best]:
        return f"in {best}, not in {target}"
    return None
