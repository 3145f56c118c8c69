"""Whole files: what a killed process left is removed; cells that a spreadsheet would run."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from clseave_core.files import write_csv, write_json

LEAVE = """
import os, sys
from pathlib import Path
from clseave_core.files import whole_file, whole_folder
with whole_file(Path("a.json")) as file, whole_folder(Path("b")) as folder:
    file.write_text("half")
    (folder / "c").write_text("half")
    os.kill(os.getpid(), 9)
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_a_killed_process_left_goes_with_the_next_write(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", LEAVE], cwd=tmp_path, check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
    )  # fmt: skip
    left = names(tmp_path)
    assert [name.split(".")[1] for name in left] == ["a", "b"]
    assert all(name.endswith(".partial") for name in left)

    write_json(tmp_path / "a.json", 1)

    assert names(tmp_path) == [left[1], "a.json"]


@pytest.mark.parametrize(
    "name", [".a.json.elsewhere-1.partial", ".a.json.partial", ".b.json.elsewhere-2.partial"]
)
def test_what_another_process_may_still_write_stays(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("half")

    write_json(tmp_path / "a.json", 1)

    assert names(tmp_path) == sorted([name, "a.json"])


def test_the_file_of_a_process_that_lives_stays(tmp_path: Path) -> None:
    program = "import time; from clseave_core.files import whole_file\n"
    program += "with whole_file('a.json') as f: f.write_text('x'); print(f, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=tmp_path, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
    ) as living:  # fmt: skip
        assert living.stdout is not None
        left = living.stdout.readline().strip()
        write_json(tmp_path / "a.json", 1)
        assert names(tmp_path) == sorted([left, "a.json"])
        living.communicate("\n")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+49 30", "'+49 30"),
        ("-2+3", "'-2+3"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t=1"),
        ("-0.50", "-0.50"),
        ("+1e-06", "+1e-06"),
        ("-", "-"),
        ("clip_ve", "clip_ve"),
        ("1=1", "1=1"),
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_text(
    tmp_path: Path, cell: str, written: str
) -> None:
    write_csv(tmp_path / "a.csv", pd.DataFrame({"a": [cell], "b": [-1]}))

    assert (tmp_path / "a.csv").read_text() == f"a,b\n{written},-1\n"
