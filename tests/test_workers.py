"""Results in order, no more ahead than is asked, and nothing left running."""

import threading
from collections.abc import Iterator

import pytest

from clseave_core.workers import in_order


@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_the_order_of_the_items(workers: int) -> None:
    assert list(in_order(lambda item: item * item, range(50), workers, 4)) == [
        item * item for item in range(50)
    ]


def test_no_more_is_begun_than_may_be_ahead() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for item in range(20):
            taken.append(item)
            yield item

    results = in_order(lambda item: item, items(), 2, 3)
    assert next(results) == 0
    assert taken == [0, 1, 2, 3]
    assert next(results) == 1
    assert taken == [0, 1, 2, 3, 4]


def test_who_stops_taking_cancels_what_has_not_begun() -> None:
    begun: list[int] = []
    second, gate = threading.Event(), threading.Event()

    def work(item: int) -> int:
        begun.append(item)
        if item:
            second.set()
            gate.wait(10)
        return item

    results = in_order(work, range(20), 1, 10)
    assert next(results) == 0
    assert second.wait(10)
    threading.Timer(0.3, gate.set).start()
    results.close()  # cancels, then waits for the one that stands at the gate
    assert begun == [0, 1]


def test_an_error_is_raised_in_its_place() -> None:
    results = in_order(lambda item: 1 // item, [1, 0, 1], 2, 2)
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)
