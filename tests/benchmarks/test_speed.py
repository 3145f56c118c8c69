"""The speed benchmark compares like with like: equal weights give equal losses everywhere.

Nothing here is timed. The peers lie in `.peers`, which only the process that needs them sees;
what needs them is skipped where `make peers` has not put them there.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from benchmarks.speed import ours, published, report
from benchmarks.speed.measuring import Spread, interleave, mean_step, ratio, training_work
from benchmarks.speed.models import student_embeddings
from benchmarks.speed.rows import Found, Row
from benchmarks.speed.sizes import (
    BERT_MEAN,
    CLIP_MEAN,
    QUICK,
    REAL,
    draw_lengths,
    sample_batches,
)  # fmt: skip
from benchmarks.speed.workbench import Workbench
from clseave_core.models.clip_ve import ClipVE
from clseave_core.models.dropout import Dropout
from clseave_core.teacher.image_tower import ImageTower

ROOT = Path(__file__).resolve().parents[2]
ROWS = np.arange(QUICK.clip_batch)
needs_peers = pytest.mark.skipif(
    not (ROOT / ".peers/installed").exists(), reason="the peers are not installed: make peers"
)


def run_beside_peers(script: str, folder: Path) -> None:
    """Run a script that can import the peers; what it asserts must hold."""
    folders = os.pathsep.join([str(ROOT / ".peers"), str(ROOT)])
    result = subprocess.run(
        [sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": folders, "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip

    assert result.returncode == 0, result.stderr


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    threads = torch.get_num_threads()
    yield Workbench(tmp_path_factory.mktemp("bench"), QUICK, 1, 1)
    torch.set_num_threads(threads)


@pytest.mark.parametrize("needless_gradients", [True, False])
def test_the_published_clip_ve_computes_the_products_loss(
    bench: Workbench, needless_gradients: bool
) -> None:
    model = ClipVE.start(bench.clip_folder, 0).eval()
    flow = published.PublishedClipVE(
        model, bench.vision(), bench.pictures, bench.english, bench.labels, QUICK.pixels, 1e-6,
        needless_gradients,
    )  # fmt: skip
    tower = ImageTower(bench.clip_folder, bench.compute("fp32"))
    from PIL import Image

    pixels = np.stack([tower.pixels(Image.open(path)) for path in bench.pictures])
    images = tower.embed(torch.from_numpy(pixels))
    settings = ours.clip_ve_settings(QUICK.clip_batch)
    task = ours.clip_ve_task(
        model, bench.english, images, bench.labels, settings, bench.compute("fp32")
    )

    [planned] = task.plan([ROWS])
    assert float(flow.loss(ROWS).detach()) == pytest.approx(task.loss(planned)[0].item(), rel=1e-5)


def test_the_published_student_computes_the_products_loss(bench: Workbench) -> None:
    student = bench.student().eval()
    teacher = ClipVE.start(bench.clip_folder, 0).text.eval()
    flow = published.PublishedStudent(student, teacher, bench.english, bench.translated, 1e-4)
    with torch.no_grad():
        targets = teacher(*bench.english.pad(np.arange(len(bench.english))))
    task = ours.student_task(
        bench.trimmed_student().eval(), bench.translated, targets, ours.student_settings(16),
        bench.compute("fp32"),
    )  # fmt: skip

    [planned] = task.plan([ROWS])
    assert float(flow.loss(ROWS).detach()) == pytest.approx(task.loss(planned)[0].item(), rel=1e-5)


def test_contenders_compute_all_tokens_of_the_last_layer_with_pytorchs_dropout(
    bench: Workbench,
) -> None:
    """What is this project's own for speed must not serve those that it is measured against."""
    theirs, mine = bench.student().train(), bench.trimmed_student().train()
    dropouts = [[type(m) for m in s.modules() if isinstance(m, nn.Dropout)] for s in (theirs, mine)]
    assert set(dropouts[0]) == {nn.Dropout}
    assert set(dropouts[1]) == {Dropout}

    asked: list[int] = []
    for student in (theirs, mine):
        query = student.encoder.encoder.layer[-1].attention.self.query
        query.register_forward_pre_hook(lambda _, inputs: asked.append(inputs[0].shape[1]))
    ids, lengths = bench.translated.pad(ROWS)
    student_embeddings(theirs, ids, lengths)
    mine(ids, lengths)
    assert asked == [ids.shape[1], 1]


@pytest.mark.slow
@needs_peers
def test_the_peers_compute_the_products_embeddings(tmp_path: Path) -> None:
    script = """
import numpy as np, sys, torch
from pathlib import Path
from benchmarks.speed import peers
from benchmarks.speed.models import text_of
from benchmarks.speed.sizes import QUICK
from benchmarks.speed.workbench import Workbench

bench = Workbench(Path(sys.argv[1]), QUICK, 1, 1)
student, tokens, rows = bench.student().eval(), bench.translated, np.arange(20)
ids, lengths = tokens.pad(rows)
texts = [text_of(tokens, row) for row in rows]
with torch.no_grad():
    own = student(ids, lengths)
    theirs = peers.sentence_transformer(student, str(bench.bert_folder)).eval().encode(
        texts, convert_to_tensor=True)
    mask = torch.arange(ids.shape[1]) < lengths[:, None]
    loss = peers.WithLoss(student)(ids, mask.long(), own + 1)["loss"]
assert torch.allclose(own, theirs, atol=1e-5), (own - theirs).abs().max()
assert abs(float(loss) - 1) < 1e-5
"""
    run_beside_peers(script, tmp_path)


@pytest.mark.slow
@needs_peers
def test_each_peer_computes_in_the_precision_asked_for(tmp_path: Path) -> None:
    script = """
import numpy as np, sys
from functools import partial
from pathlib import Path
from benchmarks.speed import peers
from benchmarks.speed.models import text_of
from benchmarks.speed.sizes import QUICK
from benchmarks.speed.workbench import Workbench
from clseave_core.models.tokens import load_tokenizer

bench = Workbench(Path(sys.argv[1]), QUICK, 1, 1)
student, tokens, targets = bench.student(), bench.translated, bench.targets()
query, found = student.encoder.encoder.layer[0].attention.self.query, []
query.register_forward_hook(lambda _, __, output: found.append(str(output.dtype)[6:]))
batches = [np.arange(16), np.arange(16, 32)]
for bf16 in (False, True, False):
    model = peers.sentence_transformer(student, str(bench.bert_folder))
    peers.sentence_transformers_block(model, partial(text_of, tokens), targets, batches, bf16)
    tokenizer = load_tokenizer(bench.bert_folder)
    peers.trainer_block(student, tokenizer, tokens, targets, batches, bf16)
    kind = "bfloat16" if bf16 else "float32"
    assert set(found) == {kind} and len(found) == 4, (bf16, found)
    found.clear()
"""
    run_beside_peers(script, tmp_path)


@pytest.mark.slow
@needs_peers
def test_every_row_is_measured_at_the_small_size(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    result = subprocess.run(
        [
            sys.executable, "-m", "benchmarks.speed", "--quick", "--repeats", "1", "--threads", "1",
            "--results", str(results),
        ],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / ".peers"), "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip

    assert result.returncode in (0, 1), result.stderr
    content = json.loads(results.read_text())
    rows = [Row.read(row) for stage in content["stages"].values() for row in stage["rows"]]
    against = {row.contender for row in rows}
    assert {
        "as published", "without needless gradients", "sentence-transformers, defaults",
        "sentence-transformers, best, fp32", "Trainer, defaults", "Trainer, best, fp32",
        "GEMM peak of the machine", "one by one", "awesome-align", "peak memory", "seconds",
    } <= against  # fmt: skip
    assert result.returncode == int(any(row.met is False for row in rows))
    beside = [row for row in rows if row.stage.endswith("difference in dev accuracy")]
    assert len(beside) == 5 and all(row.measured and row.unit == "points" for row in beside)
    page = tmp_path / "page.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.write_page([results], page, tmp_path)
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("\nafter\n") and "old" not in text
    assert text.count("\n| ") == 1 + len(rows)
    assert sorted(path.name for path in tmp_path.glob("*.svg")) == [
        "benchmark_cost.svg", "benchmark_epoch_times.svg",
    ]  # fmt: skip


def test_lengths_have_the_stated_means_and_spread() -> None:
    english, german = (draw_lengths(200_000, mean, 0) for mean in (CLIP_MEAN, BERT_MEAN))

    assert english.mean() == pytest.approx(11.7, abs=0.05)
    assert german.mean() == pytest.approx(14.0, abs=0.05)
    longest = german[: 1500 * 128].reshape(-1, 128).max(axis=1).mean()
    assert longest / german.mean() == pytest.approx(2.4, abs=0.05)
    assert np.corrcoef(english, german)[0, 1] > 0.99
    assert german.min() >= 3


def test_sampled_batches_stand_for_the_epoch() -> None:
    lengths = np.arange(1, 101)
    epoch = [np.arange(start, start + 10) for start in range(0, 100, 10)]

    first, *timed, last = sample_batches(epoch, lengths, 5)

    assert sorted(int(batch[0]) for batch in timed) == [10, 30, 50, 70, 90]
    assert int(first[0]) == int(last[0]) == 50


def test_ratios_are_taken_within_a_repeat() -> None:
    order: list[str] = []

    def contender(name: str, seconds: list[float]) -> float:
        order.append(name)
        return seconds.pop(0)

    slow, fast = [6.0, 20.0, 9.0], [2.0, 4.0, 3.0]
    seconds = interleave(
        {"slow": lambda: contender("slow", slow), "fast": lambda: contender("fast", fast)}, 3
    )

    assert order == ["slow", "fast", "fast", "slow", "slow", "fast"]
    assert ratio(seconds["slow"], seconds["fast"]) == Spread(3.0, 3.0, 5.0, 3)


def test_a_mean_step_leaves_the_first_one_out() -> None:
    assert mean_step([0.0, 10.0, 12.0, 16.0]) == 3.0


def test_the_work_of_a_step_counts_three_passes() -> None:
    one = training_work(layers=1, width=2, tokens=10, length=5, sentences=2)
    two = training_work(layers=2, width=2, tokens=10, length=5, sentences=2)

    assert one == 3 * (2 * 2 * 4 * 10 + (2 * 10 * 4 + 4 * 5 * 2) * 2)
    assert two - one == 3 * (2 * 12 * 4 + 4 * 5 * 2) * 10


def test_a_row_knows_whether_it_is_met() -> None:
    def row(value: float | None, *, below: bool = False) -> Row:
        measured = None if value is None else Spread(value, value, value, 1)
        return Row("stage", "contender", measured, 2.0, below=below)

    assert [row(2.0).met, row(1.9).met, row(None).met] == [True, False, None]
    assert [row(1.9, below=True).met, row(2.0, below=True).met] == [True, False]
    assert Row.read(json.loads(json.dumps(row(2.5).content()))) == row(2.5)


def test_a_row_without_a_target_is_only_shown() -> None:
    shown = Row("stage", "contender", Spread(3.0, 2.0, 4.0, 5), None, "points")

    assert shown.met is None
    assert shown.cells() == ("stage", "contender", "3 points", "2 to 4", "5", "", "")


def test_stages_are_added_to_those_measured_before_on_this_machine(tmp_path: Path) -> None:
    row = Row("stage", "contender", Spread(3.0, 2.0, 4.0, 5), 2.0)
    other = Row("other", "contender", Spread(1.0, 1.0, 1.0, 5), 2.0)
    target, facts = tmp_path / "cpu.json", report.machine(2)

    report.save_stage(target, facts, "one", Found([other], {"a.b": 1.0}))
    report.save_stage(target, facts, "two", Found([other], {}))
    report.save_stage(target, facts, "one", Found([row], {"a.b": 2.0}))

    content = json.loads(target.read_text())
    assert content["machine"]["threads"] == 2
    assert list(content["stages"]) == ["one", "two"]
    assert Row.read(content["stages"]["one"]["rows"][0]) == row
    assert content["stages"]["one"]["numbers"] == {"a.b": 2.0}
    with pytest.raises(ValueError, match="measured on another machine"):
        report.save_stage(target, report.machine(3), "one", Found([row], {}))


def test_each_kind_of_machine_has_a_table(tmp_path: Path) -> None:
    facts = report.machine(2) | {"processor": "A CPU", "avx512": True, "avx512_bf16": True}
    other = facts | {"avx512": False, "avx512_bf16": False}
    files = [tmp_path / report.results_file(each).name for each in (facts, other)]
    page = tmp_path / "page.md"
    page.write_text(f"{report.BEGIN}\n{report.END}\n")
    for file, each, value in zip(files, (facts, other), (3.0, 2.0), strict=True):
        row = Row("stage", "contender", Spread(value, value, value, 1), 2.5)
        report.save_stage(file, each, "one", Found([row], {}))

    report.write_page(files, page, tmp_path)

    assert [file.name for file in files] == [
        "a-cpu-2-threads-avx-512-with-bf16.json", "a-cpu-2-threads-no-avx-512.json",
    ]  # fmt: skip
    _, first, second = page.read_text().split("###")
    assert "AVX-512 with bf16" in first and "3 x" in first and "met" in first
    assert "no AVX-512" in second and "2 x" in second and "SHORT" in second


def test_the_real_sizes_are_those_of_the_published_models() -> None:
    assert (REAL.vocabulary, REAL.bert_layers, REAL.bert_width) == (119_547, 12, 768)
    assert (REAL.clip_vocabulary, REAL.clip_layers, REAL.clip_width) == (49_408, 12, 512)
    assert (REAL.vision_layers, REAL.vision_width, REAL.pixels) == (12, 768, 224)
