"""What a natural world says of its nouns beside the files that every world has."""

import pyarrow as pa

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
