import shutil
from pathlib import Path

import pytest

from commands import fill_pages
from commands.fill_pages import fill

ROOT = Path(__file__).parents[2]

TABLE = "family,sentences,method,language,accuracy,low\n" + "".join(
    f"{family},{sentences},{method},{language},{number}.00,{number - 1}.50\n"
    for number, (family, sentences, method, language) in enumerate(
        [
            ("rivals", "all", "clseave", "de"), ("rivals", "all", "clseave", "zh"),
            ("rivals", "all", "zero_shot", "de"), ("rivals", "seen", "clseave", "de"),
            ("noise", "all", "clseave", "de"),
        ],
        start=10,
    )
)  # fmt: skip
HEAD = (
    "<!-- table: {file: pocket/t.csv, where: {family: rivals, sentences: all},\n"
    'rows: method, columns: language, cell: "{accuracy} [{low}]"} -->\n'
)
WANTED = """|  | de | zh |
| --- | --- | --- |
| `clseave` | 10.00 [9.50] | 11.00 [10.50] |
| `zero_shot` | 12.00 [11.50] |  |
"""


@pytest.fixture
def results(tmp_path: Path) -> Path:
    (tmp_path / "pocket").mkdir()
    (tmp_path / "pocket" / "t.csv").write_text(TABLE)
    return tmp_path


def test_a_table_is_written_anew_and_the_rest_is_left(results: Path) -> None:
    text = f"Before.\n\n{HEAD}| old |\n<!-- end -->\n\nAfter.\n"

    assert fill(text, results) == f"Before.\n\n{HEAD}{WANTED}<!-- end -->\n\nAfter.\n"


def test_what_has_no_results_stays(results: Path) -> None:
    text = f"{HEAD.replace('pocket/t', 'thesis/t')}| old |\n<!-- end -->\n"

    assert fill(text, results) == text


def test_with_cells_a_table_is_a_list(results: Path) -> None:
    head = (
        "<!-- table: {file: pocket/t.csv, where: {sentences: all, language: [zh]},"
        ' rows: language, cells: {accuracy: "{accuracy}", at least: "{low}"}} -->\n'
    )
    filled = fill(f"{head}<!-- end -->", results)

    wanted = "|  | accuracy | at least |\n| --- | --- | --- |\n| zh | 11.00 | 10.50 |\n"
    assert filled == f"{head}{wanted}<!-- end -->"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("family: rivals", "family: rivalz", "no row of .*t.csv .*rivalz"),
        ("sentences: all", "family: rivals", "several rows for .*clseave.*de"),
        ("{accuracy}", "{accurate}", "comment .*no column 'accurate'; it has family"),
        ("family: rivals", "families: rivals", "no 'families' is there, which the comment .*t.csv"),
        ("rows: method", "rows: methods", "no 'methods' is there"),
        ("file: pocket/t.csv, ", "", "no 'file' is there"),
        ("{accuracy}", "{accuracy:f}", "comment .*Unknown format code 'f'"),
        ("where: {", "where: ", "comment .*t.csv"),
        (" -->\n", " --> \n", "line 3: the comment before a table needs a line of its own"),
    ],
)
def test_a_wrong_comment_is_told(results: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fill(f"Before.\n\n{HEAD.replace(old, new)}<!-- end -->", results)


def test_a_missing_end_takes_nothing_away(results: Path) -> None:
    text = f"{HEAD}| old |\n\nBetween.\n\n{HEAD}| old |\n<!-- end -->\n"

    with pytest.raises(ValueError, match=r"line 1: .*needs .*a line <!-- end --> after the table"):
        fill(text, results)


@pytest.mark.parametrize("page", fill_pages.PAGES, ids=str)
def test_the_comments_of_a_page_are_whole(page: Path, tmp_path: Path) -> None:
    """Without any result nothing changes, but each comment is read."""
    text = (ROOT / page).read_text(encoding="utf-8")

    assert fill(text, tmp_path) == text


def test_a_wrong_comment_is_told_by_exit_code_and_page(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = results / "page.md"
    page.write_text(HEAD)
    monkeypatch.setattr(fill_pages, "RESULTS", results)
    monkeypatch.setattr(fill_pages, "PAGES", [page])

    assert fill_pages.main([]) == 2
    assert "page.md: line 1:" in capsys.readouterr().err
    assert page.read_text() == HEAD


def test_check_tells_and_changes_nothing(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = results / "page.md"
    page.write_text(f"{HEAD}<!-- end -->\n")
    monkeypatch.setattr(fill_pages, "RESULTS", results)
    monkeypatch.setattr(fill_pages, "PAGES", [page])

    assert fill_pages.main(["--check"]) == 1
    assert "page.md is out of step" in capsys.readouterr().out
    assert page.read_text() == f"{HEAD}<!-- end -->\n"
    assert fill_pages.main([]) == 0
    assert fill_pages.main(["--check"]) == 0
    shutil.rmtree(results / "pocket")
    assert fill_pages.main(["--check"]) == 0
