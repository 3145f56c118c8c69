"""A training killed by SIGKILL goes on from its saved point and ends in the same weights."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from clseave_core.embeddings import write_embeddings

ROOT = Path(__file__).resolve().parents[2]
TRAINING = """
import sys
from pathlib import Path
import numpy as np
from clseave_core.corpus.pairs import Pairs
from clseave_core.embeddings import Embeddings
from clseave_core.models.classifier import EntailmentClassifier
from clseave_core.students.teaching import Architecture, Texts, train_student
from clseave_core.training.device import Compute
from clseave_core.training.settings import TrainingSettings
bert, files, out = map(Path, sys.argv[1:])
n = 40
pairs = Pairs(np.array([f"p{i}" for i in range(n)], dtype=object),
              np.array(["i0"] * n, dtype=object), np.arange(n), np.arange(n) % 3)
history = train_student(
    sentences=Texts(bert, [f"ein Hund {chr(97 + i % 26)} {i}" for i in range(n)]),
    targets=Embeddings.open(files / "hypotheses.arrow"), held_out=np.zeros(n, bool),
    train_pairs=pairs, dev_pairs=pairs, images=Embeddings.open(files / "images.arrow"),
    classifier=EntailmentClassifier(6).eval(), alignment=None,
        pooling_at_test=None,
        architecture=Architecture(),
    settings=TrainingSettings(epochs=6, batch_size=4, learning_rate=1e-3, save_every_seconds=0),
    seed=0, compute=Compute("fp32", 1, "cpu"), state_folder=out / "state",
    model_folder=out / "model", hypotheses_file=out / "hypotheses.arrow",
    history_file=out / "history.csv",
)
print(len(history))
"""


def begin(bert: Path, files: Path, out: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", TRAINING, str(bert), str(files), str(out)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.slow
def test_a_killed_training_ends_in_the_same_weights(tiny_bert_folder: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    targets = rng.normal(size=(40, 6)).astype(np.float32)
    ids = np.arange(40, dtype=np.int32)
    write_embeddings(tmp_path / "hypotheses.arrow", "hypothesis_id", [(ids, targets)], 6)
    write_embeddings(tmp_path / "images.arrow", "image_id", [(["i0"], targets[:1])], 6)
    whole = begin(tiny_bert_folder, tmp_path, tmp_path / "whole")
    out, err = whole.communicate(timeout=120)
    assert out.strip() == "6", err

    saved = tmp_path / "killed/state/current.safetensors"
    killed = begin(tiny_bert_folder, tmp_path, tmp_path / "killed")
    while not saved.exists() and killed.poll() is None:
        time.sleep(0.005)
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=60)
    assert saved.exists()
    assert not (tmp_path / "killed/model").exists()
    resumed = begin(tiny_bert_folder, tmp_path, tmp_path / "killed")
    out, err = resumed.communicate(timeout=120)

    assert out.strip() == "6", err
    for name in ("model/model.safetensors", "model/head.safetensors", "hypotheses.arrow"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert not (tmp_path / "killed/state").exists()
