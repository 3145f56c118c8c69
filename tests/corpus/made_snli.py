"""Files like SNLI 1.0 and SNLI-VE's lists, small, and what the authors' generator makes of them."""

import io
import json
import random
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

Row = dict[str, Any]
MEMBERS = {name: f"snli_1.0/snli_1.0_{name}.jsonl" for name in ("train", "dev", "test")}
LABELS = ("entailment", "neutral", "contradiction")


def snli_row(pair_id: str, label: str, hypothesis: str) -> Row:
    """One row with every key that SNLI's have."""
    return {
        "annotator_labels": [label],
        "captionID": pair_id.rpartition("#")[0],
        "gold_label": label,
        "pairID": pair_id,
        "sentence1": "Two men stand on a ladder.",
        "sentence1_binary_parse": "( ( Two men ) ( stand ( on ( a ladder ) ) ) )",
        "sentence1_parse": "(ROOT (S (NP (CD Two) (NNS men)) (VP (VBP stand))))",
        "sentence2": hypothesis,
        "sentence2_binary_parse": f"( {hypothesis} )",
        "sentence2_parse": f"(ROOT {hypothesis})",
    }


def snli_rows(pictures: Iterable[str], seed: int = 0) -> dict[str, list[Row]]:
    """Three rows a picture in SNLI's own splits, which are not SNLI-VE's.

    Beside them rows without a gold label, of Visual Genome, and of a picture in neither list.
    """
    rows = []
    for number, picture in enumerate(pictures):
        for label in LABELS:
            sentence = f'A "man" of {number} is {label}, isn\'t he? \\ é'
            rows.append(snli_row(f"{picture}.jpg#{number % 5}r1{label[0]}", label, sentence))
        if number % 7 == 0:
            rows.append(snli_row(f"{picture}.jpg#0r2n", "-", "Nobody agreed."))
    rows.append(snli_row("vg_len40r7n", "neutral", "Of Visual Genome."))
    rows.append(snli_row(f"{next(iter(pictures))}.jpg#vg_1r1n", "neutral", "Of both."))
    rows.append(snli_row("77.jpg#2r1e", "entailment", "Of a picture in neither list."))
    random.Random(seed).shuffle(rows)
    cut = len(rows) // 10
    return {"dev": rows[:cut], "test": rows[cut : 2 * cut], "train": rows[2 * cut :]}


def lines_of(rows: Sequence[Row]) -> bytes:
    """JSON lines."""
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def snli_zip(rows: Mapping[str, Sequence[Row]]) -> bytes:
    """The archive as Stanford's page has it, macOS's doubles and `Icon\\r` included."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("snli_1.0/.DS_Store", b"\0")
        archive.writestr("snli_1.0/Icon\r", b"")
        archive.writestr("snli_1.0/README.txt", b"SNLI")
        for name, member in MEMBERS.items():
            archive.writestr(f"__MACOSX/snli_1.0/._{Path(member).name}", b"\0")
            archive.writestr(f"__MACOSX/{member}", b"\0")
            archive.writestr(member, lines_of(rows[name]))
    return content.getvalue()


def own_lists(train: int, tested: int) -> tuple[list[str], list[str]]:
    """Ids of `train` pictures, a thousand for dev, and `tested`, in no order of their numbers."""
    ids = [str(1_000_000 + 7 * number) for number in range(train + 1000 + tested)]
    random.Random(5).shuffle(ids)
    return ids[:-tested], ids[-tested:]


def as_generated(
    rows: Mapping[str, Sequence[Row]], train_val: Sequence[str], tested: Sequence[str]
) -> dict[str, list[Row]]:
    """The rows of each split in the order of the authors' generator, made plainly."""
    kept = [
        row
        for name in ("train", "dev", "test")
        for row in rows[name]
        if row["gold_label"] != "-" and "vg_" not in row["pairID"]
    ]
    lists = {"train": train_val[:-1000], "dev": train_val[-1000:], "test": tested}
    return {
        split: [row for picture in pictures for row in kept if picture_of(row) == picture]
        for split, pictures in lists.items()
    }


def picture_of(row: Row) -> str:
    """The picture that a pair's id names."""
    return str(row["pairID"]).rpartition(".jpg")[0]
