from pathlib import Path

import pandas as pd
import pytest

from clseave_core.evaluation.prediction_tables import read_predictions
from tests.evaluation.made_predictions import C, E, N, prediction_rows, write_predictions


def _rows() -> pd.DataFrame:
    return prediction_rows([E, N, C], [E, C, C])


def _draws() -> pd.DataFrame:
    second = prediction_rows([E, N, C], [N, N, C], draw=1)
    return pd.concat([_rows(), second], ignore_index=True)


def _changed(rows: pd.DataFrame, column: str, row: int, value: object) -> pd.DataFrame:
    values = rows[column].tolist()
    values[row] = value
    return rows.assign(**{column: values})


def test_draws_become_an_axis(tmp_path: Path) -> None:
    said = read_predictions(write_predictions(tmp_path / "test.parquet", _draws()))
    assert said.labels.tolist() == [0, 1, 2]
    assert said.predicted.tolist() == [[0, 2, 2], [1, 1, 2]]
    assert said.right.tolist() == [0.5, 0.5, 1]
    assert said.logits is not None
    assert said.logits.shape == (2, 3, 3)


def test_draws_may_be_mixed(tmp_path: Path) -> None:
    mixed = _draws().iloc[[0, 3, 4, 1, 2, 5]]
    first = read_predictions(write_predictions(tmp_path / "a.parquet", _draws()))
    other = read_predictions(write_predictions(tmp_path / "b.parquet", mixed))
    assert (first.predicted == other.predicted).all()
    assert first.fingerprint == other.fingerprint


def test_logits_are_left_out_on_wish(tmp_path: Path) -> None:
    path = write_predictions(tmp_path / "test.parquet", _rows())
    assert read_predictions(path, with_logits=False).logits is None


@pytest.mark.parametrize("column", ["pair_id", "image_id", "hypothesis_id", "label"])
def test_the_fingerprint_knows_each_column_and_the_order(tmp_path: Path, column: str) -> None:
    rows = _rows()
    changed = _changed(rows, column, 2, {"hypothesis_id": 9, "label": E}.get(column, "other"))
    files = [rows, rows.iloc[[1, 0, 2]], changed, prediction_rows([E, N, C], [C, C, C])]
    prints = [
        read_predictions(
            write_predictions(tmp_path / f"{number}.parquet", table), with_logits=False
        ).fingerprint
        for number, table in enumerate(files)
    ]
    assert len(set(prints[:3])) == 3
    assert prints[3] == prints[0]


def _spoilt(**changes: tuple[int, object]) -> pd.DataFrame:
    rows = _draws()
    for column, (row, value) in changes.items():
        rows = _changed(rows, column, row, value)
    return rows


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (_spoilt(label=(1, "maybe")), r"row 1: label 'maybe' is not one of entailment, neutral"),
        (_spoilt(prediction=(4, "yes")), r"row 4: prediction 'yes' is not one of"),
        (_spoilt(prediction=(4, E)), r"row 4: the prediction is entailment but another logit is"),
        (_spoilt(logit_neutral=(2, float("nan"))), r"row 2: a logit is not finite \(0, nan, 2.07"),
        (_spoilt(logit_neutral=(2, float("inf"))), r"row 2: a logit is not finite"),
        (_spoilt(pair_id=(1, "p0")), r"row 1: pair 'p0' is there twice in draw 0"),
        (_spoilt(image_id=(5, "i7")), r"draw 1 \(3 rows\) does not hold the pairs of draw 0"),
        (_draws().head(5), r"draw 1 \(2 rows\) does not hold the pairs of draw 0 \(3 rows\)"),
        (_draws().tail(5), r"draw 1 \(3 rows\) does not hold the pairs of draw 0 \(2 rows\)"),
        (_draws().head(0), r"holds no prediction"),
    ],
)
def test_bad_rows_are_refused(tmp_path: Path, rows: pd.DataFrame, message: str) -> None:
    path = write_predictions(tmp_path / "bad.parquet", rows)
    with pytest.raises(ValueError, match=f"bad.parquet.*{message}"):
        read_predictions(path)


def test_equal_logits_may_go_to_either_class(tmp_path: Path) -> None:
    rows = _rows().assign(logit_entailment=0.0, logit_neutral=0.0, logit_contradiction=0.0)
    assert read_predictions(write_predictions(tmp_path / "test.parquet", rows)).predicted.size == 3
