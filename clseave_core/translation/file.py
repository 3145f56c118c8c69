"""The user's own translations, from a file: TSV or Parquet with the columns source, translation."""

import unicodedata
from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clseave_core.translation.translator import Answer, Failure, same_text

_COLUMNS = ("source", "translation")
_SHOWN = 5
LONGEST = 2_000
"""Characters; the longest hypothesis of SNLI-VE has 400. Beyond this it is not one sentence."""

Row = tuple[str, str, str]
"""Where it stands ("line 3"), source, translation."""


def read_translations(path: str | Path) -> dict[str, str]:
    """Read translations by source sentence, both in NFC and each run of white space one space.

    A `.tsv` file is UTF-8 text with the first line `source<TAB>translation` and one pair a line,
    without quoting; a `.parquet` file has the two columns as text, and may have others. The same
    pair may stand there twice. Raises ValueError naming file, line or row and value for a wrong
    header, a wrong number of fields, an empty field, control characters, more than `LONGEST`
    characters, and two translations of one sentence; FileNotFoundError when there is no file.
    Marks of the direction of writing and pictographs belong to a text and stay.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(
            f"{path} does not exist. The translator `file` reads the translations from it: a TSV "
            "with the header source<TAB>translation, or a Parquet file with these columns."
        )
    if path.suffix not in (".tsv", ".parquet"):
        raise ValueError(f"{path} must be named .tsv or .parquet, by what is in it.")
    found: dict[str, str] = {}
    places: dict[str, str] = {}
    for place, *values in _rows_of_tsv(path) if path.suffix == ".tsv" else _rows_of_parquet(path):
        source, translation = (
            # The corpus has each run of white space as one space.
            " ".join(unicodedata.normalize("NFC", value).split())
            for value in values
        )
        for name, value in zip(_COLUMNS, (source, translation), strict=True):
            if not value:
                raise ValueError(
                    f"{path} {place}: the {name} is empty (the other one: "
                    f"{source or translation!r}). Fill it in or remove the {place.split()[0]}."
                )
            _check_text(value, name, f"{path} {place}")
        if found.setdefault(source, translation) != translation:
            raise ValueError(
                f"{path} {place}: {source!r} is translated as {translation!r}, but as "
                f"{found[source]!r} in {places[source]}. Keep one of the two."
            )
        places.setdefault(source, place)
    return found


def _check_text(value: str, name: str, place: str) -> None:
    wrong = next((sign for sign in value if unicodedata.category(sign) in ("Cc", "Cs")), None)
    if wrong is not None:
        raise ValueError(
            f"{place}: the {name} {_shown(value)} holds the control character "
            f"U+{ord(wrong):04X}. Remove it."
        )
    if len(value) > LONGEST:
        raise ValueError(
            f"{place}: the {name} {_shown(value)} has {len(value):,} characters, more than the "
            f"{LONGEST:,} of any sentence. Give the translation of the one sentence."
        )


def _shown(value: str) -> str:
    return repr(value if len(value) <= 60 else value[:57] + "...")


def _rows_of_tsv(path: Path) -> Iterator[Row]:
    with path.open("rb") as lines:
        for number, content in enumerate(lines, start=1):
            try:
                line = content.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise ValueError(
                    f"{path} line {number}: is not UTF-8 text ({error}). Save it as UTF-8."
                ) from error
            values = line.split("\t")
            if number == 1:
                if tuple(values) != _COLUMNS:
                    raise ValueError(
                        f"{path} line 1: the header is {_shown(line)}, expected "
                        f"{'<TAB>'.join(_COLUMNS)}. Put it in front."
                    )
                continue
            if len(values) != len(_COLUMNS):
                raise ValueError(
                    f"{path} line {number}: {len(values)} fields in {_shown(line)}, "
                    "expected a source, one tab and a translation."
                )
            yield f"line {number}", values[0], values[1]


def _rows_of_parquet(path: Path) -> Iterator[Row]:
    """Rows counted from 0. An absent value is an empty one."""
    try:
        file = pq.ParquetFile(path)
        schema = file.schema_arrow
        columns = ", ".join(f"{field.name}: {field.type}" for field in schema)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:  # names of columns, too
        raise ValueError(f"{path} is not a Parquet file ({error}). Write it again.") from error
    for name in _COLUMNS:
        if name not in schema.names or not (
            pa.types.is_string(schema.field(name).type)
            or pa.types.is_large_string(schema.field(name).type)
        ):
            raise ValueError(
                f"{path} must have the text columns source and translation, its columns are "
                f"[{columns}]."
            )
    row = 0
    try:
        for batch in file.iter_batches(columns=list(_COLUMNS)):
            for values in zip(*(batch.column(name) for name in _COLUMNS), strict=True):
                source, translation = (value.as_py() or "" for value in values)
                yield f"row {row}", source, translation
                row += 1
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} row {row}: is not UTF-8 text ({error}). Save it as UTF-8."
        ) from error
    except (pa.ArrowException, OSError) as error:
        raise ValueError(
            f"{path} cannot be read behind row {row} ({error}). Write it again."
        ) from error


def missing_translations(found: Container[str], sentences: Iterable[str]) -> list[str]:
    """The `sentences` that `found` (of `read_translations`) does not have, in their order."""
    return [text for text in sentences if as_found(text) not in found]


def as_found(sentence: str) -> str:
    """The form in which `read_translations` has `sentence` as its key."""
    return unicodedata.normalize("NFC", sentence).strip()


class FileTranslator:
    """A `Translator` that looks sentences up in a file."""

    provider = "file"
    needs_cache = False

    def __init__(self, path: str | Path) -> None:
        self._path = path
        self._translations = read_translations(path)

    def translate(self, sentences: Sequence[str]) -> Iterator[list[Answer | Failure]]:
        """Yield one batch. Raises ValueError naming the file and what is missing in it."""
        wanted = {text: unicodedata.normalize("NFC", text).strip() for text in sentences}
        missing = [text for text, key in wanted.items() if key not in self._translations]
        if missing:
            shown = ", ".join(repr(text) for text in missing[:_SHOWN])
            raise ValueError(
                f"{self._path} has no translation of {len(missing)} of {len(wanted)} sentences: "
                f"{shown}{', ...' if len(missing) > _SHOWN else ''}. Add them."
            )
        yield [
            Answer(text, self._translations[key], same_text(text, self._translations[key]))
            for text, key in wanted.items()
        ]
