"""The columns of the alignment tables."""

import pyarrow as pa

from clseave_core.corpus.schemas import LINKS

ALIGNMENTS = pa.schema([("hypothesis_id", pa.int32()), ("links", LINKS)])
"""One row for each row of `corpus/hypotheses.parquet`, in its order: the character ranges of the
English sentence and of its translation that say the same, sorted; none where nothing aligns."""

Link = tuple[int, int, int, int]
"""Start and end of an English word, start and end of the word it is aligned with."""
