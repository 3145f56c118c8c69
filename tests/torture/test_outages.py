"""Some hundred sentences through all faults; `make torture` does it with 10,000."""

from pathlib import Path

import pytest

from tests.rehearsal.google_page import Fault
from tests.torture.outages import outage, sentences


@pytest.mark.slow
def test_no_sentence_is_lost_and_none_is_asked_for_twice(tmp_path: Path) -> None:
    found = outage(tmp_path, count=600, seed=1)

    assert (found.sentences, found.lost, found.asked_again) == (600, 0, 0)
    assert found.faults.keys() == {fault.name for fault in Fault}
    assert found.keeps_the_pace, (found.fastest, found.ahead)
    assert len(found.stops) == 2
    assert "status 500" in found.stops[0]
    assert "was it redesigned?" in found.stops[1]


def test_the_sentences_are_distinct_in_both_languages() -> None:
    text = sentences(10_000, seed=0)

    assert len(text) == len(set(text.values())) == 10_000
    assert text["The woman sings in the kitchen."] == "Die Frau singt in der Küche."
    assert text["The child sleeps on the ship."] == "Das Kind schläft auf dem Schiff."
