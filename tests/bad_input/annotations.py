"""Broken SNLI-VE lines: each stands in line 2 of dev.jsonl, behind a good one."""

import codecs
import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clseave_core.corpus.preparation import prepare_corpus
from clseave_core.corpus.snli_ve import read_annotations
from clseave_core.records.text import LONGEST_LINE
from tests.bad_input.case import Case, file


def row(**changes: Any) -> dict[str, Any]:
    """A good row with `changes`; a value of None takes the key away."""
    good = {
        "Flickr30K_ID": "4705552913",
        "gold_label": "neutral",
        "pairID": "4705552913.jpg#2r1n",
        "sentence1": "Two women are embracing.",
        "sentence2": "The sisters are hugging.",
    }
    return {key: value for key, value in (good | changes).items() if value is not None}


GOOD = json.dumps(row(pairID="first"))
ROWS: dict[str, tuple[dict[str, Any] | str | bytes, str]] = {
    "unknown label": (row(gold_label="entailement"), "gold_label 'entailement' is not one of"),
    "label of a wrong type": (row(gold_label=[1]), r"gold_label \[1\] is not one of"),
    "true as label": (row(gold_label=True), "gold_label True is not one of"),
    "no label": (row(gold_label=None), "has no 'gold_label'"),
    "empty hypothesis": (row(sentence2=""), "sentence2 '' is empty"),
    "blank hypothesis": (row(sentence2=" \t"), re.escape(r"sentence2 ' \t' is empty")),
    "JSON's null as hypothesis": (row() | {"sentence2": None}, "sentence2 None is not text"),
    "a null character": (row(sentence2="a \0 dog"), r"sentence2 'a \\x00 dog' has a null char"),
    "a raw null byte": (GOOD.encode().replace(b"sis", b"\0\0\0"), "not JSON, or a truncated line"),
    "no hypothesis": (row(sentence2=None), "has no 'sentence2'"),
    "half a surrogate": (row(sentence2="a \ud83d"), "sentence2 .* is half a character"),
    "no pair id": (row(pairID=None), "has no 'pairID'"),
    "no picture id": (row(Flickr30K_ID=None), "has no picture id"),
    "empty picture id": (row(Flickr30K_ID=""), "Flickr30K_ID '' is empty"),
    "a fraction as picture id": (row(Flickr30K_ID=36979.5), "Flickr30K_ID 36979.5 is not text"),
    "an ending as picture id": (row(Flickr30K_ID=".jpg"), "Flickr30K_ID '.jpg' is empty"),
    "two picture ids": (row(Flikr30kID="2.jpg"), "two picture ids, '4705552913' and '2'"),
    "pair id twice": (row(pairID="first"), "pairID 'first' stands already in line 1"),
    "truncated line": ('{"gold_label": "neutr', 'a truncated line.*{"gold_label": "neutr'),
    "two rows in a line": (GOOD * 2, "not JSON"),
    "empty line": ("\n" + GOOD, "the line is empty"),
    "a line of white space": (b" \r\n" + GOOD.encode(), "the line is empty"),
    "a list": ("[1, 2]", r"\[1, 2\] is not a JSON object"),
    "brackets without end": ("[" * 100_000, r"cannot be read \(maximum recursion depth"),
    "a number without end": ('{"a": ' + "1" * 10_000 + "}", 'cannot be read .*\'{"a": 111'),
    "a line that fills the memory": (b"x" * (LONGEST_LINE + 5), "more than 1,048,576 bytes: b'xxx"),
    "Latin-1": (b'{"sentence2": "caf\xe9"}', "is not UTF-8 .*0xe9"),
    "Shift-JIS": ('{"sentence2": "猫"}'.encode("shift_jis"), "is not UTF-8"),
}


def _row_case(content: dict[str, Any] | str | bytes, message: str) -> Case:
    text = json.dumps(content) if isinstance(content, dict) else content
    line = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return Case(
        file("dev.jsonl", GOOD.encode() + b"\n" + line + b"\n"),
        read_annotations,
        rf"dev\.jsonl line 2: .*{message}.*(Mend|Delete) ",
    )


def _splits(**pairs: tuple[str, str]) -> Callable[[Path], Path]:
    """Write train, dev and test with one pair each: its id and its picture."""

    def write(folder: Path) -> Path:
        for split in ("train", "dev", "test"):
            pair, image = pairs.get(split, (split, split))
            line = json.dumps(row(pairID=pair, Flickr30K_ID=image))
            (folder / f"{split}.jsonl").write_text(f"{line}\n")
        return folder

    return write


def _prepare(folder: Path) -> object:
    paths = {split: folder / f"{split}.jsonl" for split in ("train", "dev", "test")}
    return prepare_corpus(paths, {"train", "dev", "test", "7"})


MANY = b"".join(json.dumps(row(pairID=str(number))).encode() + b"\n" for number in range(2000))
PACKED = gzip.compress(MANY)
WRONG_SUM = bytearray(PACKED)
WRONG_SUM[-6] ^= 1
BOMB = gzip.compress(b'{"sentence2": "' + b"a" * 20 * 2**20 + b'"}')
AGAIN = "Delete it and download it again"

CASES = {name: _row_case(*given) for name, given in ROWS.items()} | {
    "UTF-16 cut short": Case(
        file("dev.jsonl", codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le")[:-1]),
        read_annotations,
        r"dev\.jsonl is not UTF-16, which its first bytes say .*truncated.*Save it as UTF-8",
    ),
    "UTF-16 without a mark": Case(
        file("dev.jsonl", GOOD.encode("utf-16-be")),
        read_annotations,
        r"dev\.jsonl line 1: .*seems to be UTF-16 without its mark.*Save it as UTF-8",
    ),
    "an empty file": Case(
        file("dev.jsonl", b""),
        read_annotations,
        r"dev\.jsonl has no labelled pair\. Check",
    ),
    "gzip cut short": Case(
        file("dev.jsonl.gz", PACKED[:-100]),
        read_annotations,
        rf"dev\.jsonl\.gz is truncated or damaged: .*{AGAIN}",
    ),
    "gzip with a flipped bit": Case(
        file("dev.jsonl.gz", bytes(WRONG_SUM)),
        read_annotations,
        rf"dev\.jsonl\.gz is truncated or damaged: CRC.*{AGAIN}",
    ),
    "a gzip bomb": Case(
        file("dev.jsonl.gz", BOMB),
        read_annotations,
        r"dev\.jsonl\.gz line 1: the line has more than 1,048,576 bytes: .*sentence2",
    ),
    "no file": Case(
        lambda folder: folder / "dev.jsonl",
        read_annotations,
        r"dev\.jsonl does not exist. Correct the path",
        FileNotFoundError,
    ),
    "a pair in two splits": Case(
        _splits(train=("p", "train"), dev=("p", "dev")),
        _prepare,
        r"dev\.jsonl line 1: pairID 'p' stands also in .*train\.jsonl line 1",
    ),
    "a picture in two splits": Case(
        _splits(train=("a", "7"), test=("b", "7.jpg")),
        _prepare,
        r"test\.jsonl line 1: picture '7' stands also in .*train\.jsonl line 1",
    ),
    "a picture that is not there": Case(
        _splits(dev=("a", "8")),
        _prepare,
        r"1 pictures .* the 4 pictures: '8' \(.*dev\.jsonl",
    ),
}
