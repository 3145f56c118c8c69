"""What a natural world says of its nouns beside the files that every world has."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from clseave_core.files import read_table

SENTENCE_NOUNS = pa.schema(
    [
        ("text", pa.string()),
        ("nouns", pa.list_(pa.string())),
        ("place", pa.string()),
        ("held_out_noun", pa.bool_()),
    ]
)
"""`sentence_nouns.parquet`: each English sentence, the nouns that it names (kinds are none), its
place or null, and whether it is held out because one of its nouns is."""

SCENE_CELLS = pa.schema([("image_id", pa.string()), ("cells", pa.list_(pa.string()))])
"""`scenes.parquet`: what each picture shows, by English name, in reading order."""


def named_nouns(path: str | Path, texts: Iterable[str]) -> list[list[str]]:
    """The nouns that each English sentence of `texts` names, from `sentence_nouns.parquet`."""
    named = read_table(path, SENTENCE_NOUNS, ["text", "nouns"]).set_index("text")["nouns"]
    return [list(named[text]) for text in texts]
