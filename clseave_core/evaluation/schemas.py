"""The columns of the prediction tables."""

import pyarrow as pa

PREDICTIONS = pa.schema(
    [
        ("draw", pa.int8()),
        ("pair_id", pa.string()),
        ("image_id", pa.string()),
        ("hypothesis_id", pa.int32()),
        ("label", pa.string()),
        ("prediction", pa.string()),
        ("logit_entailment", pa.float32()),
        ("logit_neutral", pa.float32()),
        ("logit_contradiction", pa.float32()),
    ]
)
"""One pair a row, in the order of the test set; `draw` numbers the draws of a randomised control
(`image_shuffled`), and is 0 for every other method. `image_id` is always the pair's own picture,
also where the control showed another one."""
