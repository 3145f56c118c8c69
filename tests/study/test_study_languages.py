"""A study with other languages than its base: what it is told, and what it need not say again."""

from pathlib import Path
from typing import Any

import pytest

from clseave_core.corpus.natural.grammars import _GRAMMARS
from clseave_core.corpus.pocket.grammars import GRAMMARS
from clseave_core.corpus.worlds import SPOKEN
from clseave_core.study.loading import load_study
from clseave_core.study.sources import Sources
from clseave_core.study.study_languages import languages_of

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = [path.stem for path in (ROOT / "studies").glob("*.yaml")]


def test_the_languages_of_worlds_are_those_that_they_have_a_grammar_for() -> None:
    assert {"pocket": tuple(GRAMMARS), "natural": tuple(_GRAMMARS)} == SPOKEN


@pytest.mark.parametrize(
    ("base", "code"), [("pocket", "es"), ("natural", "qsc"), ("tiny", "fr"), ("invented", "sw")]
)
def test_a_language_that_the_world_does_not_speak_is_all_that_is_told(base: str, code: str) -> None:
    with pytest.raises(ValueError, match=f"generated world does not speak {code}, only") as told:
        load_study(base, {"languages": [code]}, ROOT)

    lines = str(told.value).splitlines()
    assert len(lines) == 2
    assert "does not speak " + code + ", only de, nl, ja, ko, zh" in lines[1]
    assert lines[1].endswith("For another language base the study on thesis.")


def test_methods_sweeps_and_comparisons_of_other_languages_take_no_part() -> None:
    study = load_study("pocket_full", {"languages": ["nl"]}, ROOT)
    whole = load_study("pocket_full", {}, ROOT)

    assert all(languages_of(method, study) for method in study["methods"].values())
    assert "argmax_pooling" in whole["methods"]
    assert "argmax_pooling" not in study["methods"]
    assert "argmax_pooling" not in study["comparisons"]["protocol_effects"]["methods"]
    assert "sweep" in whole
    assert study.get("sweep", {}) == {}
    assert not [name for name in study["methods"] if name.startswith("clseave_settings")]
    assert Sources("mine", study, "resources").main_methods == [
        name
        for name in Sources("pocket_full", whole, "resources").main_methods
        if name in study["methods"]
    ]


def test_a_sweep_of_the_base_is_made_in_those_languages_that_the_study_has() -> None:
    base = {"x": {"method": "clseave", "languages": ["de", "nl"], "runs": [{"epochs": 1}]}}
    study = load_study("thesis", {"sweep": base}, ROOT)
    assert study["sweep"]["x"]["languages"] == ["de", "nl"]

    own = base | {"x": base["x"] | {"languages": ["de", "fr"]}}
    with pytest.raises(ValueError, match=r"sweep\.x\.languages: 'fr' is not in the study's langu"):
        load_study("thesis", {"sweep": own}, ROOT)


def study_on(folder: Path, base: str, name: str, text: str) -> None:
    """Write the study `name`, based on `base`, beside those that are shipped."""
    if not (folder / "studies").exists():
        (folder / "studies").mkdir()
        (folder / "schemas").symlink_to(ROOT / "schemas")
        for path in (ROOT / "studies").glob("*.yaml"):
            (folder / "studies" / path.name).symlink_to(path)
    (folder / f"studies/{name}.yaml").write_text(f"based_on: {base}\n{text}\n")


FILES = """
translation: {references: {de: de.tsv, fr: fr.tsv}, back_translations: {ja: ja.tsv}}
languages: [de, fr, ja]
sweep:
  some: {method: clseave, languages: [de, fr], runs: [{epochs: 1}]}
"""


def test_files_and_sweeps_of_the_base_for_other_languages_take_no_part(tmp_path: Path) -> None:
    study_on(tmp_path, "thesis", "base", FILES)
    study_on(tmp_path, "base", "german", "languages: [de]")
    study_on(tmp_path, "base", "chinese", "languages: [zh]")

    german = load_study("german", {}, tmp_path)
    assert german["translation"]["references"] == {"de": "de.tsv"}
    assert german["translation"]["back_translations"] == {}
    assert german["sweep"]["some"]["languages"] == ["de"]
    chinese = load_study("chinese", {}, tmp_path)
    assert chinese["translation"]["references"] == {}
    assert chinese["sweep"] == {}
    french = load_study("base", {"languages": ["fr"]}, tmp_path)  # of config.yaml or --config
    assert french["translation"]["references"] == {"fr": "fr.tsv"}


@pytest.mark.parametrize(
    ("translation", "place"),
    [
        ({"references": {"de": "de.tsv"}}, "references"),
        ({"back_translations": {"fr": "fr.tsv", "ko": "ko.tsv"}}, "back_translations"),
    ],
)
def test_a_file_of_the_study_itself_for_another_language_is_told(
    translation: dict[str, Any], place: str
) -> None:
    with pytest.raises(ValueError, match=rf"translation\.{place}: '..' is not in the .* \(nl\)"):
        load_study("thesis", {"languages": ["nl"], "translation": translation}, ROOT)


def test_the_control_language_of_a_base_takes_no_part_without_it() -> None:
    assert "control_language" not in load_study("invented", {"languages": ["qsc"]}, ROOT)
    both = load_study("invented", {"languages": ["qsc", "qid"]}, ROOT)
    assert both["control_language"] == "qid"

    with pytest.raises(ValueError, match=r"control_language: 'qid' is not .* \(qsc\)\. Write anot"):
        load_study("invented", {"languages": ["qsc"], "control_language": "qid"}, ROOT)


@pytest.mark.parametrize("name", SHIPPED)
def test_of_the_shipped_studies_nothing_is_left_out(name: str) -> None:
    study = load_study(name, {}, ROOT)
    again = load_study(name, {"languages": study["languages"]}, ROOT)

    assert again == study
    assert all(languages_of(method, study) for method in study["methods"].values())


def test_a_code_that_no_language_has_is_told_with_all_its_places() -> None:
    methods = {name: {"languages": ["xx"]} for name in ("clseave", "translate_train")}

    with pytest.raises(ValueError, match=r"language 'xx' is not known\. Known codes: ar") as told:
        load_study("thesis", {"methods": methods}, ROOT)
    assert str(told.value).count("is not known") == 1
    assert "methods.clseave.languages, methods.translate_train.languages" in str(told.value)


def test_a_method_that_reads_one_of_other_languages_is_told_so() -> None:
    methods = {
        "german": {"like": "clseave", "languages": ["de"]},
        "mine": {"like": "clseave", "trained_as": "german", "batch_norm": "moving"},
    }
    with pytest.raises(ValueError, match=r"methods\.mine\.languages: 'german' has no fr\."):
        load_study("thesis", {"languages": ["fr"], "methods": methods}, ROOT)


@pytest.mark.parametrize("languages", [None, "de", ["de", 3, {}], {"de": 1}, [["de"]]])
@pytest.mark.parametrize("section", [None, "x", [], {"x": None}, {"references": 3}])
def test_languages_of_any_form_over_sections_of_any_form_are_said(
    languages: Any, section: Any
) -> None:
    overrides = {"languages": languages, "translation": section, "sweep": section}

    with pytest.raises(ValueError, match="is not valid"):
        load_study("pocket_full", overrides, ROOT)
