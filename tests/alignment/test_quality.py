import pytest

from clseave_core.alignment.quality import AlignmentCounts, gold_pairs


def test_one_word_to_one_word_is_sure_and_all_else_possible() -> None:
    # "There is a dog" / "es gibt einen Hund": "There is" says "es gibt".
    source = [(0, 5), (6, 8), (9, 10), (11, 14)]
    target = [(0, 2), (3, 7), (8, 13), (14, 18)]

    sure, possible = gold_pairs([(0, 8, 0, 7), (11, 14, 14, 18)], source, target)

    assert sure == {((11, 14), (14, 18))}
    assert len(possible) == 5


def test_precision_recall_and_error_rate_by_hand() -> None:
    sure = {((0, 1), (0, 1)), ((2, 3), (2, 3))}
    possible = sure | {((4, 5), (4, 5))}
    counts = AlignmentCounts()

    # One sure link found, one merely possible, two wrong.
    counts.add([(0, 1, 0, 1), (4, 5, 4, 5), (0, 1, 2, 3), (2, 3, 4, 5)], sure, possible)

    assert counts.precision == 2 / 4
    assert counts.recall == 1 / 2
    assert counts.aer == pytest.approx(1 - (1 + 2) / (4 + 2))


def test_nothing_to_find_has_no_measure() -> None:
    counts = AlignmentCounts()
    counts.add([], set(), set())

    assert (counts.precision, counts.recall, counts.aer) == (None, None, None)
