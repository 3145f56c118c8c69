from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import write_table
from clseave_core.translation.schemas import TRANSLATIONS
from clseave_core.translation.texts import read_texts


def table(schema: pa.Schema, texts: list[str]) -> pa.Table:
    rows = [{"hypothesis_id": i, "text": text} for i, text in enumerate(texts)]
    return pa.Table.from_pylist(rows, schema=schema)


@pytest.mark.parametrize("schema", [HYPOTHESES, TRANSLATIONS])
def test_english_and_translations_are_read_alike(schema: pa.Schema, tmp_path: Path) -> None:
    write_table(tmp_path / "t.parquet", table(schema, ["b", "a"]), schema)

    assert read_texts(tmp_path / "t.parquet") == ["b", "a"]


def test_another_table_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a"]}), tmp_path / "t.parquet")

    with pytest.raises(ValueError, match=r"t.parquet has the columns \[text: string\]"):
        read_texts(tmp_path / "t.parquet")
