"""The columns of the corpus tables that every later stage reads."""

import pyarrow as pa

SPLITS: tuple[str, str, str] = ("train", "dev", "test")

PAIRS = pa.schema(
    [
        ("pair_id", pa.string()),
        ("image_id", pa.string()),
        ("hypothesis_id", pa.int32()),
        ("label", pa.string()),
    ]
)
"""One labelled pair a row, in the order of the annotation file."""

HYPOTHESES = pa.schema(
    [
        ("hypothesis_id", pa.int32()),
        ("text", pa.string()),
        ("held_out", pa.string()),
        ("template", pa.string()),
        (
            "spans",
            pa.list_(
                pa.struct([("slot", pa.string()), ("start", pa.int32()), ("end", pa.int32())])
            ),
        ),
    ]
)
"""Each distinct English sentence once, `hypothesis_id` 0..n-1 in order of first occurrence (train,
dev, test). `held_out` is "none", "dev" or "test": no student is ever trained on a sentence
that is not "none". `template` and `spans` (character ranges, end exclusive) are null but in
generated worlds."""

SENTENCES = pa.schema([field for field in HYPOTHESES if field.name != "hypothesis_id"])
"""What a generated world says of its sentences, each distinct one once, in any order."""

LINK_SIDES = ("source_start", "source_end", "target_start", "target_end")
LINKS = pa.list_(pa.struct([(side, pa.int32()) for side in LINK_SIDES]))
"""Character ranges (end exclusive) of an English sentence and a translation that say the same."""

HELD_OUT: tuple[str, str, str] = ("none", "dev", "test")
