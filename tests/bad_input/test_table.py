"""One table of broken inputs. Each must be refused with its file, its row and its value."""

import logging
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.bad_input import annotations, archives, models, pictures, states, studies, translations
from tests.bad_input.case import Case

KINDS: Mapping[str, Mapping[str, Case]] = {
    "annotations": annotations.CASES,
    "archive": archives.CASES,
    "picture": pictures.CASES,
    "translation": translations.CASES,
    "model": models.CASES,
    "state": states.CASES,
    "study": studies.CASES,
}
TABLE = [
    pytest.param(kind, case, id=f"{kind}: {name}")
    for kind, cases in KINDS.items()
    for name, case in cases.items()
]


@pytest.fixture(scope="session")
def good_models(tiny_clip_folder: Path, tiny_bert_folder: Path) -> dict[str, Path]:
    return {"clip": tiny_clip_folder, "bert": tiny_bert_folder}


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")  # of Pillow
@pytest.mark.parametrize(("kind", "case"), TABLE)
def test_it_is_refused_by_name(
    kind: str,
    case: Case,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
) -> None:
    if kind == "model":
        for name, folder in request.getfixturevalue("good_models").items():
            shutil.copytree(folder, tmp_path / name)
    path = case.write(tmp_path)
    pattern, names = case.message.replace("\\", ""), {made.name for made in tmp_path.rglob("*")}
    assert any(name in pattern for name in {path.name, *names}), "the pattern names no file"
    if case.is_warning:
        with caplog.at_level(logging.WARNING):
            case.read(path)
        assert re.search(case.message, caplog.text, re.DOTALL), caplog.text
        return
    with pytest.raises(case.error) as caught:
        case.read(path)
    said = str(caught.value)
    assert re.search(case.message, said, re.DOTALL), said
    assert len(said) < 2_000, "a message is read by a person"
    said.encode()  # half a surrogate could not be written to a log


def test_the_table_is_as_large_as_the_docs_say() -> None:
    assert len(TABLE) >= 120
