"""Tables of text: tab, comma or semicolon between fields, quoted or not, seen by their content.

Whether a table is quoted (RFC 4180: a field in quotes, a quote inside doubled) decides what a
sentence that begins with a quote is. In a file of which every line has all fields, one field that
begins with a quote which does not end it is the proof that its writer does not quote, so that all
quotes belong to the sentences, unless a table with commas can be read with quotes all the same. In
every other file quotes are quotes.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clseave_core.records.text import shown, text_lines

DELIMITERS = {"\t": "tab", ",": "comma", ";": "semicolon"}
Columns = Callable[[Sequence[str]], Sequence[str]]
"""The names, among those of a header, of the columns to read; none where it is no such header."""


@dataclass(frozen=True)
class Form:
    """How a table is written: its `delimiter`, whether it is `quoted`, the `names` of columns."""

    delimiter: str
    names: Sequence[str]
    has_header: bool
    quoted: bool = True


def table_rows(
    path: Path, columns: Columns, without_header: Sequence[str] = ()
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the line (from 1) that each row begins in, and its fields by column.

    The first line names the columns if `columns` finds its own among them; a table without such a
    line may have the columns `without_header`. Empty lines at the end are none. Raises ValueError
    naming file, line and value for another first line, quotes that do not match, a line with too
    few or too many fields, and an empty line between others.
    """
    form = _form(path, columns, without_header)
    wanted = list(columns(form.names)) if form.has_header else list(form.names)
    for name in wanted:
        if list(form.names).count(name) > 1:
            raise ValueError(
                f"{path} line 1: the header has the column {name!r} twice. Rename one of the two."
            )
    places = [list(form.names).index(name) for name in wanted]
    for number, fields in _rows(path, form):
        yield number, {name: fields[place] for name, place in zip(wanted, places, strict=True)}


def _form(path: Path, columns: Columns, without_header: Sequence[str]) -> Form:
    line, width = next(text_lines(path), "").rstrip("\r\n"), len(without_header)
    if line.startswith("sep="):
        raise ValueError(f"{path} line 1: {line!r} is a hint to spreadsheets. Delete the line.")
    first = {delimiter: _first_row(path, delimiter) for delimiter in DELIMITERS}
    for delimiter, names in first.items():
        if columns(names):
            return _with_quotes(path, Form(delimiter, names, has_header=True))
    # A field that begins with a quote may be none of a quoted table: so the bare line counts, too.
    fits = [
        delimiter
        for delimiter, fields in first.items()
        if width and width in (len(fields), len(line.split(delimiter)))
    ]
    if "\t" in fits:
        fits = ["\t"]
    forms = [_with_quotes(path, Form(each, without_header, has_header=False)) for each in fits]
    if len(forms) > 1:
        forms = [form for form in forms if _can_read(path, form)]
    if len(forms) == 1:
        return forms[0]
    if len(forms) > 1:
        raise ValueError(
            f"{path} line 1: {shown(line)} may have a comma or a semicolon between its columns. "
            "Write a header as the first line."
        )
    raise ValueError(
        f"{path} line 1: {shown(line)} is no header of known columns with tab, comma or semicolon "
        f"between them{f', and the table has not {width} columns' if width else ''}. Write a "
        "header as the first line."
    )


def _first_row(path: Path, delimiter: str) -> list[str]:
    reader = csv.reader(text_lines(path), delimiter=delimiter, skipinitialspace=True)
    try:
        return [name.strip() for name in next(reader, [])]
    except csv.Error:  # quotes that do not match: no header
        return []


def _with_quotes(path: Path, form: Form) -> Form:
    return Form(form.delimiter, form.names, form.has_header, _is_quoted(path, form))


def _is_quoted(path: Path, form: Form) -> bool:
    """Whether quotes are those of the table (see above), which `form` says.

    Raises ValueError where some are and some are not.
    """
    flat, quotes = True, False
    broken = doubled = 0
    for number, line in enumerate(text_lines(path), start=1):
        fields = line.rstrip("\r\n").split(form.delimiter)
        flat = flat and (len(fields) == len(form.names) or not line.strip())
        if '"' not in line:
            continue
        quotes = True
        for field in map(str.strip, fields):
            if not field.startswith('"'):
                continue
            inside = field[1:-1]
            if len(field) < 2 or not field.endswith('"') or '"' in inside.replace('""', ""):
                broken = broken or number
            elif '""' in inside:
                doubled = doubled or number
    if not quotes:
        return False
    tabs = form.delimiter == "\t"
    if not flat:
        return not tabs or _can_read(path, form)
    # Two lines with a comma in each may be one field in quotes; what holds a tab is no sentence.
    if not broken or (not tabs and _can_read(path, form)):
        return True
    if doubled:
        raise ValueError(
            f"{path} line {broken}: a field begins with a quote that does not end it, though line "
            f"{doubled} has fields in quotes. Put the whole field in quotes and double those "
            'inside it, as in """Stop"" says the sign."'
        )
    return False


def _can_read(path: Path, form: Form) -> bool:
    try:
        for _ in _rows(path, form):
            pass
    except ValueError:
        return False
    return True


def _rows(path: Path, form: Form) -> Iterator[tuple[int, list[str]]]:
    """The rows behind the header, each with the line that it begins in."""
    if form.quoted:
        reader = csv.reader(
            text_lines(path), delimiter=form.delimiter, strict=True, skipinitialspace=True
        )
    else:
        reader = csv.reader(
            text_lines(path), delimiter=form.delimiter, quoting=csv.QUOTE_NONE, quotechar=None
        )
    empty, width = 0, len(form.names)
    number = 1
    try:
        for fields in reader:
            if number == 1 and form.has_header:
                pass
            elif not "".join(fields).strip():
                empty = empty or number
            else:
                if empty:
                    raise ValueError(f"{path} line {empty}: the line is empty. Delete the line.")
                yield number, _checked(fields, width, form, f"{path} line {number}")
            number = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(
            f"{path} line {number}: the quotes do not match ({error}). A quote that begins a field "
            f"must end it before the next {DELIMITERS[form.delimiter]}, and a quote inside it is "
            "doubled. Mend the line."
        ) from error


def _checked(fields: list[str], width: int, form: Form, place: str) -> list[str]:
    """The `width` fields of a row; empty ones behind them are none."""
    while len(fields) > width and not fields[-1].strip():
        fields.pop()
    mark = DELIMITERS[form.delimiter]
    if len(fields) != width:
        raise ValueError(
            f"{place}: {len(fields)} field{'s' * (len(fields) != 1)} in "
            f"{shown(form.delimiter.join(fields))}, expected {width}, with a {mark} "
            f"between them. Put a field that holds a {mark} in quotes, or mend the line."
        )
    if form.delimiter == "\t" and any("\n" in field and "\t" in field for field in fields):
        raise ValueError(
            f"{place}: a quote that begins a field is closed lines later only. Close it, or double "
            "each quote and put the field in quotes."
        )
    return fields
