"""JSON: an object a line, a list of objects, or objects one after the other over many lines."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clseave_core.records.text import LONGEST_LINE, byte_lines, opened_text, shown

MEND = "Mend the line or download the file again."
_CHUNK = 1 << 18
_BLANK = re.compile(r"\s*")


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number (from 1) and the object of each line; empty lines at the end are none.

    Raises ValueError naming file, line and value for a line that is no JSON object, is cut or is
    longer than `LONGEST_LINE`, and for an empty line between others.
    """
    empty = 0
    for number, line in enumerate(byte_lines(path), start=1):
        if line.isspace():
            empty = empty or number
            continue
        if empty:
            raise ValueError(f"{path} line {empty}: the line is empty. Delete the line.")
        yield number, _parse(line, f"{path} line {number}")


def _parse(line: bytes, place: str) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise ValueError(
            f"{place}: the line has more than {LONGEST_LINE:,} bytes: {shown(line[:40])}. {MEND}"
        )
    try:
        row = json.loads(line.removeprefix(b"\xef\xbb\xbf").decode())
    except UnicodeDecodeError as error:
        raise ValueError(f"{place}: is not UTF-8 ({error}). {MEND}") from error
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{place}: not JSON, or a truncated line ({error}): {shown(line.decode())}. {MEND}"
        ) from error
    except (RecursionError, ValueError) as error:  # a thousand brackets; a number of 5,000 digits
        raise ValueError(
            f"{place}: cannot be read ({error}): {shown(line.decode())}. {MEND}"
        ) from error
    return _object(row, place)


def _object(row: object, place: str) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise ValueError(f"{place}: {shown(row)} is not a JSON object. {MEND}")
    return row


def json_objects(path: Path, *, listed: bool) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number (from 0) and each object of a list, or of objects without one.

    One object is in memory at a time. Raises ValueError naming file, row and value for what is no
    object, is cut, or is longer than `LONGEST_LINE`, a list that does not end, and anything behind
    its end.
    """
    with opened_text(path) as text:
        source = _Source(text)
        number = 0
        if listed:
            source.next_sign()
            source.skip()  # the bracket
        while (sign := source.next_sign()) and not (listed and sign == "]"):
            place = f"{path} row {number}"
            if listed and number:
                if sign != ",":
                    raise ValueError(f"{place}: no comma before {source.shown()}. {MEND}")
                source.skip()
            yield number, _object(source.next_value(place), place)
            number += 1
        if listed and not sign:
            raise ValueError(f"{path} row {number}: the list is cut, it has no end. {MEND}")
        source.skip()
        if source.next_sign():
            raise ValueError(f"{path} row {number}: {source.shown()} is behind the list. {MEND}")


class _Source:
    """JSON text, of which the part that is being read is in memory."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._read = ""
        self._place = 0
        self._decoder = json.JSONDecoder()

    def next_sign(self) -> str:
        """The next character that is not blank, which stays; "" at the end."""
        while True:
            blank = _BLANK.match(self._read, self._place)
            self._place = blank.end() if blank else self._place
            if self._place < len(self._read):
                return self._read[self._place]
            if not self._more():
                return ""

    def skip(self) -> None:
        """Go on behind the next character."""
        self._place += 1

    def shown(self) -> str:
        """What comes next, for a message."""
        return shown(self._read[self._place : self._place + 100])

    def next_value(self, place: str) -> object:
        """Go on behind the next value."""
        self.next_sign()
        while True:
            try:
                value, self._place = self._decoder.raw_decode(self._read, self._place)
            except json.JSONDecodeError as error:
                if len(self._read) - self._place > LONGEST_LINE:
                    raise ValueError(
                        f"{place}: not JSON, or more than {LONGEST_LINE:,} characters "
                        f"({error.msg}): {self.shown()}. {MEND}"
                    ) from error
                if not self._more():
                    raise ValueError(
                        f"{place}: not JSON, or cut ({error.msg}): {self.shown()}. {MEND}"
                    ) from error
            except (RecursionError, ValueError) as error:
                raise ValueError(
                    f"{place}: cannot be read ({error}): {self.shown()}. {MEND}"
                ) from error
            else:
                return value

    def _more(self) -> bool:
        chunk = self._text.read(_CHUNK)
        self._read = self._read[self._place :] + chunk
        self._place = 0
        return bool(chunk)
