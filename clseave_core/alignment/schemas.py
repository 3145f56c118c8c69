"""The columns of the alignment tables."""

import pyarrow as pa

ALIGNMENTS = pa.schema(
    [
        ("hypothesis_id", pa.int32()),
        (
            "links",
            pa.list_(
                pa.struct(
                    [
                        ("source_start", pa.int32()),
                        ("source_end", pa.int32()),
                        ("target_start", pa.int32()),
                        ("target_end", pa.int32()),
                    ]
                )
            ),
        ),
    ]
)
"""One row for each row of `corpus/hypotheses.parquet`, in its order: the character ranges of the
English sentence and of its translation that say the same, sorted; none where nothing aligns."""

Link = tuple[int, int, int, int]
"""Start and end of an English word, start and end of the word it is aligned with."""
