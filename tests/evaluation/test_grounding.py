import pytest

from clseave_core.evaluation.grounding import grounded_gain_kept


def test_the_share_of_the_pictures_gain() -> None:
    # The picture lifts English from 40 to 80; the student reaches 70 of that.
    assert grounded_gain_kept(0.7, 0.8, 0.4) == pytest.approx(0.75)
    assert grounded_gain_kept(0.8, 0.8, 0.4) == 1
    assert grounded_gain_kept(0.3, 0.8, 0.4) == pytest.approx(-0.25)


@pytest.mark.parametrize(
    ("english", "hypothesis_only"), [(0.4, 0.4), (0.3, 0.4), (None, 0.4), (0.8, None)]
)
def test_undefined_without_a_gain(english: float | None, hypothesis_only: float | None) -> None:
    assert grounded_gain_kept(0.7, english, hypothesis_only) is None
