"""The table of distinct English sentences, and which of them are held out from every student.

In a real corpus the held-out sentences are those that train does not have: "dev" where dev has the
sentence, else "test". A generated world decides itself: all sentences stand in train's English
pairs, and its table of sentences says which the students never see.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from clseave_core.corpus.schemas import HELD_OUT, HYPOTHESES, SENTENCES
from clseave_core.corpus.snli_ve import Annotations
from clseave_core.files import read_table

Rows = npt.NDArray[np.int32]
AGAIN = "Generate the world again."


def number_sentences(read: Mapping[str, Annotations]) -> tuple[list[str], dict[str, Rows]]:
    """The m distinct sentences in order of first occurrence, and each split's ids in 0..m-1 [n]."""
    ids: dict[str, int] = {}
    rows = {
        split: np.array([ids.setdefault(text, len(ids)) for text in part.hypotheses], np.int32)
        for split, part in read.items()
    }
    return list(ids), rows


def hypotheses_of_corpus(texts: list[str], rows: Mapping[str, Rows]) -> pa.Table:
    """HYPOTHESES of a real corpus: held out is what does not occur in train."""
    held_out = np.full(len(texts), "test", dtype=object)
    held_out[rows["dev"]] = "dev"
    held_out[rows["train"]] = "none"
    nothing = [None] * len(texts)
    return pa.table([range(len(texts)), texts, held_out, nothing, nothing], schema=HYPOTHESES)


def hypotheses_of_world(
    texts: list[str], rows: Mapping[str, Rows], read: Mapping[str, Annotations], path: Path
) -> pa.Table:
    """HYPOTHESES of a generated world, as its table of sentences at `path` has them.

    Raises ValueError when the table has a sentence twice or lacks one, or when dev or test has a
    pair whose sentence is held out for the other.
    """
    world = read_table(path, SENTENCES)
    twice = world.loc[world["text"].duplicated(), "text"]
    if len(twice):
        raise ValueError(f"{path} has the sentence {twice.iloc[0]!r} twice. {AGAIN}")
    unknown = world.loc[~world["held_out"].isin(HELD_OUT)]
    if len(unknown):
        text, value = unknown[["text", "held_out"]].iloc[0]
        raise ValueError(
            f"{path}: held_out {value!r} of {text!r} is not one of {', '.join(HELD_OUT)}. {AGAIN}"
        )
    row_of = {text: row for row, text in enumerate(world["text"])}
    for number, text in enumerate(texts):
        if text not in row_of:
            raise ValueError(
                f"{_first_place(number, rows, read)}: the hypothesis {text!r} is not in {path}. "
                f"{AGAIN}"
            )
    table = world.iloc[[row_of[text] for text in texts]].reset_index(drop=True)
    table["hypothesis_id"] = np.arange(len(texts), dtype=np.int32)
    held_out = table["held_out"].to_numpy()
    for split, other in (("dev", "test"), ("test", "dev")):
        wrong = held_out[rows[split]] == other
        if wrong.any():
            place = read[split].place(int(wrong.argmax()))
            text = texts[rows[split][wrong.argmax()]]
            raise ValueError(f"{place}: {path} holds {text!r} out for {other} only. {AGAIN}")
    return pa.Table.from_pandas(table[HYPOTHESES.names], HYPOTHESES, preserve_index=False)


def nameless(hypotheses: pd.DataFrame) -> list[str]:
    """The sentences with "thing" for every noun, of a generated world's HYPOTHESES (text, spans).

    "an" becomes "a", which would tell of the noun. Raises ValueError where no spans are known.
    """
    said = []
    for text, spans in zip(hypotheses["text"], hypotheses["spans"], strict=True):
        if spans is None:
            raise ValueError("hypothesis: nameless is for generated worlds, which know the nouns.")
        for span in sorted(spans, key=lambda span: -int(span["start"])):
            start, end = span["start"], span["end"]
            if span["slot"].startswith("shape"):
                text = text[:start] + "thing" + text[end:]
            elif text[start:end] == "an":
                text = text[:start] + "a" + text[end:]
        said.append(text)
    return said


def _first_place(number: int, rows: Mapping[str, Rows], read: Mapping[str, Annotations]) -> str:
    split = next(split for split, part in rows.items() if (part == number).any())
    return read[split].place(int((rows[split] == number).argmax()))
