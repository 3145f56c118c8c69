from pathlib import Path

import pytest

from clseave_core.training.history import Row, write_events, write_history


def test_history_has_six_digits_and_empty_cells(tmp_path: Path) -> None:
    rows: list[Row] = [
        {"epoch": 1, "train_loss": 1 / 3},
        {"epoch": 2, "train_loss": 2e-7, "dev_loss": 1.5},
    ]
    write_history(tmp_path / "history.csv", rows)

    assert (tmp_path / "history.csv").read_text() == (
        "epoch,train_loss,dev_loss\n1,0.333333,\n2,2e-07,1.5\n"
    )


def test_events_say_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "torch.utils.tensorboard", None)

    with pytest.raises(ModuleNotFoundError, match="pip install"):
        write_events(tmp_path, [{"epoch": 1}])
