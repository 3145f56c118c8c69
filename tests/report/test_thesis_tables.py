"""The thesis's tables from files made by hand."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clseave_core.files import write_json
from clseave_core.report.accuracy_summary import accuracy_summary, published_systems
from clseave_core.report.accuracy_table import COLUMNS
from clseave_core.report.corpus_tables import corpus_sizes, linguistic_distances
from clseave_core.report.formats import write_formats
from clseave_core.report.published import Published, data_files, load_published
from clseave_core.report.table_names import TABLES
from clseave_core.report.thesis_tables import StudyParts, thesis_tables
from clseave_core.report.training_tables import dev_errors, hyper_parameters
from tests.report.published_corpus import published_report

THESIS = load_published(data_files("thesis"))
NOTHING: Published = {}
TRAINING = {"epochs": 2, "batch_size": 32, "learning_rate": 4.0e-5}
STUDENT = {
    "setting": "translate_train_unlabelled",
    "teacher": "clip_ve",
    "student": "mbert",
    "objective": "sentence_mse",
    "training": {**TRAINING, "planned_epochs": 22, "warmup": 0.1},
}
TEACHERS: dict[str, dict[str, Any]] = {
    "clip_ve": {"model": "clip", "training": {**TRAINING, "optimizer": "adam", "patience": 1}},
    "hypothesis_only": {"model": "clip", "premise": "constant", "training": TRAINING},
    "image_only": {"model": "clip", "hypothesis": "constant", "training": TRAINING},
    "unused": {"model": "clip", "image_tower": "random", "training": TRAINING},
}
METHODS: dict[str, dict[str, Any]] = {
    "clip_ve": {"setting": "english", "teacher": "clip_ve"},
    "clseave": STUDENT,
    "reread": {**STUDENT, "trained_as": "clseave"},
    "hypothesis_only": {"setting": "english", "teacher": "hypothesis_only"},
    "image_shuffled": {"setting": "english", "teacher": "clip_ve", "premise": "shuffled"},
    "clteave_padded": {**STUDENT, "objective": "token_mse", "autoencoder": "relu"},
}
MAIN = ["clip_ve", "clseave", "reread", "hypothesis_only", "image_shuffled"]


def accuracy_rows(*rows: tuple[str, str, str, str, str, str]) -> pd.DataFrame:
    """Rows of test set, method, language, seed, loss, accuracy; 80.00 is the English accuracy."""
    table = pd.DataFrame("", index=range(len(rows)), columns=list(COLUMNS))
    for number, (testset, method, language, seed, loss, accuracy) in enumerate(rows):
        gap = "" if language == "en" else f"{80 - float(accuracy):.2f}"
        for name, cell in {
            "study": "hand", "testset": testset, "method": method, "language": language,
            "seed": seed, "test_loss": loss, "test_accuracy": accuracy, "gap_to_english": gap,
            "ci_low": "1.00", "ci_high": "99.00",
        }.items():  # fmt: skip
            table.loc[number, name] = cell
    return table


def cells(rows: pd.DataFrame, *columns: str, **keys: str) -> list[list[str]]:
    found = rows[(rows[list(keys)] == pd.Series(keys)).all(axis=1)] if keys else rows
    return found[list(columns)].to_numpy().tolist()


def test_distances_of_the_studys_languages_only() -> None:
    """French is not in the thesis: its cells are empty."""
    rows = linguistic_distances(["ko", "fr"], THESIS).rows

    assert rows.to_numpy().tolist() == [
        ["Korean", "ko", "0.5", "0.62", "1", "0.4", "0.4638", "0.4866", "4",
         "thesis, Table 1.1, p. 3"],
        ["French", "fr", "", "", "", "", "", "", "", ""],
    ]  # fmt: skip


def report(**further: int) -> dict[str, Any]:
    """A corpus of 9, 3 and 6 pairs, and of `further` test sets."""

    def split(rows: int) -> dict[str, Any]:
        return {
            "rows": rows,
            "dropped_rows": 1,
            "labels": {"entailment": rows - 2, "neutral": 1, "contradiction": 1},
            "images": 2,
            "sentences": 3,
            "repeated_sentences": 1,
            "held_out_sentences": 0,
            "held_out_rows": 0,
        }

    sizes = {"train": 9, "dev": 3, "test": 6, **further}
    return {"splits": {name: split(rows) for name, rows in sizes.items()}}


def test_corpus_sizes_beside_the_published() -> None:
    rows = corpus_sizes(report(), THESIS).rows

    assert list(rows.columns) == [
        "quantity", "split", "ours", "published_snli", "published_snli_ve",
    ]  # fmt: skip
    assert cells(rows, "split", "ours", "published_snli", "published_snli_ve",
                 quantity="pairs") == [
        ["train", "9", "550152", "529527"],
        ["dev", "3", "10000", "17858"],
        ["test", "6", "10000", "17901"],
        ["total", "18", "570152", "565286"],
    ]  # fmt: skip
    assert cells(rows, "ours", "published_snli_ve", quantity="pairs: neutral", split="test") == [
        ["1", "5964"]
    ]
    assert cells(rows, "ours", "published_snli_ve", quantity="images", split="train") == [
        ["2", "29783"]
    ]
    assert cells(rows, "ours", quantity="distinct hypotheses", split="dev") == [["3"]]


def test_a_further_test_set_is_no_part_of_the_total() -> None:
    rows = corpus_sizes(report(extra=100), NOTHING).rows

    assert cells(rows, "ours", quantity="pairs", split="total") == [["18"]]
    assert cells(rows, "ours", quantity="pairs", split="extra") == [["100"]]
    assert set(rows["published_snli"]) == set(rows["published_snli_ve"]) == {""}


ONE_SEED = accuracy_rows(
    ("test", "clip_ve", "en", "0", "0.5000", "80.00"),
    ("test", "clseave", "de", "0", "0.6001", "78.01"),
    ("test", "clseave", "nl", "0", "0.6002", "77.00"),
    ("test", "hypothesis_only", "en", "0", "1.0000", "33.30"),
    ("extra", "clseave", "de", "0", "0.7000", "70.00"),
)
SUMMARY = ("method", "language", "seeds", "test_loss", "test_accuracy", "gap_to_english")
BESIDE = ("published_loss", "published_accuracy", "published_protocol")


def test_the_english_model_and_the_students_with_their_mean() -> None:
    """(78.01 + 77.00) / 2 = 77.505, to the even digit 77.50; gaps 1.99 and 3.00."""
    rows = accuracy_summary(ONE_SEED, [], METHODS, TEACHERS, THESIS).rows

    assert cells(rows, *SUMMARY, testset="test") == [
        ["clip_ve", "en", "1", "0.5000", "80.00", ""],
        ["clseave", "de", "1", "0.6001", "78.01", "1.99"],
        ["clseave", "nl", "1", "0.6002", "77.00", "3.00"],
        ["clseave", "mean", "1", "0.6002", "77.50", "2.50"],
    ]
    assert cells(rows, *BESIDE, testset="test") == [
        ["0.6550", "73.17", "thesis_as_published"],
        ["0.6761", "73.19", "thesis_as_published"],
        ["0.6853", "71.35", "thesis_as_published"],
        ["", "", ""],  # the published mean is of five languages, this one of two
    ]
    assert cells(rows, "ci_low", "ci_high", language="mean") == [["", ""]]
    assert cells(rows, *BESIDE, testset="extra") == [["", "", ""]]


def test_the_published_mean_stands_beside_the_same_five_languages() -> None:
    five = [("test", "clseave", code, "0", "0.6", "70.00") for code in ("de", "nl", "ja", "ko")]
    table = accuracy_rows(*five, ("test", "clseave", "zh", "0", "0.6", "71.00"))

    rows = accuracy_summary(table, [], METHODS, TEACHERS, THESIS).rows
    assert cells(rows, "test_accuracy", *BESIDE, language="mean") == [
        ["70.20", "", "70.81", "thesis_as_published"]
    ]
    rows = accuracy_summary(table, [], METHODS, TEACHERS, NOTHING).rows
    assert {cell for row in cells(rows, *BESIDE) for cell in row} == {""}


def test_of_several_seeds_the_mean_is_taken() -> None:
    seeds = [("0", "77.00"), ("1", "79.00"), ("mean", "78.00"), ("sd", "1.41")]
    table = accuracy_rows(*(("test", "clseave", "de", seed, "0.6", share) for seed, share in seeds))

    rows = accuracy_summary(table, [], METHODS, TEACHERS, NOTHING).rows
    assert cells(rows, "language", "seeds", "test_accuracy") == [["de", "2", "78.00"]]


def test_the_token_variant_comes_from_the_comparisons_without_a_loss() -> None:
    comparison = pd.DataFrame(
        {
            "testset": "test", "method": ["clteave_padded", "another"], "language": "de",
            "seeds": "1", "accuracy": ["35.50", "60.00"], "ci_low": "34.00", "ci_high": "37.00",
        }
    )  # fmt: skip
    rows = accuracy_summary(ONE_SEED, [comparison], METHODS, TEACHERS, THESIS).rows

    assert cells(rows, *SUMMARY, *BESIDE, method="clteave_padded") == [
        ["clteave_padded", "de", "1", "", "35.50", "44.50", "", "33.32", "thesis_as_published"]
    ]
    assert "another" not in set(rows["method"])


def test_hyper_parameters_in_force_beside_table_a_1() -> None:
    """Defaults are filled in; neither an unused teacher nor a student trained elsewhere shows."""
    autoencoders = {
        name: {"model": "bert", "activation": name, "training": {**TRAINING, "weight_decay": 1e-6}}
        for name in ("relu", "linear")
    }
    main = {name: METHODS[name] for name in MAIN}
    table = hyper_parameters(main, TEACHERS, autoencoders, THESIS)
    rows = table.rows

    assert list(rows.columns) == [
        "hyper_parameter", "clip_ve", "clip_ve_published", "hypothesis_only", "clseave",
        "clseave_published", "autoencoder_relu", "autoencoder_relu_published",
    ]  # fmt: skip
    assert table.caption.endswith(" autoencoder_linear: as autoencoder_relu.")
    by_name = {
        row["hyper_parameter"]: {str(column): cell for column, cell in row.items()}
        for row in rows.to_dict("records")
    }
    columns = ("clip_ve", "clip_ve_published", "clseave", "clseave_published",
               "autoencoder_relu_published")  # fmt: skip
    for name, expected in {
        "learning rate": ["4e-05", "1e-06", "4e-05", "4e-05", "1e-05"],
        "weight decay": ["0", "0", "0", "0", "1e-06"],
        "batch size": ["32", "64", "32", "128", "256"],
        "epochs": ["2", "6", "2", "9", "20"],
        "loss": ["CrossEntropy", "CrossEntropy", "MSE", "MSE", "MSE"],
        "optimizer": ["Adam", "Adam", "AdamW", "AdamW", "Adam"],
        "planned epochs": ["2", "", "22", "", ""],
        "warmup": ["0", "", "0.1", "", ""],
        "patience": ["1", "", "none", "", ""],
    }.items():
        assert [by_name[name][column] for column in columns] == expected, name
    assert by_name["weight decay"]["autoencoder_relu"] == "1e-06"
    empty = hyper_parameters(main, TEACHERS, {}, NOTHING).rows
    assert set(empty["clseave_published"]) == {""}


def history(folder: Path, run: str, text: str) -> Path:
    path = folder / run / "history.csv"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def histories(folder: Path) -> list[Path]:
    """Two seeds of German: one stopped after epoch 2, epoch 3 was evaluated for the other."""
    header = "epoch,dev_mse_sum,dev_mse_per_dim,dev_mae_sum,dev_mae_per_dim\n"
    return [
        history(folder, "clseave/de/seed0", f"{header}1,,,,\n2,10,0.02,64,0.125\n"),
        history(
            folder, "clseave/de/seed1",
            f"{header}1,,,,\n2,11,0.022,66,0.129\n3,8,0.016,60,0.117\n",
        ),
        history(folder, "rival/de/seed0", "epoch,dev_loss\n1,0.5\n"),
    ]  # fmt: skip


def test_dev_errors_are_means_over_seeds_beside_the_published(tmp_path: Path) -> None:
    """17.70 / 512 = 0.034570; a method without the error has no row."""
    rows = dev_errors("mse", histories(tmp_path), THESIS).rows

    assert len(rows) == 9
    assert rows.to_numpy().tolist()[:4] == [
        ["clseave", "de", "1", "0", "", "", "17.70", "0.03457"],
        ["clseave", "de", "2", "2", "10.50", "0.02100", "12.73", "0.02486"],
        ["clseave", "de", "3", "1", "8.00", "0.01600", "10.50", "0.02051"],
        ["clseave", "de", "4", "0", "", "", "9.52", "0.01859"],
    ]
    table = dev_errors("mae", histories(tmp_path / "b"), NOTHING)
    assert table.name == "table_a_3_dev_mae"
    assert table.rows.to_numpy().tolist() == [
        ["clseave", "de", "2", "2", "65.00", "0.12700", "", ""],
        ["clseave", "de", "3", "1", "60.00", "0.11700", "", ""],
    ]


def test_a_history_without_epochs_is_refused(tmp_path: Path) -> None:
    path = history(tmp_path, "clseave/de/seed0", "step,dev_mse_sum\n")

    with pytest.raises(ValueError, match=r"history\.csv has no row or no column 'epoch'\. Delete"):
        dev_errors("mse", [path], THESIS)


def test_systems_and_the_studys_own_english_models() -> None:
    """The shuffled control is no system; a row for each published split."""
    rows = published_systems(ONE_SEED, "hand", METHODS, TEACHERS, THESIS).rows

    assert cells(rows, "split", "inputs", "accuracy", system="EVE-Image") == [
        ["dev", "image + hypothesis", "71.56"],
        ["test", "image + hypothesis", "71.16"],
    ]
    assert cells(rows, "inputs", "accuracy", system="OFA (large)") == [
        ["image + caption + hypothesis", "91.2"]
    ]
    assert cells(rows, "system", "corpus", "split", "inputs", "accuracy", paper="this study") == [
        ["clip_ve", "that of the study hand", "test", "image + hypothesis", "80.00"],
        ["hypothesis_only", "that of the study hand", "test", "hypothesis", "33.30"],
    ]
    assert len(published_systems(ONE_SEED, "hand", METHODS, TEACHERS, NOTHING).rows) == 2


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Any]:
    write_json(tmp_path / "report.json", report())
    ONE_SEED.to_csv(tmp_path / "table.csv", index=False)
    return {
        "report": tmp_path / "report.json",
        "table": tmp_path / "table.csv",
        "comparisons": [],
        "histories": histories(tmp_path),
        "distances": data_files("thesis"),
    }


@pytest.mark.parametrize("name", ["thesis", None])
def test_every_study_has_every_table_in_the_same_bytes(
    files: dict[str, Any], tmp_path: Path, name: str | None
) -> None:
    study = StudyParts("hand", ["de", "nl"], METHODS, MAIN, TEACHERS, {})
    for folder in ("one", "two"):
        tables = thesis_tables(study, published=data_files(name), **files)
        for table in tables:
            write_formats(tmp_path / folder, table)

    assert tuple(table.name for table in tables) == TABLES
    made = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(made) == 3 * len(TABLES)
    for file in made:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.mark.parametrize("own", [False, True])
def test_published_columns_are_empty_beside_another_corpus(
    files: dict[str, Any], own: bool
) -> None:
    if not own:
        write_json(files["report"], published_report())
    study = StudyParts("hand", ["de", "nl"], METHODS, MAIN, TEACHERS, {})

    tables = thesis_tables(study, published=data_files("thesis"), **files)

    shown = {
        (table.name, column)
        for table in tables
        for column in table.rows.columns
        if "published" in column and set(table.rows[column]) != {""}
    }
    assert {name for name, _ in shown} == (
        set()
        if own
        else {
            *("table_2_1_corpus_sizes", "table_4_1_accuracy", "table_a_1_hyper_parameters"),
            *("table_a_2_dev_mse", "table_a_3_dev_mae"),
        }
    )
    systems = next(table.rows for table in tables if table.name == "published_systems")
    assert ("EVE-Image" in set(systems["system"])) != own


def test_a_leaked_test_set_says_so_in_table_4_1_and_stands_beside_no_system() -> None:
    table = accuracy_rows(
        ("test", "clip_ve", "en", "0", "0.5", "80.00"),
        ("xvnli", "clip_ve", "en", "0", "0.5", "90.00"),
        ("xvnli", "clseave", "de", "0", "0.5", "80.00"),
        ("xvnli", "clseave", "nl", "0", "0.5", "80.00"),
    )
    table = table.assign(setting_notes=["", "leaked", "leaked", "leaked"])

    rows = accuracy_summary(table, [], METHODS, TEACHERS, THESIS).rows
    systems = published_systems(table, "hand", METHODS, TEACHERS, NOTHING).rows

    assert cells(rows, "testset", "language", "setting_notes") == [
        ["test", "en", ""], ["xvnli", "en", "leaked"], ["xvnli", "de", "leaked"],
        ["xvnli", "nl", "leaked"], ["xvnli", "mean", "leaked"],
    ]  # fmt: skip
    assert cells(systems, "system", "split") == [["clip_ve", "test"]]


def test_a_leaked_test_split_has_no_published_accuracy() -> None:
    table = accuracy_rows(
        ("test", "clip_ve", "en", "0", "0.5", "80.00"),
        ("test", "clseave", "de", "0", "0.5", "70.00"),
    ).assign(setting_notes="leaked")

    rows = accuracy_summary(table, [], METHODS, TEACHERS, THESIS).rows

    assert len(rows) == 2
    assert set(rows[list(BESIDE)].to_numpy().ravel()) == {""}


def test_an_empty_accuracy_table_is_refused(files: dict[str, Any]) -> None:
    ONE_SEED.iloc[:0].to_csv(files["table"], index=False)
    study = StudyParts("hand", ["de"], METHODS, MAIN, TEACHERS, {})

    with pytest.raises(ValueError, match=r"table\.csv has no row\. Delete it"):
        thesis_tables(study, published=[], **files)
