"""The user's own translations, from a file: TSV or Parquet with the columns source, translation."""

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clseave_core.translation.translator import Answer, Failure, same_text

_COLUMNS = ("source", "translation")
_SHOWN = 5

Row = tuple[str, str, str]
"""Where it stands ("line 3"), source, translation."""


def read_translations(path: str | Path) -> dict[str, str]:
    """Read translations by source sentence, both in NFC and each run of white space one space.

    A `.tsv` file is UTF-8 text with the first line `source<TAB>translation` and one pair a line,
    without quoting; a `.parquet` file has the two columns as text, and may have others. The same
    pair may stand there twice. Raises ValueError naming file, line or row and value for a wrong
    header, a wrong number of fields, an empty field, and two translations of one sentence;
    FileNotFoundError when there is no file.
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
        if found.setdefault(source, translation) != translation:
            raise ValueError(
                f"{path} {place}: {source!r} is translated as {translation!r}, but as "
                f"{found[source]!r} in {places[source]}. Keep one of the two."
            )
        places.setdefault(source, place)
    return found


def _rows_of_tsv(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig") as lines:
        try:
            for number, line in enumerate(lines, start=1):
                values = line.rstrip("\n").split("\t")
                if number == 1:
                    if tuple(values) != _COLUMNS:
                        raise ValueError(
                            f"{path} line 1: the header is {line.rstrip()!r}, expected "
                            f"{'<TAB>'.join(_COLUMNS)}. Put it in front."
                        )
                    continue
                if len(values) != len(_COLUMNS):
                    raise ValueError(
                        f"{path} line {number}: {len(values)} fields in {line.rstrip()!r}, "
                        "expected a source, one tab and a translation."
                    )
                yield f"line {number}", values[0], values[1]
        except UnicodeDecodeError as error:
            raise ValueError(f"{path} is not UTF-8 text ({error}). Save it as UTF-8.") from error


def _rows_of_parquet(path: Path) -> Iterator[Row]:
    """Rows counted from 0. An absent value is an empty one."""
    try:
        file = pq.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise ValueError(f"{path} is not a Parquet file ({error}). Write it again.") from error
    schema = file.schema_arrow
    for name in _COLUMNS:
        if name not in schema.names or not (
            pa.types.is_string(schema.field(name).type)
            or pa.types.is_large_string(schema.field(name).type)
        ):
            raise ValueError(
                f"{path} must have the text columns source and translation, its columns are "
                f"[{', '.join(f'{field.name}: {field.type}' for field in schema)}]."
            )
    row = 0
    for batch in file.iter_batches(columns=list(_COLUMNS)):
        sources, translations = (batch.column(name).to_pylist() for name in _COLUMNS)
        for source, translation in zip(sources, translations, strict=True):
            yield f"row {row}", source or "", translation or ""
            row += 1


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
