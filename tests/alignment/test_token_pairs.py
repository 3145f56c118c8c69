from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from clseave_core.alignment.schemas import ALIGNMENTS
from clseave_core.alignment.tables import alignment_table, gather_alignments
from clseave_core.alignment.token_pairs import Links, read_links, token_ranges
from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.files import write_table

LINKS = [[(0, 3, 4, 9), (4, 8, 0, 3)], [], [(0, 2, 0, 2)]]


def test_links_come_back_as_they_were_written(tmp_path: Path) -> None:
    write_table(tmp_path / "de.parquet", alignment_table([0, 1, 2], LINKS), ALIGNMENTS)

    found = read_links(tmp_path / "de.parquet")

    assert [[tuple(link) for link in of_one.tolist()] for of_one in found] == LINKS


def test_ids_out_of_order_are_refused(tmp_path: Path) -> None:
    write_table(tmp_path / "de.parquet", alignment_table([0, 2, 1], LINKS), ALIGNMENTS)

    with pytest.raises(ValueError, match=r"de\.parquet is no alignment of hypotheses 0, 1, 2"):
        read_links(tmp_path / "de.parquet")


def test_shards_are_held_against_the_hypotheses(tmp_path: Path) -> None:
    nothing = [None] * 3
    columns = [[0, 1, 2], ["a", "b", "c"], ["none"] * 3, nothing, nothing]
    import pyarrow as pa

    write_table(tmp_path / "h.parquet", pa.table(columns, schema=HYPOTHESES), HYPOTHESES)
    write_table(tmp_path / "0.parquet", alignment_table([0, 1], LINKS[:2]), ALIGNMENTS)
    write_table(tmp_path / "1.parquet", alignment_table([2], LINKS[2:]), ALIGNMENTS)
    write_table(tmp_path / "wrong.parquet", alignment_table([1], LINKS[2:]), ALIGNMENTS)
    shards = [tmp_path / "0.parquet", tmp_path / "1.parquet"]

    assert gather_alignments(shards, tmp_path / "h.parquet").num_rows == 3
    with pytest.raises(ValueError, match=r"wrong\.parquet row 0: hypothesis_id 1, expected 2"):
        gather_alignments([shards[0], tmp_path / "wrong.parquet"], tmp_path / "h.parquet")
    with pytest.raises(ValueError, match="the 1 shards have 2 rows"):
        gather_alignments(shards[:1], tmp_path / "h.parquet")


# Tokens of one sentence: a special one, "sl" + "eeps", "now", a special one.
OFFSETS = np.array([[0, 0], [0, 2], [2, 6], [7, 10], [0, 0]])


def test_words_become_their_first_or_all_of_their_tokens() -> None:
    links = [np.array([[0, 6, 7, 10], [7, 10, 20, 24]])]

    first = token_ranges(links, [OFFSETS], [OFFSETS], "first")
    every = token_ranges(links, [OFFSETS], [OFFSETS], "all")

    # The second link has no token on the other side and is left out.
    assert [(s.starts.tolist(), s.stops.tolist()) for s in first] == [([1], [2]), ([3], [4])]
    assert [(s.starts.tolist(), s.stops.tolist()) for s in every] == [([1], [3]), ([3], [4])]


@given(st.data())
def test_every_link_has_the_tokens_that_a_search_through_all_finds(data: st.DataObject) -> None:
    links, expected = [], []
    sides: tuple[Links, Links] = ([], [])
    for number in range(data.draw(st.integers(0, 4))):
        for side in sides:
            cuts = sorted(data.draw(st.lists(st.integers(0, 12), max_size=6)))
            tokens = [(0, 0), *pairwise(cuts), (0, 0)]  # specials, and some without characters
            side.append(np.array(tokens))
        spans = st.tuples(st.integers(0, 12), st.integers(1, 5)).map(lambda s: (s[0], sum(s)))
        of_one = data.draw(st.lists(st.tuples(spans, spans), max_size=4))
        links.append(np.array([(*ours, *theirs) for ours, theirs in of_one]).reshape(-1, 4))
        for link in of_one:
            within = [
                [
                    place
                    for place, (start, end) in enumerate(side[number].tolist())
                    if start < end and start < span[1] and end > span[0]
                ]
                for span, side in zip(link, sides, strict=True)
            ]
            if all(within):
                expected.append((number, *((found[0], found[-1] + 1) for found in within)))

    ours, theirs = token_ranges(links, *sides, "all")

    ranges = [
        list(zip(side.starts.tolist(), side.stops.tolist(), strict=True)) for side in (ours, theirs)
    ]
    assert list(zip(ours.sentences.tolist(), *ranges, strict=True)) == expected
    assert ours.sentences.tolist() == theirs.sentences.tolist()


def test_tokens_that_do_not_follow_the_text_are_refused() -> None:
    turned = [np.array([[3, 6], [0, 2]])]

    with pytest.raises(ValueError, match="do not follow the text"):
        token_ranges([np.array([[0, 2, 0, 2]])], turned, turned, "all")


def test_the_mean_state_of_a_word_by_hand() -> None:
    links = [np.array([[0, 6, 0, 6]]), np.zeros((0, 4), int), np.array([[7, 10, 7, 10]])]
    source, _ = token_ranges(links, [OFFSETS] * 3, [OFFSETS] * 3, "all")
    states = torch.arange(2 * 5 * 1, dtype=torch.float32).reshape(2, 5, 1)

    # A batch of the sentences 1 and 2: only the latter has a link, token 3 of row 1.
    numbers, places = source.of(np.array([1, 2]))
    assert source.means(states, numbers, places).tolist() == [[8.0]]
    # Sentences 0 and 2: tokens 1 and 2 of row 0, token 3 of row 1.
    numbers, places = source.of(np.array([0, 2]))
    assert source.means(states, numbers, places).tolist() == [[1.5], [8.0]]
