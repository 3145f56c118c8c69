"""JSON lines, lists of objects and objects over many lines."""

import json
from pathlib import Path
from typing import Any

import pytest

from clseave_core.records.json_rows import json_objects
from clseave_core.records.reading import read_records

ROWS = [{"n": number, "text": "é]},{" * 20_000} for number in range(8)]


def read(path: Path, content: str | bytes) -> list[tuple[int, dict[str, Any]]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_records(path, lambda names: []).rows)


@pytest.mark.parametrize("indent", [None, 1])
def test_a_list_is_read_object_by_object(tmp_path: Path, indent: int | None) -> None:
    content = json.dumps(ROWS, indent=indent, ensure_ascii=False)
    assert read(tmp_path / "x.json", content) == list(enumerate(ROWS))
    assert read(tmp_path / "x.json", f"\ufeff \n{content}\n") == list(enumerate(ROWS))
    assert read(tmp_path / "x.json", content.encode("utf-16")) == list(enumerate(ROWS))


def test_objects_over_many_lines_are_read(tmp_path: Path) -> None:
    content = "\n".join(json.dumps(row, indent=2) for row in ROWS)
    assert read(tmp_path / "x.json", content) == list(enumerate(ROWS))


def test_lines_are_read_with_an_empty_one_at_the_end(tmp_path: Path) -> None:
    assert read(tmp_path / "x", '{"n": 1}\n{"n": 2}\n\n') == [(1, {"n": 1}), (2, {"n": 2})]


def test_an_empty_list_has_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path / "x.json", " [ ]\n") == []


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "cut in an object": ('[{"n": 1}, {"n": ', r"x\.json row 1: not JSON, or cut .*'\{\"n\": '"),
    "cut between objects": ('[{"n": 1},', r"x\.json row 1: not JSON, or cut"),
    "without its end": ('[{"n": 1}', r"x\.json row 1: the list is cut"),
    "without a comma": ('[{"n": 1} {"n": 2}]', r"x\.json row 1: no comma before '\{\"n\": 2\}\]'"),
    "with a comma too much": ('[{"n": 1},]', r"x\.json row 1: not JSON"),
    "with something behind it": ('[{"n": 1}] []', r"x\.json row 1: '\[\]' is behind the list"),
    "of numbers": ("[1, 2]", r"x\.json row 0: 1 is not a JSON object"),
    "of brackets": ("[" * 100_000, r"x\.json row 0: cannot be read"),
    "of one endless text": ('[{"n": "' + "x" * 1_400_000 + '"}]', r"x\.json row 0: .* 1,048,576 c"),
    "in Latin-1": ('[{"n": "ü"}]'.encode("latin-1"), r"x\.json line 1: is not UTF-8"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_list_that_is_broken_is_refused(tmp_path: Path, name: str) -> None:
    content, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        read(tmp_path / "x.json", content)


def test_objects_one_after_the_other_need_no_list(tmp_path: Path) -> None:
    (tmp_path / "x").write_text('{"n": 1} {"n": 2}')
    assert list(json_objects(tmp_path / "x", listed=False)) == [(0, {"n": 1}), (1, {"n": 2})]
