"""One student of several languages: it learns all of them, and is measured on all of them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from clseave_core.embeddings import Embeddings
from clseave_core.files import write_table
from clseave_core.models.classifier import EntailmentClassifier
from clseave_core.models.student import Student
from clseave_core.students.teaching import Texts, read_languages, read_out
from clseave_core.training.settings import TrainingSettings
from clseave_core.translation.schemas import TRANSLATIONS
from tests.students.test_rivals import COMPUTE, SENTENCES, WIDTH, pairs_of, taught

DUTCH = ["een hond", "de man", "ein kat", "red", "blue circle", "a", "is", "man"]
SETTINGS = TrainingSettings(epochs=40, batch_size=8, learning_rate=5e-3, keep="last")


def joint(folder: Path, encoder: Path, sentences: list[str], **changes: Any) -> Any:
    folder.mkdir(exist_ok=True)
    given: dict[str, Any] = {
        "classifier": EntailmentClassifier(WIDTH).eval(), "settings": SETTINGS,
    }  # fmt: skip
    return taught(folder, Texts(encoder, sentences), **(given | changes))


def error_of(folder: Path, sentences: list[str], rows: range) -> float:
    """Of the student in `folder` on some of its hypotheses, said in one language."""
    read_out(
        model_folder=folder / "model", sentences=sentences, readout="direct",
        autoencoder_folder=None, teacher_folder=folder, pooling=None, compute=COMPUTE,
        hypotheses_file=folder / "read.arrow",
    )  # fmt: skip
    said = Embeddings.open(folder / "read.arrow").rows(rows)
    return float(np.square(said - Embeddings.open(folder / "targets.arrow").rows(rows)).mean())


def test_it_learns_each_language_and_dev_is_the_mean_over_them(
    tiny_bert_folder: Path, tmp_path: Path
) -> None:
    dev = pairs_of(list(range(8)))
    history = joint(tmp_path, tiny_bert_folder, SENTENCES + DUTCH, dev_pairs=dev)

    errors = [error_of(tmp_path, texts, range(8)) for texts in (SENTENCES, DUTCH)]
    assert history[-1]["dev_loss"] == pytest.approx(np.mean(errors), rel=1e-4)
    assert max(errors) < 0.5 * history[0]["dev_loss"]
    assert errors[0] != pytest.approx(errors[1], rel=1e-3)
    assert history[0]["step"] == 8  # 64 sentences in batches of 8


def test_in_one_language_it_is_the_student_of_that_language(
    tiny_bert_folder: Path, tmp_path: Path
) -> None:
    weights = []
    joint(tmp_path / "joint", tiny_bert_folder, SENTENCES, hypotheses_file=None)
    joint(tmp_path / "single", tiny_bert_folder, SENTENCES)
    for name in ("joint", "single"):
        weights.append(Student.load(tmp_path / name / "model").state_dict())

    assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0])
    assert not (tmp_path / "joint/said.arrow").exists()
    assert (tmp_path / "single/said.arrow").exists()


def test_held_out_sentences_are_seen_in_no_language(tiny_bert_folder: Path, tmp_path: Path) -> None:
    held_out = np.array([False] * 6 + [True] * 2)
    weights = []
    for name, last in (("one", ["is", "man"]), ("other", ["Hund", "das"])):
        history = joint(
            tmp_path / name, tiny_bert_folder, [*SENTENCES, *DUTCH[:6], *last], held_out=held_out,
            settings=TrainingSettings(
                epochs=2, batch_size=4, learning_rate=1e-3, keep="last", weight="distinct"
            ),
        )  # fmt: skip
        assert history[0]["step"] == 3  # twice six sentences in batches of 4
        weights.append(Student.load(tmp_path / name / "model").state_dict())

    assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0])


def test_a_language_that_is_not_whole_is_refused(tiny_bert_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="15 sentences are not 8 hypotheses in one or more lang"):
        joint(tmp_path, tiny_bert_folder, SENTENCES + DUTCH[:7])


def test_languages_are_read_one_after_the_other(tiny_bert_folder: Path, tmp_path: Path) -> None:
    files = []
    for lang, texts in (("de", ["rot", "blau"]), ("nl", ["rood", "blauw"])):
        rows = {
            "hypothesis_id": [0, 1], "text": texts, "provider": ["file"] * 2,
            "unchanged": [False] * 2,
        }  # fmt: skip
        files.append(str(tmp_path / f"{lang}.parquet"))
        write_table(files[-1], pd.DataFrame(rows), TRANSLATIONS)

    read = read_languages(str(tiny_bert_folder), files)

    assert read == Texts(tiny_bert_folder, ["rot", "blau", "rood", "blauw"])
