"""What check_study tells of a user's own corpus and translations, before anything runs."""

import json
from pathlib import Path
from typing import Any

import pytest

from clseave_core.corpus import snli_ve
from clseave_core.study.checks import check_study
from clseave_core.study.checks import corpus as corpus_checks
from clseave_core.study.checks.check import Check
from clseave_core.study.loading import load_study
from clseave_core.study.sources import Sources
from commands import check_study as command

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT.parent / "shared/cases"
LABELS = ("entailment", "neutral", "contradiction")
TRAIN = [("p1", "10", "A dog."), ("p2", "10", "A cat."), ("p3", "11", "A dog.")]
DEV = [("p4", "20", "A red car.")]
TEST = [("p5", "30", "Two men sit.")]
SENTENCES = ["A dog.", "A cat.", "A red car.", "Two men sit."]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write_split(name: str, rows: list[tuple[str, str, str]]) -> dict[str, str]:
    """The file of a split, as a section of `annotations:`."""
    lines = [
        json.dumps(
            {"pairID": pair, "Flickr30K_ID": image, "sentence2": text,
             "gold_label": LABELS[number % 3]}
        )
        for number, (pair, image, text) in enumerate(rows)
    ]  # fmt: skip
    Path(f"{name}.jsonl").write_text("\n".join(lines))
    return {"path": f"{name}.jsonl"}


def write_table(name: str, sources: list[str]) -> str:
    lines = ["source\ttranslation", *(f"{text}\tÜbersetzt: {text}" for text in sources)]
    Path(name).write_text("\n".join(lines))
    return name


def own_study(
    pictures: tuple[str, ...] = ("10", "11", "20", "30"),
    splits: dict[str, list[tuple[str, str, str]]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A study on German with files of one's own, which has all that it needs."""
    Path("pictures").mkdir(exist_ok=True)
    for name in pictures:
        (Path("pictures") / f"{name}.jpg").write_bytes(b"")
    rows = {"train": TRAIN, "dev": DEV, "test": TEST} | (splits or {})
    return {
        "languages": ["de"],
        "testsets": [name for name in rows if name not in ("train", "dev")],
        "corpus": {
            "pictures": {"path": "pictures"},
            "annotations": {name: write_split(name, part) for name, part in rows.items()},
            "expected": None,
        },
        "translation": {"provider": "file", "file": "{lang}.tsv"},
    } | more


def checks(study: dict[str, Any], german: list[str] | None = None) -> dict[str, Check]:
    write_table("de.tsv", SENTENCES if german is None else german)
    sources = Sources("mine", load_study("thesis", study, ROOT), "resources")
    return {check.what: check for check in check_study(sources, "resources/cache.sqlite")}


def failures(study: dict[str, Any], german: list[str] | None = None) -> dict[str, str]:
    return {check.what: check.found for check in checks(study, german).values() if not check.ok}


def test_a_whole_corpus_of_ones_own_is_told_in_numbers() -> None:
    found = checks(own_study())

    assert all(check.ok for check in found.values())
    assert found["annotations train"].found == "train.jsonl: 3 pairs"
    assert found["pictures"].found == "pictures: 4 pictures"
    assert found["splits"].found.startswith("share no pair and no picture")
    assert found["counts"].found == (
        "5 pairs with 4 distinct sentences: 3 entailment, 1 neutral, 1 contradiction"
    )
    assert found["language de"].found == "de.tsv: 4 sentences, all 4 of the corpus among them"


def test_translations_that_do_not_cover_the_sentences_are_counted_with_three_examples() -> None:
    many = [(f"m{number}", "10", f"Sentence {number}.") for number in range(2000)]
    study = own_study(splits={"train": [*TRAIN, *many]})

    found = failures(study, [*SENTENCES, "Sentence 7."])
    assert list(found) == ["language de"]
    assert found["language de"] == (
        "de.tsv has no translation of 1,999 of 2,004 sentences: 'Sentence 0.', "
        "'Sentence 1.', 'Sentence 2.', .... Add them."
    )


def test_a_file_with_a_missing_and_a_repeated_sentence_is_not_ok() -> None:
    found = failures(own_study(), ["A dog.", "A dog.", "A cat.", "Two men sit."])

    assert found["language de"].startswith(
        "de.tsv has no translation of 1 of 4 sentences: 'A red car.'. Add them."
    )


def test_sentences_are_looked_for_in_one_form_of_unicode() -> None:
    study = own_study(splits={"dev": [("p4", "20", "A cafe\u0301.")]})

    assert failures(study, ["A dog.", "A cat.", "A caf\u00e9.", "Two men sit."]) == {}


def test_references_and_back_translations_are_held_against_the_sentences() -> None:
    study = own_study()
    study["translation"] |= {
        "references": {"de": write_table("human.tsv", ["A dog.", "Of another corpus."])},
        "back_translations": {"de": write_table("back.tsv", SENTENCES[1:])},
    }
    found = checks(study)

    assert found["references de"].found == (
        "human.tsv: 2 sentences, 1 of the 4 of the corpus among them"
    )
    assert found["back_translations de"].found == "back.tsv: 3 sentences"  # no method reads them
    study["methods"] = {"back": {"setting": "round_trip", "teacher": "clip_ve"}}
    assert "back.tsv has no translation of 1 of 4 sen" in failures(study)["back_translations de"]

    study["translation"]["references"]["de"] = write_table("human.tsv", ["Of another corpus."])
    assert "none of them of the corpus, e.g. 'Of another" in failures(study)["references de"]


def test_pictures_that_pairs_name_and_that_are_missing_are_named() -> None:
    found = failures(own_study(pictures=("10", "20")))

    assert list(found) == ["pictures"]
    assert (
        "2 pictures that pairs name are not among the 2 pictures in pictures" in (found["pictures"])
    )
    assert "'11' (train.jsonl line 3), '30'" in found["pictures"]


def test_pictures_are_missed_while_annotations_are_still_to_come() -> None:
    study = own_study(pictures=("10",))
    study["corpus"]["annotations"]["test"] = {"urls": ["https://example.org/test.jsonl"]}

    found = checks(study)
    assert "'11' (train.jsonl line 3), '20' (dev" in found["pictures"].found
    assert "counts" not in found
    assert found["language de"].found == "de.tsv: 4 sentences"  # nobody knows yet which are needed
    assert found["disk"].ok
    assert "not known before the annotations are here: students' emb" not in found["disk"].found
    assert "not known before the annotations are here:" in found["disk"].found


@pytest.mark.parametrize(
    ("rows", "shared"),
    [
        ([("p5", "10", "A dog.")], "test.jsonl line 1: picture '10' stands also in train.jsonl"),
        ([("p2", "30", "A dog.")], "test.jsonl line 1: pairID 'p2' stands also in train.jsonl"),
    ],
)
def test_splits_that_overlap_are_told(rows: list[tuple[str, str, str]], shared: str) -> None:
    assert shared in failures(own_study(splits={"test": rows}))["splits"]


def test_a_second_test_set_equal_to_train_is_told() -> None:
    found = checks(own_study(splits={"again": TRAIN}))["splits"]

    assert "again" in found.found
    assert "2 of its 2 pictures and 3 of its 3 pairs" in found.found


def test_counts_that_are_not_as_expected_are_told() -> None:
    study = own_study()
    study["corpus"]["expected"] = {
        "pairs": {"train": 4, "dev": 1, "test": 1}, "images": {"train": 2, "dev": 1, "test": 1},
    }  # fmt: skip
    assert failures(study) == {
        "counts": "train.jsonl has 3 pairs and 0 dropped, expected 4. Delete and download what is "
        "cut short, or, where the files are meant to be others, correct corpus: expected: in the "
        "study (null takes it away)."
    }


def test_counts_of_the_base_are_told_with_the_remedy() -> None:
    study = own_study()
    del study["corpus"]["expected"]  # those of the thesis are inherited

    found = failures(study)
    assert set(found) == {"pictures", "counts"}
    assert "pictures has 4 pictures, expected 31,783. " in found["pictures"]
    assert all("null" in said for said in found.values())


def test_annotations_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def reading(path: Path, *rest: Any) -> snli_ve.Annotations:
        read.append(path.name)
        return snli_ve.read_annotations(path, *rest)

    study = own_study()
    monkeypatch.setattr(corpus_checks, "read_annotations", reading)
    monkeypatch.setattr("clseave_core.study.progress_so_far.read_annotations", reading)

    assert failures(study) == {}
    assert read == ["train.jsonl", "dev.jsonl", "test.jsonl"]


def test_methods_of_the_base_that_take_no_part_are_told() -> None:
    study = own_study() | {"languages": ["fr"]}
    write_table("fr.tsv", SENTENCES)

    assert checks(study)["takes no part"].found == (
        "methods.clteave_direct, methods.clteave_padded, methods.clteave_decoder, "
        "comparisons.clteave: for other languages than the study's"
    )


def test_expected_null_is_a_right_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """README's example, whose base expects the counts of the thesis's files."""
    study = own_study()
    write_table("de.tsv", SENTENCES)
    for name in ("schemas", "config.yaml"):
        Path(name).symlink_to(ROOT / name)
    Path("studies").mkdir()
    for path in (ROOT / "studies").glob("*.yaml"):
        Path("studies", path.name).symlink_to(path)
    Path("studies/mine.yaml").write_text(json.dumps({"based_on": "thesis"} | study))

    assert command.main(["mine"]) == 0
    said = capsys.readouterr().out
    assert "MISSING" not in said
    assert "ok       disk" in said


def test_the_shared_case_of_a_missing_and_a_repeated_sentence() -> None:
    table, annotations = (
        CASES / "translations/missing_and_repeated.tsv",
        CASES / "annotations/good.jsonl",
    )
    if not table.exists() or not annotations.exists():
        pytest.skip("the folder of cases is not beside this one")
    study = own_study()
    study["corpus"]["annotations"]["train"] = {"path": str(annotations)}
    Path("links").mkdir()
    Path("links/de.tsv").symlink_to(table)
    study["translation"]["file"] = "links/{lang}.tsv"

    assert "links/de.tsv has no translation of " in failures(study)["language de"]
