"""The tables of nouns, of five pairs made by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from clseave_core.corpus.natural.tables import SCENE_CELLS, SENTENCE_NOUNS
from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.evaluation.noun_questions import GROUPS
from clseave_core.evaluation.noun_tables import NounTables, tabulate_nouns
from clseave_core.evaluation.schemas import PREDICTIONS
from clseave_core.files import write_table

STUDY: dict[str, Any] = {
    "languages": ["de", "nl"],
    "models": {"clip": {}, "use": {}},
    "teachers": {"clip_ve": {"model": "clip"}},
    "students": {"mbert": {"model": "bert"}, "frozen": {"model": "use", "hidden": 8}},
    "methods": {
        "clip_ve": {"setting": "english", "teacher": "clip_ve"},
        "clseave": {
            "setting": "translate_train_unlabelled", "teacher": "clip_ve", "student": "mbert",
            "objective": "sentence_mse",
        },
        "frozen_encoder": {
            "setting": "translate_train_unlabelled", "teacher": "clip_ve", "student": "frozen",
            "objective": "sentence_mse",
        },
    },
}  # fmt: skip


def tables_of(predictions: list[Path], hypotheses: Path, world: Path) -> NounTables:
    return tabulate_nouns(STUDY, predictions, hypotheses, world, resamples=50, seed=0)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Four sentences on two pictures; the last is about a held-out noun."""
    said = [
        ("There is a dog in the top left.", "exists_at", ["dog"], "top left", "none", False),
        ("There is no dog in the top left.", "absent_at", ["dog"], "top left", "none", False),
        ("There is a dog.", "exists", ["dog"], None, "test", False),
        ("There is a cat in the top left.", "exists_at", ["cat"], "top left", "test", True),
    ]
    text, template, nouns, place, held_out, by_noun = map(list, zip(*said, strict=True))
    world = tmp_path / "world"
    hypotheses = tmp_path / "hypotheses.parquet"
    write_table(
        hypotheses, pa.table([range(4), text, held_out, template, [None] * 4], schema=HYPOTHESES),
        HYPOTHESES,
    )  # fmt: skip
    write_table(
        world / "sentence_nouns.parquet",
        pa.table([text, nouns, place, by_noun], schema=SENTENCE_NOUNS), SENTENCE_NOUNS,
    )  # fmt: skip
    cells = [["dog", "empty space", "cat", "cat"], ["empty space", "dog", "dog", "dog"]]
    write_table(
        world / "scenes.parquet", pa.table([["p", "q"], cells], schema=SCENE_CELLS), SCENE_CELLS
    )
    rows = [
        # sentence, picture, label, logits of entailment, neutral, contradiction
        (0, "p", "entailment", 2.0, 0.0, 1.0),
        (0, "q", "contradiction", 0.0, 0.0, 3.0),  # an empty cell: not noun-critical
        (1, "p", "contradiction", 2.0, 0.0, 0.0),  # wrong: says that there is no dog
        (2, "q", "entailment", 1.0, 0.0, 0.0),
        (3, "p", "contradiction", 0.0, 0.0, 1.0),
    ]
    predictions = tmp_path / "predictions" / "clseave" / "de" / "seed0" / "test.parquet"
    labels = ["entailment", "neutral", "contradiction"]
    columns = [
        [0] * 5, [f"pair{number}" for number in range(5)], [row[1] for row in rows],
        [row[0] for row in rows], [row[2] for row in rows],
        [labels[int(np.argmax(row[3:]))] for row in rows],
        *[[row[column] for row in rows] for column in (3, 4, 5)],
    ]  # fmt: skip
    write_table(predictions, pa.table(columns, schema=PREDICTIONS), PREDICTIONS)
    return predictions, hypotheses, world


def test_groups_have_their_own_accuracy(files: tuple[Path, Path, Path]) -> None:
    predictions, hypotheses, world = files
    table = tables_of([predictions], hypotheses, world).runs
    assert table["group"].tolist() == list(GROUPS)
    assert table[["method", "language", "seed"]].iloc[0].tolist() == ["clseave", "de", "0"]
    assert table["n"].tolist() == ["3", "1", "1", "5"]
    assert table["accuracy"].tolist() == ["66.67", "100.00", "100.00", "80.00"]
    assert table["nouns"].tolist() == ["1", "1", "1", "2"]


def test_only_a_seen_thing_in_the_named_cell_is_noun_critical(
    files: tuple[Path, Path, Path],
) -> None:
    """Of the seen pairs two: one says dog (score 1), the denied one says no dog (score -2)."""
    predictions, hypotheses, world = files
    table = tables_of([predictions], hypotheses, world).runs
    # Both show the dog, so that there is nothing to tell apart
    assert table["noun_auc"].tolist()[:-1] == [""] * 3
    rows = pd.read_parquet(predictions)
    rows.loc[2, "image_id"] = "q"
    cells = [["dog", "empty space", "cat", "cat"], ["cat", "dog", "dog", "dog"]]
    write_table(
        world / "scenes.parquet", pa.table([["p", "q"], cells], schema=SCENE_CELLS), SCENE_CELLS
    )
    rows.loc[2, "label"] = "entailment"
    write_table(predictions, pa.Table.from_pandas(rows, schema=PREDICTIONS), PREDICTIONS)
    seen = tables_of([predictions], hypotheses, world).runs.iloc[0]
    # Scores: 1 (shows), -3 (does not), -2 (does not): all in order, all signs right
    assert seen["noun_critical_n"] == "3"
    assert seen["noun_auc"] == "100.00"
    assert seen["two_way_accuracy"] == "100.00"
    assert seen["auc_low"] == seen["auc_high"] == "100.00"


def copy_as(
    predictions: Path, method: str, language: str, *, wrong: int | None = None, seed: int = 0
) -> Path:
    """The same predictions of another run, but of the pair `wrong`, then said to be neutral."""
    rows = pd.read_parquet(predictions)
    if wrong is not None:
        rows.loc[wrong, "prediction"] = "neutral"
        rows.loc[wrong, "logit_neutral"] = 9.0
    path = predictions.parents[3] / method / language / f"seed{seed}" / "test.parquet"
    write_table(path, pa.Table.from_pandas(rows, schema=PREDICTIONS), PREDICTIONS)
    return path


def test_several_languages_have_a_mean(files: tuple[Path, Path, Path]) -> None:
    predictions, hypotheses, world = files
    dutch = copy_as(predictions, "clseave", "nl", wrong=4)
    table = tables_of([predictions, dutch], hypotheses, world).runs
    mean = table[table["language"] == "mean"].set_index("group")["accuracy"]
    # Four and three of five; the held-out noun in German alone
    assert mean["with_a_noun"] == "70.00"
    assert mean["held_out_nouns"] == "50.00"
    assert len(table) == 3 * len(GROUPS)


def test_several_seeds_have_a_mean_in_each_language(files: tuple[Path, Path, Path]) -> None:
    predictions, hypotheses, world = files
    again = copy_as(predictions, "clseave", "de", wrong=4, seed=1)
    dutch = copy_as(predictions, "clseave", "nl", wrong=4)
    table = tables_of([predictions, again, dutch], hypotheses, world).runs
    named = table[table["group"] == "with_a_noun"].set_index(["language", "seed"])["accuracy"]
    # Four of five, three of five, three of five
    assert named.to_dict() == {
        ("de", "0"): "80.00", ("de", "1"): "60.00", ("nl", "0"): "60.00",
        ("de", "mean"): "70.00", ("mean", "mean"): "66.67",
    }  # fmt: skip
    assert named.index[-1] == ("mean", "mean")
    alone = tables_of([predictions, again], hypotheses, world).runs
    assert alone[["language", "seed"]].drop_duplicates().to_numpy().tolist() == [
        ["de", "0"], ["de", "1"], ["de", "mean"],
    ]  # fmt: skip


def test_questions_are_answered_by_language_and_for_their_mean(
    files: tuple[Path, Path, Path],
) -> None:
    predictions, hypotheses, world = files
    made = [
        predictions,
        copy_as(predictions, "clseave", "nl"),
        copy_as(predictions, "frozen_encoder", "de"),
        copy_as(predictions, "frozen_encoder", "nl", wrong=4),
        copy_as(predictions, "clip_ve", "en"),
    ]
    table = tables_of(made, hypotheses, world).questions
    nouns = table[(table["question"] == "text_encoder") & (table["group"] == "held_out_nouns")]
    assert nouns["language"].tolist() == ["de", "nl", "mean"]
    assert nouns["difference"].tolist() == ["0.00", "-100.00", "-50.00"]
    near = table[table["question"] == "to_the_teacher"]
    assert near["to_method"].tolist() == ["clseave", "frozen_encoder"]
    assert near["difference"].tolist() == ["0.00", "-50.00"]
    nearest = table[table["question"] == "nearest"].iloc[0]
    assert (nearest["from_method"], nearest["to_method"]) == ("clseave", "frozen_encoder")


def test_other_pairs_are_refused(files: tuple[Path, Path, Path]) -> None:
    predictions, hypotheses, world = files
    other = copy_as(predictions, "clseave", "nl")
    rows = pd.read_parquet(other).iloc[:4]
    write_table(
        other, pa.Table.from_pandas(rows, schema=PREDICTIONS, preserve_index=False), PREDICTIONS
    )
    with pytest.raises(ValueError, match="do not hold the same pairs"):
        tables_of([predictions, other], hypotheses, world)


def test_intervals_are_those_of_nouns(files: tuple[Path, Path, Path]) -> None:
    """The eight sentences of each noun are right or wrong together: none stands alone."""
    predictions, hypotheses, world = files
    rows = pd.read_parquet(predictions)
    nouns, sentences, pictures = 12, 8, 24
    named = [f"noun{number}" for number in range(nouns)]
    texts = [f"{noun} {number}" for noun in named for number in range(sentences)]
    count = nouns * sentences
    write_table(
        hypotheses,
        pa.table(
            [range(count), texts, ["none"] * count, ["exists"] * count, [None] * count],
            schema=HYPOTHESES,
        ),
        HYPOTHESES,
    )  # fmt: skip
    write_table(
        world / "sentence_nouns.parquet",
        pa.table(
            [texts, [[text.split()[0]] for text in texts], [None] * count, [False] * count],
            schema=SENTENCE_NOUNS,
        ),
        SENTENCE_NOUNS,
    )  # fmt: skip
    right = [number // sentences % 2 == 0 for number in range(count)]
    images = [f"p{number % pictures}" for number in range(count)]
    write_table(
        world / "scenes.parquet",
        pa.table([sorted(set(images)), [["dog"] * 4] * pictures], schema=SCENE_CELLS), SCENE_CELLS,
    )  # fmt: skip
    rows = rows.iloc[[0] * count].assign(
        pair_id=[f"pair{number}" for number in range(count)], image_id=images,
        hypothesis_id=range(count), prediction=["entailment" if x else "neutral" for x in right],
        logit_neutral=[0.0 if x else 9.0 for x in right],
    )  # fmt: skip
    write_table(predictions, pa.Table.from_pandas(rows, schema=PREDICTIONS), PREDICTIONS)

    table = tabulate_nouns(STUDY, [predictions], hypotheses, world, resamples=500, seed=0).runs
    seen = table[table["group"] == "seen"].iloc[0].to_dict()

    # 12 independent nouns: 0.5 +- 1.96 * sqrt(0.25 / 12); as 96 sentences it would be +- 0.10
    assert seen["accuracy"] == "50.00"
    half = (float(seen["ci_high"]) - float(seen["ci_low"])) / 2
    assert half == pytest.approx(28.3, abs=4)
