"""Folders in which no job would start, and paths that no job could be given."""

import sys
from pathlib import Path

import pytest

from clseave_core.study.configuration import configured_study
from clseave_core.study.folder_names import own_paths, path_problems, refuse_folders, refuse_paths
from clseave_core.study.loading import load_study

ROOT = Path(__file__).resolve().parents[2]
REFUSED = {
    "a b": "a space", "O'Neil": "' (apostrophe)", "a&b": "& (ampersand)",
    'a"b': '" (quotation mark)',
    "a(b)": "( (left parenthesis), ) (right parenthesis)", "a$b": "$ (dollar sign)",
    "a{b}": "{ (left curly bracket), } (right curly bracket)", "a*b": "* (asterisk)",
    "a[b": "[ (left square bracket)", "a?b": "? (question mark)", "a;b": "; (semicolon)",
    "a|b": "| (vertical line)", "a<b": "< (less-than sign)", "a`b": "` (grave accent)",
    "a\\b": "\\ (reverse solidus)", "a:b": ": (colon)", "50%j": "% (percent sign)",
    "a\nb": r"the character '\n'", "a\tb": r"the character '\t'",
    "a\u3000b": r"'\u3000' (ideographic space)", "a\udcffb": r"the character '\udcff'",
}  # fmt: skip
TAKEN = ("Müller", "u\u0308", "日本", "😀", "a-b_c.d+e=f,g@h#i~j!k^l", "-a", "~a", "#a", "x" * 200)


@pytest.mark.parametrize(("name", "said"), REFUSED.items(), ids=ascii)
def test_a_folder_in_which_no_job_would_start_is_refused(name: str, said: str) -> None:
    with pytest.raises(ValueError, match="no job would start") as error:
        refuse_folders("/fine", f"/data/{name}/clone")

    assert f"has {said} in its name" in str(error.value)
    assert str(error.value).isprintable()


@pytest.mark.parametrize("name", TAKEN)
def test_other_names_of_folders_are_taken(name: str) -> None:
    refuse_folders(f"/data/{name}/clone", "/")


def test_commands_refuse_the_folder_that_they_work_in(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r'the folder "a b" has a space in its name'):
        configured_study("tiny", tmp_path / "a b")


def test_commands_refuse_a_python_in_such_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/my conda/bin/python")

    with pytest.raises(ValueError, match=r'the folder "my conda" has a space in its name'):
        configured_study("tiny")


@pytest.mark.parametrize("path", ["d{1}/a", "<results>/a", "$HOME/a", "a`b", "a\\b", "a\nb"])
def test_a_path_of_the_users_that_no_job_could_be_given_is_refused(path: str) -> None:
    (problem,) = path_problems({"models.clip.path": path})

    assert problem.startswith('  models.clip.path: "')
    assert problem.endswith("Rename the file or folder, or give the path of a link to it.")
    with pytest.raises(ValueError, match=r"^resources: "):
        refuse_paths({"resources": path})


def test_other_paths_of_the_users_are_taken() -> None:
    refuse_paths({"a": "/my data/O'Neil & Müller (2)/50%/[日本]*.tar"})


def test_a_study_names_each_path_that_is_refused_by_its_key() -> None:
    overrides = {
        "corpus": {
            "pictures": {"path": "/data/{flickr}.tar"},
            "annotations": {"dev": {"path": "/data/$dev.jsonl"}},
        },
        "models": {"clip": {"id": None, "revision": None, "path": "/models/<clip>"}},
        "translation": {"provider": "file", "file": "/data/{x}/{lang}.tsv"},
    }
    with pytest.raises(ValueError, match="does not fit together") as error:
        load_study("thesis", overrides)

    for place in (
        'corpus.pictures.path: "/data/{flickr}.tar" has { (left curly bracket), }',
        'corpus.annotations.dev.path: "/data/$dev.jsonl" has $ (dollar sign)',
        'models.clip.path: "/models/<clip>" has < (less-than sign), >',
        'translation.file: "/data/{x}/.tsv" has {',
    ):
        assert place in str(error.value)


def test_the_generators_own_files_are_no_users() -> None:
    assert set(own_paths(load_study("tiny", {}))) <= {"translation.file"}
    assert path_problems(own_paths(load_study("natural", {}))) == []
