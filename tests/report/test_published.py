"""The data file of published values: what it holds, its errors, and the thesis itself."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from clseave_core.report.published import (
    Published,
    accuracies,
    data_files,
    differing_counts,
    load_published,
    values_beside,
    where,
    why_none,
)
from tests.report.published_corpus import published_report

ROOT = Path(__file__).parents[2]
FILES = [ROOT / path for path in data_files("thesis", ROOT)]
THESIS = ROOT.parent / "shared" / "thesis.txt"
ISO = {
    "English": "en",
    "German": "de",
    "Dutch": "nl",
    "Japan": "ja",
    "Japanese": "ja",
    "Janpanese": "ja",
    "Chinese": "zh",
    "Korean": "ko",
}
"""The languages as the thesis's tables spell them."""
of_the_thesis = pytest.mark.skipif(
    not THESIS.exists(), reason="the text of the thesis is not in this checkout"
)


@pytest.fixture(scope="module")
def published() -> Published:
    return load_published(FILES)


def rows_below(caption: str, *, above: bool = False) -> dict[str, list[str]]:
    """A table of the thesis's text by its first column; `above`: it stands over its caption."""
    text = THESIS.read_text(encoding="utf-8")
    before, after = text.split(f"{caption}:", 1)
    paragraphs = (before if above else after).split("\n\n")
    tables = [block for block in paragraphs if block.count("\t") > 3]
    table = tables[-1 if above else 0].strip("\n")
    return {row[0]: row[1:] for row in (line.split("\t") for line in table.split("\n"))}


def plain(number: str) -> float:
    r"""`$529,\!527$`, `550, 152`, `73.17%`, `4\times10^{-5}`, `1×10^{-6}$` as numbers."""
    text = re.sub(r"\\!|[$,%\s]", "", number).replace(r"\times", "×")
    return float(re.sub(r"×10\^\{(-\d+)\}", r"e\1", text))


@of_the_thesis
def test_distances_are_those_of_table_1_1(published: Published) -> None:
    table = rows_below("Table 1.1", above=True)
    languages = [ISO[name] for name in table.pop("Distance")]

    assert languages == ["de", "nl", "ja", "zh", "ko"]
    assert published["linguistic_distances"]["distances"] == {
        name.lower(): dict(zip(languages, map(float, row), strict=True))
        for name, row in table.items()
    }


@of_the_thesis
def test_resource_classes_are_those_of_chapter_5(published: Published) -> None:
    text = THESIS.read_text(encoding="utf-8")

    assert "German, Japanese, and Chinese are classified in the most resource-rich category" in text
    assert "Dutch and Korean are classified in the fourth category" in text
    assert published["resource_classes"]["classes"] == {
        **dict.fromkeys(("en", "de", "ja", "zh"), 5),
        **dict.fromkeys(("nl", "ko"), 4),
    }


@of_the_thesis
def test_corpus_sizes_are_those_of_table_2_1(published: Published) -> None:
    table = rows_below("Table 2.1", above=True)
    names = {"Trian set": "train", "Dev set": "dev", "Test set": "test", "Total": "total"}

    assert table.pop("Dataset") == ["SNLI", "SNLI-VE"]
    assert set(table) == set(names)
    for column, corpus in enumerate(("snli", "snli_ve")):
        sizes = {names[name]: int(plain(row[column])) for name, row in table.items()}
        assert published["corpus_sizes"][corpus] == sizes
        assert sum(sizes.values()) == 2 * sizes["total"]


def test_labels_of_a_split_add_up_to_its_pairs(published: Published) -> None:
    sizes = published["corpus_sizes"]["snli_ve"]

    for split, labels in published["corpus_facts"]["labels"].items():
        assert sum(labels.values()) == sizes[split]
    assert sum(published["corpus_facts"]["images"].values()) == 31783


@of_the_thesis
def test_accuracies_are_those_of_table_4_1(published: Published) -> None:
    table = rows_below("Table 4.1")

    assert table.pop("Language") == ["Test loss", "Test accuracy"]
    said = {ISO[name]: (plain(loss), plain(share)) for name, (loss, share) in table.items()}
    ours = accuracies(published)
    held = {**ours["clip_ve"], **ours["clseave"]}
    assert {code: (row["loss"], row["accuracy"]) for code, row in held.items()} == said


@of_the_thesis
def test_numbers_of_the_running_text(published: Published) -> None:
    text = THESIS.read_text(encoding="utf-8")
    ends = published["training_ends"]

    assert "33.32%" in text
    for method in ("clteave_padded", "clteave_decoder", "clteave_direct"):
        assert accuracies(published)[method] == {"de": {"accuracy": 33.32}}
    assert "average performance of CLIP-VE_{other language} models is 70.81%" in text
    assert (
        "final training loss is 0.5511, validation loss is 0.6630, training accuracy is 77.92%, "
        "and validation accuracy is 72.89%"
    ) in text
    assert ends["clip_ve"]["train"] == {"loss": 0.5511, "accuracy": 77.92}
    assert ends["clip_ve"]["dev"] == {"loss": 0.6630, "accuracy": 72.89}
    assert "training loss of this multilingual autoencoder was 0.1529" in text
    assert ends["autoencoder"]["train"] == {"loss": 0.1529}
    systems = {row["system"]: row for row in published["systems"]}
    for name, number in (("OFA (large)", "91.2"), ("AlignVE", "72.45")):
        assert f"{number}%" in text
        assert systems[name]["test_accuracy"] == number
    assert "EVE-Image model (71.56%)" in text
    assert systems["EVE-Image"]["dev_accuracy"] == "71.56"


def test_the_five_students_mean_is_the_published_one(published: Published) -> None:
    students = [row["accuracy"] for row in accuracies(published)["clseave"].values()]

    assert len(students) == 5
    assert sum(students) / 5 == pytest.approx(70.81, abs=0.005)
    assert published["accuracy"]["clseave"]["mean"] == {"accuracy": 70.81}


@of_the_thesis
def test_hyper_parameters_are_those_of_table_a_1(published: Published) -> None:
    table = rows_below("Table A.1", above=True)
    columns = ["clip_ve", "clseave", "autoencoder"]

    assert table.pop("Model") == ["CLIP-VE", "CLSEAVE", "AutoEncoder"]
    rates = [
        [plain(number) for number in re.findall(r"\d ?(?:\\times|×) ?10\^\{-\d\}|\b0\b", cell)]
        for cell in table["Learning rate weight decay"]
    ]
    epochs = [cell.split() for cell in table["Epoch Loss function"]]
    said = {
        name: {
            "learning_rate": rates[number][0],
            "weight_decay": rates[number][1],
            "batch_size": int(table["Batch"][number]),
            "epochs": int(epochs[number][0]),
            "loss": epochs[number][1],
            "optimizer": table["Optimizer"][number],
        }
        for number, name in enumerate(columns)
    }
    assert {name: published["hyper_parameters"][name] for name in columns} == said


@of_the_thesis
@pytest.mark.parametrize(("key", "caption"), [("dev_mse", "Table A.2"), ("dev_mae", "Table A.3")])
def test_dev_errors_are_those_of_the_appendix(published: Published, key: str, caption: str) -> None:
    table = rows_below(caption)

    assert table.pop("Epochs") == [str(epoch) for epoch in range(1, 10)]
    said = {ISO[name]: [float(number) for number in row] for name, row in table.items()}
    assert published[key]["clseave"] == said
    assert published[key]["dimensions"] == 512


def test_every_block_says_where_it_stands(published: Published) -> None:
    for key in ("linguistic_distances", "corpus_sizes", "dev_mse", "dev_mae", "hyper_parameters"):
        assert re.fullmatch(r"Table \w\.\d, p\. \d+", where(published[key]["reference"]))
    assert where({"source": "a paper"}) == "a paper"
    assert all(row["source"] for row in published["systems"])


def test_a_study_without_published_values_has_none() -> None:
    assert data_files(None) == []
    assert load_published([]) == {}
    assert accuracies({}) == {}


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"published is 'thesi'.*Known: thesis\. Name one"):
        data_files("thesi", ROOT)


@pytest.mark.parametrize(
    ("block", "key", "value", "message"),
    [
        ("dev_mse", "dimensions", 0, r"dev_mse\.dimensions: 0 is less than the minimum of 1"),
        ("corpus_facts", "images", {"dev": 1}, r"corpus_facts\.images: 'train' is a required prop"),
        ("corpus_facts", "labells", {}, r"corpus_facts: .*'labells' was unexpected"),
        ("accuracy", "new", {"de": {}}, r"accuracy\.new: 'reference' is a required property"),
    ],
)
def test_an_error_names_file_and_key(
    published: Mapping[str, Mapping[str, object]],
    tmp_path: Path,
    block: str,
    key: str,
    value: object,
    message: str,
) -> None:
    path = tmp_path / "other.yaml"
    wrong = {**published, block: {**published[block], key: value}}
    path.write_text(yaml.safe_dump(wrong), encoding="utf-8")

    with pytest.raises(ValueError, match=rf"(?s)other\.yaml is not valid; correct it:.*{message}"):
        load_published([path])


def test_published_values_stand_beside_the_published_corpus(published: Published) -> None:
    report = published_report()
    report["splits"]["xvnli"] = {"rows": 1_164, "images": 357}  # nothing is published of it

    assert values_beside(FILES, report) == published
    assert why_none(FILES, report) == ""


def test_no_published_value_stands_beside_two_pairs_of_ones_own() -> None:
    """`published: thesis` is inherited, the corpus is not."""
    split = {"rows": 2, "images": 1, "labels": {"entailment": 1, "neutral": 1, "contradiction": 0}}
    report = {"splits": dict.fromkeys(("train", "dev", "test"), split)}

    assert values_beside(FILES, report) == {}
    assert why_none(FILES, report) == (
        "No published value stands beside these results, since the corpus is not the published "
        "one: train has 2 pairs, not 529,527; 15 of its counts differ."
    )


@pytest.mark.parametrize(
    ("split", "change", "said"),
    [
        ("test", {"rows": 17_900}, ["test has 17,900 pairs, not 17,901"]),
        ("dev", {"images": 999}, ["dev has 999 pictures, not 1,000"]),
        (
            "train",
            {"labels": {"entailment": 176_932, "neutral": 176_044, "contradiction": 176_551}},
            [
                "train has 176,044 pairs of neutral, not 176,045",
                "train has 176,551 pairs of contradiction, not 176,550",
            ],
        ),
    ],
)
def test_one_count_that_differs_is_another_corpus(
    published: Published, split: str, change: dict[str, object], said: list[str]
) -> None:
    report = published_report()
    report["splits"][split] |= change

    assert differing_counts(published, report) == said
    assert values_beside(FILES, report) == {}


def test_a_study_that_names_nothing_is_told_nothing() -> None:
    report = {"splits": {"test": {"rows": 2}}}

    assert values_beside([], report) == {}
    assert why_none([], report) == ""
