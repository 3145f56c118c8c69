"""The pocket world's aligner: its objective by hand, and the same bytes wherever it is trained."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer

from clseave_core.alignment.aligner import WordAligner
from clseave_core.alignment.settings import AlignmentSettings
from clseave_core.corpus.pocket.aligner import (
    AlignerSettings,
    _examples,
    _pieces,
    alignment_loss,
    train_aligner,
)
from clseave_core.corpus.pocket.bert import BertSettings, pretrain_bert
from clseave_core.corpus.pocket.writing import training_texts
from clseave_core.training.device import Compute
from clseave_core.words import cut_words
from tests.small_world import LANGUAGES

BERT = BertSettings(
    width=8, layers=2, heads=2, steps=3, batch=8, learning_rate=1e-3, weight_decay=0.0,
    warmup=0.1, vocabulary=120,
)  # fmt: skip
SETTINGS = AlignerSettings(
    steps=4, batch=8, learning_rate=1e-3, weight_decay=0.0, warmup=0.1, layer=1
)
CUT = partial(cut_words, cut="dictionary")


@pytest.fixture(scope="module")
def bert(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "bert"
    pretrain_bert(world, folder, BERT, LANGUAGES, seed=1, threads=1)
    return folder


def test_the_objective_by_hand() -> None:
    # Two English words and padding, three others; all scores equal: forth 1/3 each, back 1/2 each.
    scores = torch.zeros(1, 3, 3)
    scores[:, 2] = 9.0  # of the padding: must not count
    gold = torch.zeros(1, 3, 3)
    gold[0, 0, 0] = gold[0, 1, 1] = gold[0, 1, 2] = 1.0
    source, target = torch.tensor([[True, True, False]]), torch.tensor([[True, True, True]])

    loss = alignment_loss(scores, gold, source, target)

    assert float(loss) == pytest.approx(-((1 / 3 + 2 / 3) / 2 + (3 / 2) / 3))


def test_it_is_awesome_aligns_own_objective(monkeypatch: pytest.MonkeyPatch) -> None:
    from awesome_align import modeling

    for name, number in (("PAD_ID", 0), ("CLS_ID", 101), ("SEP_ID", 102)):
        monkeypatch.setattr(modeling, name, number)
    torch.manual_seed(3)
    ids = [torch.tensor([[101, 7, 8, 102, 0], [101, 7, 8, 9, 102]])]
    ids.append(torch.tensor([[101, 5, 6, 7, 102], [101, 5, 102, 0, 0]]))
    words = [(side != 0) & (side != 101) & (side != 102) for side in ids]
    states = [torch.randn(2, 5, 4) for _ in ids]
    gold = (torch.rand(2, 5, 5) > 0.5) & words[0][:, :, None] & words[1][:, None]

    theirs = modeling.BertGuideHead(None)(*states, *ids, guide=gold[:, None].float())
    ours = alignment_loss(states[0] @ states[1].transpose(1, 2), gold.float(), *words)

    assert float(ours) == pytest.approx(float(theirs), abs=1e-6)


def test_pieces_stand_where_their_words_stand(bert: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(bert)
    text = "There is a red circle."
    ids, places = _pieces(tokenizer, text, CUT(text, "en"))

    assert (ids[0], ids[-1]) == (tokenizer.cls_token_id, tokenizer.sep_token_id)
    assert places[0].tolist() == places[-1].tolist() == [0, 0]
    pieces = [token.removeprefix("##") for token in tokenizer.convert_ids_to_tokens(ids)[1:-1]]
    assert [text[start:end] for start, end in places[1:-1]] == pieces


def test_only_sentences_that_are_held_out_from_nobody_are_read(world: Path, bert: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(bert)
    examples = _examples(world, "zh", tokenizer, CUT)

    assert len(examples) == len(training_texts(world, []))
    assert all(one.gold.any() for one in examples)


def test_another_process_trains_the_same_bytes(world: Path, bert: Path, tmp_path: Path) -> None:
    train_aligner(world, bert, tmp_path / "here", SETTINGS, LANGUAGES, CUT, seed=1, threads=1)
    torch.rand(3)
    code = (
        "import sys; from pathlib import Path; from tests.corpus.pocket.test_aligner import *; "
        "world, bert, target = map(Path, sys.argv[1:]); "
        "train_aligner(world, bert, target, SETTINGS, LANGUAGES, CUT, seed=1, threads=1)"
    )
    arguments = map(str, (world, bert, tmp_path / "there"))
    subprocess.run(
        [sys.executable, "-c", code, *arguments],
        check=True, cwd=Path(__file__).resolve().parents[3],
    )  # fmt: skip
    train_aligner(world, bert, tmp_path / "other", SETTINGS, LANGUAGES, CUT, seed=2, threads=1)

    here, there, other = (
        (tmp_path / name / "model.safetensors").read_bytes() for name in ("here", "there", "other")
    )
    assert here == there != other


def test_the_aligner_reads_what_was_trained(world: Path, bert: Path, tmp_path: Path) -> None:
    train_aligner(world, bert, tmp_path / "made", SETTINGS, LANGUAGES, CUT, seed=1, threads=1)
    aligner = WordAligner(tmp_path / "made", AlignmentSettings(1), Compute("fp32", 1, "cpu"))

    assert len(aligner.align(["a red circle"], ["ein roter Kreis"], "de")) == 1
