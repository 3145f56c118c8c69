"""The languages the project knows: one table of codes, names and scripts.

ISO codes name a language everywhere in the project; a provider's own code is looked up here.
Adding a language to the project is a line in this table.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """One language: `iso` code, English `name`, Google's code, and its ISO 15924 scripts.

    The code is that of ISO 639-1, or one of the range qaa to qtz, which ISO 639 keeps for private
    use, for a language that is invented (clseave_core/corpus/pocket/grammars/invented.py); then
    `google` is empty.
    """

    iso: str
    name: str
    google: str
    scripts: tuple[str, ...]

    @property
    def is_invented(self) -> bool:
        """Whether nobody speaks it and no service translates into it."""
        return not self.google


_TABLE = (
    Language("en", "English", "en", ("Latn",)),
    Language("de", "German", "de", ("Latn",)),
    Language("nl", "Dutch", "nl", ("Latn",)),
    Language("ja", "Japanese", "ja", ("Jpan",)),
    Language("ko", "Korean", "ko", ("Kore",)),
    Language("zh", "Chinese", "zh-CN", ("Hans",)),
    Language("ar", "Arabic", "ar", ("Arab",)),
    Language("da", "Danish", "da", ("Latn",)),
    Language("el", "Greek", "el", ("Grek",)),
    Language("es", "Spanish", "es", ("Latn",)),
    Language("fi", "Finnish", "fi", ("Latn",)),
    Language("fr", "French", "fr", ("Latn",)),
    Language("he", "Hebrew", "iw", ("Hebr",)),
    Language("hi", "Hindi", "hi", ("Deva",)),
    Language("hu", "Hungarian", "hu", ("Latn",)),
    Language("id", "Indonesian", "id", ("Latn",)),
    Language("it", "Italian", "it", ("Latn",)),
    Language("no", "Norwegian", "no", ("Latn",)),
    Language("pl", "Polish", "pl", ("Latn",)),
    Language("pt", "Portuguese", "pt", ("Latn",)),
    Language("ru", "Russian", "ru", ("Cyrl",)),
    Language("sv", "Swedish", "sv", ("Latn",)),
    Language("sw", "Swahili", "sw", ("Latn",)),
    Language("th", "Thai", "th", ("Thai",)),
    Language("tr", "Turkish", "tr", ("Latn",)),
    Language("uk", "Ukrainian", "uk", ("Cyrl",)),
    Language("ur", "Urdu", "ur", ("Arab",)),
    Language("vi", "Vietnamese", "vi", ("Latn",)),
    Language("qid", "English again", "", ("Latn",)),
    Language("qsc", "English in another script", "", ("Cyrl",)),
    Language("qor", "English mirrored", "", ("Latn",)),
    Language("qmo", "English inflected", "", ("Latn",)),
    Language("qle", "English in other words", "", ("Latn",)),
    Language("qno", "English with mistakes", "", ("Latn",)),
)
LANGUAGES: dict[str, Language] = {language.iso: language for language in _TABLE}


def language(iso: str) -> Language:
    """Look up a language; ValueError lists the known codes when `iso` is none of them."""
    try:
        return LANGUAGES[iso]
    except KeyError:
        raise ValueError(
            f"language {iso!r} is not known. Known codes: {', '.join(sorted(LANGUAGES))}. "
            "A new one is a line in clseave_core/languages.py."
        ) from None
