"""Distances of URIEL+ beside the published ones."""

import logging
from collections.abc import Sequence

import pytest

from clseave_core.languages import LANGUAGES
from clseave_core.report.published import data_files, load_published
from clseave_core.report.recomputed_distances import ISO_639_3, recomputed_distances, uriel


class Database:
    """URIEL+'s answers, made by hand: for one kind the languages share no feature."""

    def new_distance(self, name: str, languages: Sequence[str]) -> float:
        assert languages == ["eng", "nld"]
        if name == "phonological":
            raise ValueError("No shared phonological features between eng and nld")
        return {"featural": 0.4468}.get(name, 0.5)


def test_a_row_for_each_distance_and_none_where_there_is_no_answer() -> None:
    table = recomputed_distances(["nl"], load_published(data_files("thesis")), Database())

    assert table.name == "linguistic_distances_recomputed"
    rows = {row["distance"]: row for row in table.rows.to_dict("records")}
    assert len(rows) == 6
    assert list(rows["featural"].values()) == ["Dutch", "nl", "featural", "0.5", "0.4468"]
    assert (rows["phonological"]["published"], rows["phonological"]["recomputed"]) == ("0.5687", "")


def test_another_error_is_not_swallowed() -> None:
    class Broken:
        def new_distance(self, name: str, languages: Sequence[str]) -> float:
            raise ValueError("Unknown language: nld")

    with pytest.raises(ValueError, match="Unknown language: nld"):
        recomputed_distances(["nl"], load_published(data_files("thesis")), Broken())


def test_every_language_has_a_code_of_three_letters() -> None:
    assert set(ISO_639_3) == {code for code, one in LANGUAGES.items() if not one.is_invented}
    assert len(set(ISO_639_3.values())) == len(ISO_639_3)
    assert all(len(code) == 3 for code in ISO_639_3.values())


def test_the_package_or_the_command_that_installs_it() -> None:
    try:
        database = uriel()
    except ModuleNotFoundError as error:
        assert "pip install -e '.[distances]'" in str(error)
        return
    logging.disable(logging.CRITICAL)
    try:
        languages = [code for code in LANGUAGES if code != "en"]
        table = recomputed_distances(languages, load_published(data_files("thesis")), database)
    finally:
        logging.disable(logging.NOTSET)
    assert set(table.rows["code"]) == set(languages)
