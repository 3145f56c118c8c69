import pytest

from clseave_core.evaluation.runs import Run, run_of


@pytest.mark.parametrize("ending", ["json", "parquet"])
def test_a_run_is_read_from_its_path(ending: str) -> None:
    path = f"results/pocket/scores/clseave/de/seed10/test.{ending}"
    assert run_of(path) == Run("test", "clseave", "de", 10)


@pytest.mark.parametrize("path", ["scores/clseave/de/ten/test.json", "seed0/test.json"])
def test_another_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=f"{path} does not lie at"):
        run_of(path)
