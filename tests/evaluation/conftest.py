import pytest

from clseave_core.evaluation import intervals


@pytest.fixture(autouse=True)
def _numbers_by_hand_have_few_clusters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals, "LEAST_CLUSTERS", 1)
