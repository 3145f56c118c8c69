"""Tables in the forms in which people have them, read as the tables that they are."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clseave_core.records.reading import read_records


def columns(names: object) -> list[str]:
    return ["a", "b"] if isinstance(names, list) and {"a", "b"} <= set(names) else []


def read(path: Path, content: str | bytes) -> list[tuple[int, str, str]]:
    """The rows of a table with the columns a and b, or without a header, each with its line."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    rows = read_records(path, columns, ("a", "b")).rows
    return [(number, row["a"], row["b"]) for number, row in rows]


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
@pytest.mark.parametrize("name", ["x.tsv", "x.csv", "x.txt", "x"])
def test_the_content_says_what_is_between_fields_not_the_name(
    tmp_path: Path, delimiter: str, name: str
) -> None:
    content = f"a{delimiter}b\n1{delimiter}2\n"
    assert read(tmp_path / name, content) == [(2, "1", "2")]
    assert read(tmp_path / name, content.partition("\n")[2]) == [(1, "1", "2")]


def test_other_columns_are_left_out_and_the_order_is_the_headers(tmp_path: Path) -> None:
    assert read(tmp_path / "x.csv", ",b,id,a\n0,2,x,1\n") == [(2, "1", "2")]


def test_a_comma_in_a_table_of_tabs_cuts_nothing(tmp_path: Path) -> None:
    content = "A dog, big, tall.\tUn perro; grande.\nA cat, small.\tUn gato.\n"
    assert read(tmp_path / "x.csv", content) == [
        (1, "A dog, big, tall.", "Un perro; grande."), (2, "A cat, small.", "Un gato."),
    ]  # fmt: skip


QUOTED = {
    "each field": '"a"\t"b"\r\n"A dog."\t"Un perro."\r\n',
    "a column": 'a\tb\n"A dog."\tUn perro.\n',
    "what needs it": 'a,b\nA dog.,"Un perro."\n',
    "a blank before it": 'a, b\n"A dog.", "Un perro."\n',
}


@pytest.mark.parametrize("how", QUOTED)
def test_quotes_around_a_field_are_not_part_of_it(tmp_path: Path, how: str) -> None:
    assert read(tmp_path / "x", QUOTED[how]) == [(2, "A dog.", "Un perro.")]


def test_doubled_quotes_and_line_breaks_inside_a_field(tmp_path: Path) -> None:
    content = 'a\tb\nA "dog".\t"Un ""perro""."\n"A\ncat"\tx\n1\t2\n'
    assert read(tmp_path / "x", content) == [
        (2, 'A "dog".', 'Un "perro".'), (3, "A\ncat", "x"), (5, "1", "2"),
    ]  # fmt: skip


def test_a_field_of_two_lines_with_a_comma_in_each_is_one_field(tmp_path: Path) -> None:
    content = 'a,b\nA dog.,"Un perro,\nmarrón"\nA cat.,"Un gato\nnegro, grande"\n'
    assert [row[2] for row in read(tmp_path / "x.csv", content)] == [
        "Un perro,\nmarrón", "Un gato\nnegro, grande",
    ]  # fmt: skip


LONE = '"Stop, he said.\tHalt.\nA dog.\tEin Hund.\nHe said: stop"\tEr sagte "Halt".\n'


@pytest.mark.parametrize("header", ["a\tb\n", ""])
def test_a_lone_quote_stays_and_swallows_no_lines(tmp_path: Path, header: str) -> None:
    found = [row[1:] for row in read(tmp_path / "x.tsv", header + LONE)]
    assert found == [
        ('"Stop, he said.', "Halt."), ("A dog.", "Ein Hund."),
        ('He said: stop"', 'Er sagte "Halt".'),
    ]  # fmt: skip


def test_a_sentence_in_quotes_beside_a_lone_quote_keeps_them(tmp_path: Path) -> None:
    content = 'a\tb\n"Stop!"\t"Halt!"\n"Stop!" he says.\tEr sagt: Halt!\n'
    assert read(tmp_path / "x.tsv", content)[0] == (2, '"Stop!"', '"Halt!"')


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "quotes of both kinds": (
        'a\tb\n"Stop ""x"""\tHalt\n"Stop!" he says.\tHalt\n',
        r"x\.tsv line 3: a field begins with a quote that does not end it, though line 2",
    ),
    "quotes that do not match": (
        'a,b\n1,2\n"Stop, he said.,Halt, nun\n',
        r"x\.tsv line 3: the quotes do not match \(unexpected end of data\)",
    ),
    "a comma without quotes": (
        "a,b\nA dog, big,Hund\n",
        r"x\.tsv line 2: 3 fields in 'A dog, big,Hund', expected 2, .*holds a comma in quotes",
    ),
    "one line without a tab": (
        'a\tb\n"Stop\tHalt\nno tab\nstop"\tHalt\n',
        r"x\.tsv line 3: 1 field in 'no tab', expected 2",
    ),
    "an empty line between others": ("a\tb\n\n1\t2\n", r"x\.tsv line 2: the line is empty"),
    "one column": ("A dog.\nA cat.\n", r"x\.tsv line 1: 'A dog\.' is no header .* has not 2 col"),
    "two delimiters": ("A dog, big;Hund\n", r"x\.tsv line 1: .*a comma or a semicolon"),
    "a column twice": ("a\ta\tb\n1\t2\t3\n", r"x\.tsv line 1: .*the column 'a' twice"),
    "a hint to spreadsheets": ("sep=;\na;b\n1;2\n", r"x\.tsv line 1: 'sep=;' is .*Delete"),
    "a page": ("<!DOCTYPE html>\n<html>", r"x\.tsv is a page of the web"),
    "Latin-1": ("a\tb\n1\tü\n".encode("latin-1"), r"x\.tsv line 2: is not UTF-8 .*Save it as"),
    "UTF-16 without its mark": ("a\tb\n1\t2\n".encode("utf-16-le"), r"x\.tsv line 1: .*UTF-16"),
    "a line without end": (b"a\tb\n" + b"x" * 1_100_000, r"x\.tsv line 2: the line has more than"),
    "a workbook": (b"PK\x03\x04" + bytes(600), r"x\.tsv is a zip archive or a spreadsheet .*CSV"),
    "a pickle": (b"\x80\x04\x95" + bytes(60), r"x\.tsv is a pickle, which is never read"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_clear_table_is_refused_with_its_line(tmp_path: Path, name: str) -> None:
    content, message = REFUSED[name]
    with pytest.raises(ValueError, match=f"(?s){message}"):
        read(tmp_path / "x.tsv", content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_marks_of_encodings_and_all_line_ends(tmp_path: Path, encoding: str, end: str) -> None:
    content = f"a\tb{end}1\tniño{end}3\t4{end}{end}".encode(encoding)
    assert read(tmp_path / "x.tsv", content) == [(2, "1", "niño"), (3, "3", "4")]


def test_empty_fields_behind_a_row_and_empty_rows_at_the_end_are_none(tmp_path: Path) -> None:
    assert read(tmp_path / "x.csv", "a,b,,\n1,2,,\n3,4,,,\n,,,\n\n") == [
        (2, "1", "2"),
        (3, "3", "4"),
    ]


field = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(
    lambda text: text.strip() == text and not text.startswith("\ufeff")
)


@given(
    rows=st.lists(st.tuples(field, field), min_size=1, max_size=5),
    delimiter=st.sampled_from("\t,;"),
    all_quoted=st.booleans(),
)
def test_what_python_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str]],
    delimiter: str,
    all_quoted: bool,
) -> None:
    text = io.StringIO()
    writer = csv.writer(
        text, delimiter=delimiter, quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
    )
    writer.writerows([("a", "b"), *rows])
    path = tmp_path_factory.mktemp("table") / "x"
    assert [row[1:] for row in read(path, text.getvalue())] == rows
