"""Annotation files in the forms, and with the names and labels, that people have."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clseave_core.corpus.picture_names import picture_identity
from clseave_core.corpus.preparation import prepare_corpus
from clseave_core.corpus.snli_ve import Annotations, read_annotations

CASES = Path(__file__).parents[3] / "shared" / "cases" / "annotations"
LABELS = ["entailment", "neutral", "contradiction"]
ROWS: list[dict[str, Any]] = [
    {"pairID": "7.jpg#0r1e", "Flickr30K_ID": "7", "sentence2": "A dog.", "gold_label": LABELS[0]},
    {"pairID": "7.jpg#0r1n", "Flickr30K_ID": "7", "sentence2": "A cat, big.", "gold_label": "-"},
    {"pairID": "8.jpg#1r1n", "Flickr30K_ID": "8", "sentence2": 'A "cow", big.',
     "gold_label": LABELS[1]},
    {"pairID": "9.jpg#1r1c", "Flickr30K_ID": "9", "sentence2": "A pig.", "gold_label": LABELS[2]},
]  # fmt: skip


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def table(rows: list[dict[str, Any]], delimiter: str) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def contents(read: Annotations) -> tuple[list[str], ...]:
    return read.pair_ids, read.image_ids, read.hypotheses, read.labels


FORMS: dict[str, tuple[str | bytes, list[int], str]] = {
    "JSON lines": (lines(ROWS), [1, 3, 4], "line"),
    "JSON list": (json.dumps(ROWS), [0, 2, 3], "row"),
    "JSON list over many lines": (json.dumps(ROWS, indent=1), [0, 2, 3], "row"),
    "objects over many lines": (
        "\n".join(json.dumps(row, indent=2) for row in ROWS), [0, 2, 3], "row",
    ),
    "rows with commas": (table(ROWS, ","), [2, 4, 5], "line"),
    "rows with tabs": (table(ROWS, "\t"), [2, 4, 5], "line"),
    "rows with semicolons": (table(ROWS, ";"), [2, 4, 5], "line"),
    "UTF-16": (table(ROWS, ",").encode("utf-16"), [2, 4, 5], "line"),
}  # fmt: skip


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_a_list_and_rows_are_read_as_lines_are(tmp_path: Path, form: str, packed: bool) -> None:
    content, numbers, unit = FORMS[form]
    data = content if isinstance(content, bytes) else content.encode()
    read = read_annotations(write(tmp_path / "dev", gzip.compress(data) if packed else data))
    assert contents(read) == contents(read_annotations(write(tmp_path / "x", lines(ROWS))))
    assert (read.lines, read.dropped) == (numbers, 1)
    assert read.place(1) == f"{tmp_path / 'dev'} {unit} {numbers[1]}"


def test_parquet_is_read(tmp_path: Path) -> None:
    rows = [row | {"picture": b"bytes"} for row in ROWS]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "dev.parquet")
    read = read_annotations(tmp_path / "dev.parquet")
    assert (read.image_ids, read.lines) == (["7", "8", "9"], [0, 2, 3])


@pytest.mark.parametrize(
    "names",
    [
        ("Flikr30kID", "sentence2", "gold_label"),  # XVNLI
        ("Flickr30kID", "hypothesis", "gold_label"),  # e-SNLI-VE in e-ViL
        ("image_link", "sentence2", "label"),  # e-SNLI-VE 2.0
        ("filename", "hypothesis", "label"),
        ("image_id", "Hypothesis", "Label"),
        ("image", "hypothesis", "label"),
        ("image", "sentence", "label"),  # ALBEF
        ("image_path", "text", "label_text"),
    ],
)
@pytest.mark.parametrize("form", ["lines", "table"])
def test_other_names_of_fields(tmp_path: Path, names: tuple[str, ...], form: str) -> None:
    image, hypothesis, label = names
    rows = [
        {
            "": 0, "premise": "A premise.", image: f"images/{row['Flickr30K_ID']}.jpg",
            hypothesis: row["sentence2"], label: row["gold_label"], "pair_id": row["pairID"],
        }
        for row in ROWS
    ]  # fmt: skip
    path = write(tmp_path / "dev", lines(rows) if form == "lines" else table(rows, ","))
    assert contents(read_annotations(path)) == contents(
        read_annotations(write(tmp_path / "x", lines(ROWS)))
    )


def test_a_label_with_its_share_is_that_label(tmp_path: Path) -> None:
    row = {"img_id": "7", "question_id": 3, "sent": "A dog.", "label": {"neutral": 1.0}}
    read = read_annotations(write(tmp_path / "dev", json.dumps([row])))  # e-ViL's JSON
    assert contents(read) == (["3"], ["7"], ["A dog."], ["neutral"])
    row["label"] = {"neutral": 0.6, "entailment": 0.4}
    with pytest.raises(ValueError, match=r"label \{.*\} is not one of"):
        read_annotations(write(tmp_path / "dev", json.dumps([row])))


def test_text_comes_before_a_number_as_label_and_a_file_before_the_picture(tmp_path: Path) -> None:
    row = {"image": {"bytes": None}, "filename": "7.jpg", "hypothesis": "A dog.", "label": 2,
           "label_text": "neutral"}  # fmt: skip
    read = read_annotations(write(tmp_path / "dev", lines([row])))
    assert (read.image_ids, read.labels) == (["7"], ["neutral"])


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("36979", "36979"),
        ("36979.jpg", "36979"),
        (" 36979.JPEG ", "36979"),
        ("36979.png", "36979"),
        ("flickr30k_images/36979.jpg", "36979"),
        ("a/b\\36979.webp", "36979"),
        ("https://mirror.example/images/36979.jpg", "36979"),
        ("36979.jpg#2", "36979"),
        ("36979.jpg#2r1n", "36979"),
        ("a.b", "a.b"),
        ("v1.2/x.y.png", "x.y"),
    ],
)
def test_ids_with_folder_and_endings_are_one_picture(
    tmp_path: Path, name: str, identity: str
) -> None:
    assert picture_identity(name) == identity
    path = write(tmp_path / "dev", lines([ROWS[0] | {"Flickr30K_ID": name}]))
    assert read_annotations(path).image_ids == [identity]


def test_a_number_is_the_name_that_its_digits_are(tmp_path: Path) -> None:
    path = write(tmp_path / "dev", lines([ROWS[0] | {"Flickr30K_ID": 36979, "pairID": 12}]))
    read = read_annotations(path)
    assert (read.image_ids, read.pair_ids) == (["36979"], ["12"])


@pytest.mark.parametrize(
    ("spelling", "label"),
    [
        ("Entailment", 0), ("NEUTRAL", 1), (" contradiction ", 2), ("e", 0), ("N", 1), ("c", 2),
        ("entails", 0), ("contradicts", 2),
    ],
)  # fmt: skip
def test_labels_in_capitals_with_blanks_and_in_short(
    tmp_path: Path, spelling: str, label: int
) -> None:
    path = write(tmp_path / "dev", lines([ROWS[0] | {"gold_label": spelling}]))
    assert read_annotations(path).labels == [LABELS[label]]


@pytest.mark.parametrize("value", [0, 1, "2", "1.0", -1])
def test_labels_that_are_numbers_need_their_meaning(tmp_path: Path, value: object) -> None:
    path = write(tmp_path / "dev.jsonl", lines([ROWS[0] | {"gold_label": value}]))
    message = (
        r"dev\.jsonl line 1: gold_label \S+ is a number, .*different orders\. Write into the study "
        r".*corpus: labels: \{train: \[entailment, neutral, contradiction\]\}"
    )
    with pytest.raises(ValueError, match=message):
        read_annotations(path)


def test_labels_that_are_numbers_mean_what_the_study_says(tmp_path: Path) -> None:
    rows = [
        ROWS[0] | {"pairID": str(number), "gold_label": value}
        for number, value in enumerate([2, 0, "1", -1, 1.0])
    ]
    read = read_annotations(write(tmp_path / "dev.jsonl", lines(rows)), LABELS[::-1])
    assert read.labels == ["entailment", "contradiction", "neutral", "neutral"]
    assert read.dropped == 1
    path = write(tmp_path / "dev.jsonl", lines([ROWS[0] | {"gold_label": 3}]))
    with pytest.raises(ValueError, match=r"line 1: gold_label 3 is none of 0 to 2"):
        read_annotations(path, LABELS)


def test_a_corpus_reads_each_split_with_its_own_labels(tmp_path: Path) -> None:
    paths = {}
    for number, split in enumerate(("train", "dev", "test")):
        row = {"image": f"{number}.png", "hypothesis": "A dog.", "label": 2}
        paths[split] = write(tmp_path / f"{split}.json", json.dumps([row]))
    labels = {"train": LABELS, "dev": LABELS[::-1], "test": LABELS}
    corpus = prepare_corpus(paths, {"0", "1", "2"}, labels=labels)
    assert [corpus.pairs[split]["label"].to_pylist() for split in paths] == [
        ["contradiction"], ["entailment"], ["contradiction"],
    ]  # fmt: skip
    assert corpus.pairs["dev"]["pair_id"].to_pylist() == ["1#0"]
    with pytest.raises(ValueError, match=r"dev\.json row 0: label 2 is a number"):
        prepare_corpus(paths, {"0", "1", "2"}, labels={"train": LABELS})


def test_pairs_without_ids_are_called_by_picture_and_number(tmp_path: Path) -> None:
    rows = [{key: row[key] for key in row if key != "pairID"} for row in ROWS]
    assert read_annotations(write(tmp_path / "dev", lines(rows))).pair_ids == ["7#1", "8#3", "9#4"]
    for mixed in ([ROWS[0], rows[2]], [rows[0], ROWS[2]]):
        with pytest.raises(ValueError, match=r"line 2: has (no )?'pairID', though"):
            read_annotations(write(tmp_path / "dev", lines(mixed)))


def _without(key: str) -> str:
    return table([{name: row[name] for name in row if name != key} for row in ROWS], ",")


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "a list cut in the middle": (json.dumps(ROWS)[:-40], r"dev row 3: not JSON, or cut"),
    "a list cut between objects": (
        json.dumps(ROWS[:1])[:-1], r"dev row 1: the list is cut, it has no end",
    ),
    "no column of pictures": (
        _without("Flickr30K_ID"), r"dev line 1: the columns .* have no picture \(Flickr30K_ID, ",
    ),
    "no column of labels": (_without("gold_label"), r"dev line 1: .* have no label \(gold_label"),
    "no header": ("7,A dog.,neutral\n", r"dev line 1: '7,A dog\.,neutral' is no header"),
    "no picture in an object": (
        json.dumps([{"hypothesis": "A dog.", "label": "neutral", "premise": "x"}]),
        r"dev row 0: has no picture id \(Flickr30K_ID, .*only \['hypothesis', 'label', 'premise'\]",
    ),
    "an unknown label in a table": (
        table([ROWS[0] | {"gold_label": "yes"}], ","), r"dev line 2: gold_label 'yes' is not one",
    ),
    "an empty field in a table": (
        table([ROWS[0] | {"sentence2": " "}], ","), r"dev line 2: sentence2 ' ' is empty",
    ),
    "a workbook": (b"PK\x03\x04" + bytes(600), r"dev is a zip archive or a spreadsheet"),
    "a page": ("<html>gone</html>", r"dev is a page of the web"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    content, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        read_annotations(write(tmp_path / "dev", content))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"is a folder\. Name the annotation file in it"):
        read_annotations(tmp_path)


@pytest.mark.skipif(not CASES.exists(), reason="the folder of cases is not here")
def test_the_cases_of_users() -> None:
    good = read_annotations(CASES / "good.jsonl")
    assert len(good) == 6
    for name in ("json_list.json", "rows.csv", "other_names.jsonl", "ids_with_folder.jsonl",
                 "ids_png.jsonl", "labels_capital.jsonl"):  # fmt: skip
        assert contents(read_annotations(CASES / name)) == contents(good), name
    with pytest.raises(ValueError, match=r"labels_number\.jsonl line 1: gold_label 0 is a number"):
        read_annotations(CASES / "labels_number.jsonl")
    assert contents(read_annotations(CASES / "labels_number.jsonl", LABELS)) == contents(good)
