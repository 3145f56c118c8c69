"""The columns of the translation tables."""

import pyarrow as pa

TRANSLATIONS = pa.schema(
    [
        ("hypothesis_id", pa.int32()),
        ("text", pa.string()),
        ("provider", pa.string()),
        ("unchanged", pa.bool_()),
    ]
)
"""One translation for each row of `corpus/hypotheses.parquet`, in its order."""

SHARD_TRANSLATIONS = TRANSLATIONS.append(pa.field("doubt", pa.string()))
"""A shard's translations; `doubt` says why one may be nobody's translation, "" where none is."""

BACK_TRANSLATIONS = pa.schema(
    [("hypothesis_id", pa.int32()), ("text", pa.string()), ("slot", pa.string())]
)
"""What each noisy translation says, in English, and the slot that is wrong; "" where none is."""
