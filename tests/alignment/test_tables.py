"""Shards, their gathering, gold alignments and the table of quality, over files made by hand."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from clseave_core.alignment.aligner import WordAligner
from clseave_core.alignment.quality_table import quality_table
from clseave_core.alignment.schemas import ALIGNMENTS, Link
from clseave_core.alignment.settings import AlignmentSettings
from clseave_core.alignment.tables import (
    align_shard,
    alignment_table,
    gather_alignments,
    gold_alignments,
)
from clseave_core.alignment.token_pairs import read_links
from clseave_core.corpus.pocket.writing import TRANSLATIONS as WORLD_TRANSLATIONS
from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import write_table
from clseave_core.translation.schemas import TRANSLATIONS
from tests.alignment.test_aligner import COMPUTE, bert_of

ENGLISH = ["a red dog", "a dog", "two dogs"]
GERMAN = ["ein roter Hund", "ein Hund", "zwei Hunde"]
GOLD: list[list[Link]] = [
    [(0, 5, 0, 9), (6, 9, 10, 14)],  # "a red" says "ein roter": four possible pairs
    [(0, 1, 0, 3), (2, 5, 4, 8)],
    [(0, 3, 0, 4)],
]
FOUND: list[list[Link]] = [
    [(0, 1, 0, 3), (2, 5, 10, 14), (6, 9, 10, 14)],  # possible, wrong, sure
    [(0, 1, 0, 3)],  # sure
    [],
]


@pytest.fixture
def hypotheses(tmp_path: Path) -> Path:
    rows = pd.DataFrame(
        {
            "hypothesis_id": range(3), "text": ENGLISH, "held_out": ["none", "dev", "test"],
            "template": None, "spans": None,
        }
    )  # fmt: skip
    write_table(tmp_path / "hypotheses.parquet", rows, HYPOTHESES)
    return tmp_path / "hypotheses.parquet"


def translated(path: Path, texts: list[str], ids: list[int] | None = None) -> Path:
    rows = {"hypothesis_id": ids or [*range(len(texts))], "text": texts}
    write_table(path, pd.DataFrame(rows | {"provider": "file", "unchanged": False}), TRANSLATIONS)
    return path


def aligned(path: Path, ids: list[int], links: list[list[Link]]) -> Path:
    write_table(path, alignment_table(ids, links), ALIGNMENTS)
    return path


def world(path: Path) -> Path:
    """The world's own table, in another order than the hypotheses and with one sentence more."""
    order = [2, 0, 1]
    names = [field.name for field in WORLD_TRANSLATIONS.field("alignment").type.value_type]
    columns = {
        "source": [*(ENGLISH[n] for n in order), "a cat"],
        "translation": [*(GERMAN[n] for n in order), "eine Katze"],
        "alignment": [
            *([dict(zip(names, link, strict=True)) for link in GOLD[n][::-1]] for n in order), [],
        ],
    }  # fmt: skip
    table = pa.table(columns, schema=WORLD_TRANSLATIONS)
    write_table(path, table, WORLD_TRANSLATIONS)
    return path


def links_in(path: Path) -> list[list[tuple[int, ...]]]:
    return [[tuple(link) for link in of_one.tolist()] for of_one in read_links(path)]


def test_shards_together_are_the_whole(hypotheses: Path, tmp_path: Path) -> None:
    aligner = WordAligner(
        bert_of([*ENGLISH, *GERMAN], tmp_path / "bert"), AlignmentSettings(1), COMPUTE
    )
    german = translated(tmp_path / "de.parquet", GERMAN)
    files = []
    for shard in range(4):  # one more than there are rows
        table = align_shard(hypotheses, german, "de", aligner, shard=shard, shards=4)
        write_table(tmp_path / f"{shard}.parquet", table, ALIGNMENTS)
        files.append(tmp_path / f"{shard}.parquet")
    write_table(tmp_path / "all.parquet", gather_alignments(files, hypotheses), ALIGNMENTS)

    assert links_in(tmp_path / "all.parquet") == aligner.align(ENGLISH, GERMAN, "de")


def test_translations_of_other_hypotheses_are_refused(hypotheses: Path, tmp_path: Path) -> None:
    aligner = WordAligner(bert_of(ENGLISH, tmp_path / "bert"), AlignmentSettings(1), COMPUTE)
    german = translated(tmp_path / "de.parquet", GERMAN, [0, 2, 1])

    with pytest.raises(ValueError, match=r"de\.parquet does not hold the hypotheses of .* order"):
        align_shard(hypotheses, german, "de", aligner, shard=0, shards=1)


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([2, 1], r"1\.parquet row 0: hypothesis_id 2, expected 1\. Delete .*1\.parquet to"),
        ([1, 2, 3], r"1\.parquet row 2: hypothesis_id 3, expected no more"),
        ([1], r"the 2 shards have 2 rows, .*hypotheses\.parquet has 3"),
    ],
)
def test_ids_order_and_counts_are_checked(
    hypotheses: Path, tmp_path: Path, ids: list[int], message: str
) -> None:
    files = [
        aligned(tmp_path / "0.parquet", [0], [[]]),
        aligned(tmp_path / "1.parquet", ids, [[]] * len(ids)),
    ]
    with pytest.raises(ValueError, match=message):
        gather_alignments(files, hypotheses)


def test_gold_alignments_are_found_by_the_english_text(hypotheses: Path, tmp_path: Path) -> None:
    german = translated(tmp_path / "de.parquet", GERMAN)
    table = gold_alignments(hypotheses, german, world(tmp_path / "world.parquet"))
    write_table(tmp_path / "gold.parquet", table, ALIGNMENTS)

    assert table["hypothesis_id"].to_pylist() == [0, 1, 2]
    assert links_in(tmp_path / "gold.parquet") == GOLD


def test_gold_alignments_go_with_the_worlds_translations(hypotheses: Path, tmp_path: Path) -> None:
    other = translated(tmp_path / "de.parquet", [*GERMAN[:2], "2 Hunde"])
    with pytest.raises(ValueError, match=r"row 2: '2 Hunde' is not the world's 'zwei Hunde'"):
        gold_alignments(hypotheses, other, world(tmp_path / "world.parquet"))


def test_a_sentence_that_the_world_lacks_is_named(hypotheses: Path, tmp_path: Path) -> None:
    path = world(tmp_path / "world.parquet")
    empty = pa.table({name: [] for name in WORLD_TRANSLATIONS.names}, schema=WORLD_TRANSLATIONS)
    write_table(path, empty, WORLD_TRANSLATIONS)

    with pytest.raises(ValueError, match=r"world\.parquet does not say 'a red dog' of"):
        gold_alignments(hypotheses, translated(tmp_path / "de.parquet", GERMAN), path)


def test_the_table_by_hand(hypotheses: Path, tmp_path: Path) -> None:
    files = (
        translated(tmp_path / "de.parquet", GERMAN),
        aligned(tmp_path / "found.parquet", [0, 1, 2], FOUND),
        aligned(tmp_path / "gold.parquet", [0, 1, 2], GOLD),
    )
    table = quality_table(hypotheses, {"de": files}, AlignmentSettings(1))

    # All: A 4, S 1 + 2 + 1, P 5 + 2 + 1; |A and S| 2, |A and P| 3. Held out: A 1, S 3, P 3; 1, 1.
    assert table.to_dict("records") == [
        {
            "language": "de", "sentences": "all", "n_sentences": "3", "links": "4", "sure": "4",
            "possible": "8", "precision": "0.7500", "recall": "0.5000", "aer": "0.3750",
        },
        {
            "language": "de", "sentences": "held_out", "n_sentences": "2", "links": "1",
            "sure": "3", "possible": "3", "precision": "1.0000", "recall": "0.3333",
            "aer": "0.5000",
        },
    ]  # fmt: skip
