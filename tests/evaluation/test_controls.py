from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clseave_core.evaluation.controls import exchange_images

IMAGES = st.lists(st.sampled_from("abcdef"), min_size=2, max_size=40)


@given(IMAGES, st.integers(0, 1000), st.integers(0, 4))
def test_no_pair_sees_its_own_picture(images: list[str], seed: int, draw: int) -> None:
    assume(len(set(images)) > 1)
    shown = exchange_images(images, seed, draw)
    assert len(shown) == len(images)
    assert all(other != own for own, other in zip(images, shown, strict=True))
    assert set(shown) <= set(images)


@given(IMAGES, st.integers(0, 1000))
def test_pictures_are_shown_as_often_as_before(images: list[str], seed: int) -> None:
    assume(max(Counter(images).values()) <= len(images) / 2)
    assert Counter(exchange_images(images, seed, 0)) == Counter(images)


def test_a_picture_of_most_pairs_is_shown_to_all_others() -> None:
    """Five of seven pairs are of a: b and c are shown to them, two and three times."""
    images = list("aaaaabc")
    shown = exchange_images(images, 0, 0)
    assert shown[5:] == ["a", "a"]
    assert sorted(Counter(shown[:5]).values()) == [2, 3]
    assert set(shown[:5]) == {"b", "c"}


def test_draws_differ_and_repeat() -> None:
    images = [f"{number // 3}.jpg" for number in range(300)]
    draws = [exchange_images(images, 7, draw) for draw in range(5)]
    assert len({tuple(draw) for draw in draws}) == 5
    assert exchange_images(images, 7, 3) == draws[3]
    assert exchange_images(images, 8, 3) != draws[3]


def test_pairs_of_one_picture_are_scattered() -> None:
    """An exchange of whole pictures would show all 30 pairs of a picture the same other one."""
    images = [f"{number // 30}.jpg" for number in range(900)]
    shown = exchange_images(images, 0, 0)
    assert len(set(shown[:30])) > 10


def test_one_picture_cannot_be_exchanged() -> None:
    with pytest.raises(ValueError, match=r"all 3 pairs have the same picture \(a.jpg\)"):
        exchange_images(["a.jpg"] * 3, 0, 0)
