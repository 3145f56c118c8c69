"""Accuracy at equal data and steps, beside speed: a student of the pocket study, way by way.

All start from equal weights, see the same translations equally often and have the same learning
rate at each step. They differ in how batches are composed, in whether the teacher runs again in
each step, and in what their code costs. Accuracy is that on dev.
"""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch

from benchmarks.speed import ours, peers, published
from benchmarks.speed.measuring import (
    ROOT,
    Spread,
    mean_step,
    medians,
    ratio,
    run_process,
    stamp_steps,
)
from benchmarks.speed.models import use_own_dropout
from benchmarks.speed.rows import Found, Row
from benchmarks.speed.sizes import QUICK
from benchmarks.speed.workbench import Workbench
from clseave_core.corpus.pairs import Pairs
from clseave_core.corpus.schemas import HYPOTHESES
from clseave_core.embeddings import Embeddings
from clseave_core.files import read_table
from clseave_core.models.clip_ve import ClipTextTower, load_classifier
from clseave_core.models.student import Student
from clseave_core.models.tokens import Indices, Tokens, load_tokenizer, tokenize
from clseave_core.students.distillation import DistillationTask
from clseave_core.students.task import StudentData, training_examples
from clseave_core.study.loading import load_study
from clseave_core.study.sources import Sources
from clseave_core.teacher.clip_ve import Premises
from clseave_core.training.batches import length_batches
from clseave_core.training.device import Compute
from clseave_core.training.schedule import rate_factor
from clseave_core.training.settings import TrainingSettings
from clseave_core.translation.texts import read_texts

LANGUAGE, METHOD = "de", "clseave"
WORKFLOW = (
    "Snakefile", "config.yaml", "environment.yaml", "rules", "studies", "schemas",
    "workflow_scripts", "clseave_core",
)  # fmt: skip


def measure(bench: Workbench) -> Found:
    """Seconds of a step and accuracy of each contender; a repeat is a seed."""
    name = "tiny" if bench.sizes is QUICK else "pocket"
    study = Prepared.make(bench.folder / "study", name, bench.compute("fp32"))
    contenders: dict[str, Callable[[Student, int], float]] = {
        "as published": study.as_published,
        "sentence-transformers, defaults": partial(study.sentence_transformers, False),
        "sentence-transformers, best, fp32": partial(study.sentence_transformers, True),
        "Trainer, defaults": partial(study.trainer, False),
        "Trainer, best, fp32": partial(study.trainer, True),
        "fp32": study.ours,
    }
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    accuracy: dict[str, list[float]] = {name: [] for name in contenders}
    for seed in range(bench.repeats):
        for contender in contenders if seed % 2 == 0 else reversed(contenders):
            student = Student.start(study.encoder, study.width, "end", True, seed)
            if contender != "fp32":
                use_own_dropout(student)
            torch.manual_seed(seed)
            seconds[contender].append(contenders[contender](student, seed))
            accuracy[contender].append(100 * study.dev_accuracy(student))
            print(
                f"    {contender}: {seconds[contender][-1]:.4g} s a step, "
                f"{accuracy[contender][-1]:.2f} % on dev", flush=True,
            )  # fmt: skip
    stage = f"student of the {name} study, {study.steps:,} steps"
    rows = []
    for contender in contenders:
        if contender == "fp32":
            continue
        gain = zip(accuracy["fp32"], accuracy[contender], strict=True)
        points = Spread.of([own - other for own, other in gain])
        rows += [
            Row(f"{stage}, time", contender, ratio(seconds[contender], seconds["fp32"]), None),
            Row(f"{stage}, difference in dev accuracy", contender, points, None, "points"),
        ]
    numbers = {f"accuracy.{key}": value for key, value in medians(accuracy).items()}
    return Found(rows, numbers | {f"accuracy.{k} seconds": v for k, v in medians(seconds).items()})


@dataclass(frozen=True)
class Prepared:
    """A generated study as far as its teacher, and what one of its students learns from."""

    encoder: Path
    teacher: ClipTextTower
    english: Tokens
    texts: list[str]
    data: StudentData
    settings: TrainingSettings
    compute: Compute

    @classmethod
    def make(cls, folder: Path, name: str, compute: Compute) -> "Prepared":
        """Run a copy of the workflow in `folder` and read what it made."""
        folder.mkdir()
        for part in WORKFLOW:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, folder / part)
        results = folder / "results" / name
        translation = results / "translation" / f"{LANGUAGE}.parquet"
        images = results / "teacher" / "clip_ve" / "images.arrow"
        seed0 = images.parent / "seed0"
        study = load_study(name, {})
        encoder = folder / Sources(name, study, "resources").model("bert")
        made = (encoder, translation, images, seed0 / "model")
        wanted = [str(path.relative_to(folder)) for path in made]
        run_process(
            [sys.executable, "-m", "snakemake", "--cores", str(compute.threads), *wanted,
             "--config", f"study={name}"], folder,
        )  # fmt: skip
        hypotheses = read_table(results / "corpus" / "hypotheses.parquet", HYPOTHESES)
        teacher = ClipTextTower(seed0 / "model").eval()
        english = tokenize(
            load_tokenizer(seed0 / "model"), hypotheses["text"].tolist(), teacher.max_length
        )
        texts = read_texts(translation)
        settings = replace(
            TrainingSettings.from_study(study["methods"][METHOD]["training"]), keep="last"
        )
        dev = Pairs.read(results / "corpus" / "dev.parquet")
        held_out = (hypotheses["held_out"] != "none").to_numpy()
        vectors = Embeddings.open(seed0 / "hypotheses.arrow").rows(range(len(texts)))
        data = StudentData(
            tokenize(load_tokenizer(encoder), texts, 512),
            torch.from_numpy(vectors),
            training_examples(Pairs.read(results / "corpus" / "train.parquet"), held_out, settings),
            dev,
            Premises.of(dev.image_ids.tolist(), Embeddings.open(images), compute),
            load_classifier(seed0 / "model").eval(),
        )
        return cls(encoder, teacher, english, texts, data, settings, compute)

    @property
    def width(self) -> int:
        """Numbers of an embedding."""
        return self.data.targets.shape[1]

    @property
    def steps(self) -> int:
        """Steps of a training: whole batches alone, as the peers' batches are."""
        return len(self.data.examples) // self.settings.batch_size * self.settings.epochs

    def task(self, student: Student, seed: int) -> DistillationTask:
        """The product's training."""
        return DistillationTask(student, self.data, self.settings, seed, self.compute)

    def dev_accuracy(self, student: Student) -> float:
        """Share of the dev pairs that the teacher's classifier gets right with this student."""
        student.eval()
        return self.task(student, 0).evaluate()["dev_accuracy"]

    def epochs(self, compose: Callable[[int], list[Indices]]) -> list[list[Indices]]:
        """Whole batches of examples, epoch by epoch."""
        size, numbers = self.settings.batch_size, range(1, self.settings.epochs + 1)
        return [[batch for batch in compose(n) if len(batch) == size] for n in numbers]

    def peers_batches(self, grouped: bool, seed: int) -> list[Indices]:
        """Rows of the sentences of each step, as the peers compose them."""
        examples, size = self.data.examples, self.settings.batch_size
        lengths = self.data.tokens.lengths[examples]

        def compose(epoch: int) -> list[Indices]:
            if grouped:
                return peers.grouped_batches(lengths, size, 1000 * seed + epoch)
            return peers.random_batches(len(examples), size, 1000 * seed + epoch)

        return [examples[batch] for epoch in self.epochs(compose) for batch in epoch]

    def recipe(self, seed: int) -> peers.Recipe:
        """The study's learning rate and schedule, as the peers take them."""
        warmup = int(self.settings.warmup * self.steps)
        return peers.Recipe(self.settings.learning_rate, warmup, seed)

    def ours(self, student: Student, seed: int) -> float:
        """Train as the workflow does; seconds of a step."""
        lengths = self.data.tokens.lengths[self.data.examples]
        size = self.settings.batch_size
        epochs = self.epochs(lambda epoch: length_batches(lengths, size, seed, epoch))
        history = ours.training_parts(
            lambda _, __: self.task(student, seed), self.settings, self.compute, epochs
        )
        return sum(float(row["seconds"] or 0) for row in history) / self.steps

    def as_published(self, student: Student, seed: int) -> float:
        """Train the published way; seconds of a step."""
        rate = self.settings.learning_rate
        flow = published.PublishedStudent(
            student, self.teacher, self.english, self.data.tokens, rate
        )
        warmup, done = self.recipe(seed).warmup_steps, iter(range(self.steps))

        def step(batch: Indices) -> None:
            factor = rate_factor(next(done), self.steps, warmup, self.settings.schedule)
            for group in flow.optimizer.param_groups:
                group["lr"] = rate * factor
            flow.step(batch)

        student.train()
        batches = self.peers_batches(False, seed)
        return mean_step(stamp_steps(step, [*batches, batches[0]]))

    def trainer(self, grouped: bool, student: Student, seed: int) -> float:
        """Train with transformers' Trainer; seconds of a step."""
        return mean_step(
            peers.trainer_block(
                student, load_tokenizer(self.encoder), self.data.tokens, self.data.targets,
                self.peers_batches(grouped, seed), False, self.recipe(seed),
            )
        )  # fmt: skip

    def sentence_transformers(self, grouped: bool, student: Student, seed: int) -> float:
        """Train with sentence-transformers' trainer; seconds of a step."""
        return mean_step(
            peers.sentence_transformers_block(
                peers.sentence_transformer(student, str(self.encoder)), self.texts.__getitem__,
                self.data.targets, self.peers_batches(grouped, seed), False, self.recipe(seed),
            )
        )  # fmt: skip
