"""The stages that compute with models, each a function from the workbench to what it found."""

import gc
import time
from argparse import Namespace
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from benchmarks.speed import ours, peers, published
from benchmarks.speed.gpu import on_gpu
from benchmarks.speed.measuring import (
    Spread,
    gemm_peak,
    interleave,
    mean_step,
    ratio,
    training_work,
)  # fmt: skip
from benchmarks.speed.models import (
    alignment_settings,
    english_tokens,
    make_bert,
    make_clip,
    sentence_pairs,
    translated_tokens,
    trim_bert,
)
from benchmarks.speed.pictures import make_pictures
from benchmarks.speed.rows import Found, Row
from benchmarks.speed.sizes import CLIP_MEAN, Sizes, sample_batches
from clseave_core.alignment.aligner import WordAligner
from clseave_core.alignment.package import load_model, load_package_tokenizer, read_config
from clseave_core.corpus.pictures import open_pictures
from clseave_core.models.clip_ve import ClipVE
from clseave_core.models.encoder import encode_all
from clseave_core.models.loading import load_pretrained
from clseave_core.models.student import Student
from clseave_core.models.tokens import Indices, Tokens, load_tokenizer
from clseave_core.teacher.clip_ve import Premises, classify
from clseave_core.teacher.image_preparation import prepare_pictures
from clseave_core.teacher.image_tower import ImageTower
from clseave_core.training.batches import length_batches, random_batches
from clseave_core.training.device import Compute, Precision

NO_BF16 = "this CPU does not compute bf16 in hardware"


class Workbench:
    """Models, sentences and pictures of one size in one folder; each is made when first used."""

    def __init__(self, folder: Path, sizes: Sizes, repeats: int, threads: int) -> None:
        self.folder, self.sizes, self.repeats, self.threads = folder, sizes, repeats, threads
        self.compute("fp32")

    def compute(self, precision: Precision) -> Compute:
        """The product's own on the CPU, with the benchmark's number of threads."""
        return Compute(precision, self.threads, "cpu")

    def product(self, precision: Precision, width: int) -> Compute:
        """The same, as the product's jobs set it up for a model of this width."""
        compute = self.compute(precision)
        compute.multiply_for(width)
        return compute

    @cached_property
    def clip_folder(self) -> Path:
        """A CLIP of this size."""
        make_clip(self.folder / "clip", self.sizes)
        return self.folder / "clip"

    @cached_property
    def bert_folder(self) -> Path:
        """An mBERT of this size."""
        make_bert(self.folder / "bert", self.sizes)
        return self.folder / "bert"

    @cached_property
    def pictures(self) -> list[Path]:
        """JPEG files."""
        names = make_pictures(self.folder / "pictures", self.sizes.pictures, self.sizes.picture)
        return [self.folder / "pictures" / f"{name}.jpg" for name in names]

    @cached_property
    def english(self) -> Tokens:
        """The English hypotheses of all training pairs."""
        return english_tokens(self.sizes, self.sizes.train_pairs)

    @cached_property
    def translated(self) -> Tokens:
        """Their translations."""
        return translated_tokens(self.sizes, self.sizes.train_pairs)

    @cached_property
    def labels(self) -> Tensor:
        """A label for each pair."""
        return torch.arange(self.sizes.train_pairs) % 3

    @property
    def has_bf16(self) -> bool:
        """Whether the processor computes bf16 in hardware."""
        return bool(torch.cpu.get_capabilities().get("avx512_bf16"))

    def vision(self) -> torch.nn.Module:
        """The image tower, as the published scripts use it."""
        from transformers.models.clip.modeling_clip import CLIPVisionModelWithProjection

        kind = CLIPVisionModelWithProjection
        model: torch.nn.Module = load_pretrained(kind, self.clip_folder, "the image tower")
        return model.eval()

    def student(self) -> Student:
        """A student to train."""
        return Student.start(self.bert_folder, self.sizes.projection, "end", True, 0)

    def trimmed_student(self) -> Student:
        """The same with a trimmed vocabulary, as the thesis study has it; tokens are the same."""
        folder = self.folder / "trimmed"
        if not folder.exists():
            trim_bert(self.bert_folder, folder, self.sizes.kept)
        return Student.start(folder, self.sizes.projection, "end", True, 0)

    def targets(self) -> Tensor:
        """Teacher embeddings of all sentences; those of few are drawn and repeated."""
        few = torch.randn(1024, self.sizes.projection, generator=torch.Generator().manual_seed(2))
        return few.repeat(-(-self.sizes.train_pairs // len(few)), 1)[: self.sizes.train_pairs]


def _timed(steps: Callable[[], list[float]]) -> float:
    gc.collect()
    return mean_step(steps())


def _stepping(step: Callable[[Indices], None], batches: list[Indices]) -> list[float]:
    stamps = []
    for batch in batches[:-1]:
        stamps.append(time.perf_counter())
        step(batch)
    return [*stamps, time.perf_counter()]


def clip_ve_step(bench: Workbench) -> Found:
    """One training step of CLIP-VE over random batches."""
    sizes, tokens = bench.sizes, bench.english
    model = ClipVE.start(bench.clip_folder, 0)
    images = torch.randn(1000, sizes.projection)
    epoch = random_batches(len(tokens), sizes.clip_batch, 0, 1)
    batches = sample_batches(epoch, tokens.lengths, sizes.steps)
    settings = ours.clip_ve_settings(sizes.clip_batch)
    vision = bench.vision()

    def of_published(needless: bool) -> list[float]:
        bench.compute("fp32")
        flow = published.PublishedClipVE(
            model, vision, bench.pictures, tokens, bench.labels, sizes.pixels, 1.0e-6, needless
        )
        # One step warms up and one is timed: all its steps are alike, as all are padded to 77.
        return _stepping(flow.step, [*batches[:2], batches[-1]])

    def of_ours(precision: Precision) -> list[float]:
        task = partial(ours.clip_ve_task, model, tokens, images, bench.labels)
        compute = bench.product(precision, sizes.clip_width)
        return ours.training_block(task, settings, compute, batches)

    seconds = interleave(
        {
            "as published": lambda: _timed(lambda: of_published(True)),
            "without needless gradients": lambda: _timed(lambda: of_published(False)),
            **{name: partial(_timed, partial(of_ours, name)) for name in _precisions(bench)},
        },
        bench.repeats,
    )
    stage = f"CLIP-VE training step of {sizes.clip_batch} pairs"
    rows = []
    for precision, slow, less in (("fp32", 55, 14), ("bf16", 75, 20)):
        for name, target in (("as published", slow), ("without needless gradients", less)):
            rows.append(_against(f"{stage}, {precision}", name, seconds, precision, target))
    real = float(np.mean([tokens.lengths[batch].sum() for batch in batches[1:-1]]))
    work = training_work(sizes.clip_layers, sizes.clip_width, real, CLIP_MEAN)
    return Found(rows, {f"clip_ve.{k}": v for k, v in _medians(seconds).items()} | {
        "clip_ve.flops": work})  # fmt: skip


def student_step(bench: Workbench) -> Found:
    """One training step of a student, against the published way, two peers and the machine."""
    sizes, tokens = bench.sizes, bench.translated
    student, targets, size = bench.student(), bench.targets(), sizes.student_batch
    trimmed = bench.trimmed_student()
    teacher = ClipVE.start(bench.clip_folder, 0).text.eval()
    tokenizer = load_tokenizer(bench.bert_folder)
    lengths = tokens.lengths

    def sampled(epoch: list[Indices]) -> list[Indices]:
        whole = [batch for batch in epoch if len(batch) == size]
        return sample_batches(whole, lengths, sizes.steps)

    at_random = sampled(peers.random_batches(len(tokens), size))
    grouped = sampled(peers.grouped_batches(lengths, size))
    similar = sampled(length_batches(lengths, size, 0, 1))
    settings = ours.student_settings(size)

    def of_published() -> list[float]:
        bench.compute("fp32")
        flow = published.PublishedStudent(student, teacher, bench.english, tokens, 4.0e-5)
        return _stepping(flow.step, at_random)

    def of_ours(precision: Precision) -> list[float]:
        task = partial(ours.student_task, trimmed, tokens, targets)
        compute = bench.product(precision, sizes.bert_width)
        return ours.training_block(task, settings, compute, similar)

    def of_trainer(batches: list[Indices], bf16: bool) -> list[float]:
        bench.compute("fp32")
        return peers.trainer_block(student, tokenizer, tokens, targets, batches, bf16)

    def of_sentence_transformers(batches: list[Indices], bf16: bool) -> list[float]:
        bench.compute("fp32")
        # Made anew: a model that was trained in fp32 stays in it, whatever its trainer is told.
        model = peers.sentence_transformer(student, str(bench.bert_folder))
        return peers.sentence_transformers_block(model, tokens, targets, batches, bf16)

    ways = {"sentence-transformers": of_sentence_transformers, "Trainer": of_trainer}
    contenders = {"as published": of_published}
    for name, way in ways.items():
        contenders[f"{name}, defaults"] = partial(way, at_random, False)
        contenders[f"{name}, best, fp32"] = partial(way, grouped, False)
        if bench.has_bf16:
            contenders[f"{name}, best, bf16"] = partial(way, grouped, True)
    contenders |= {name: partial(of_ours, name) for name in _precisions(bench)}
    seconds = interleave(
        {name: partial(_timed, block) for name, block in contenders.items()}, bench.repeats
    )
    stage = f"student training step of {size}"
    rows = [
        _against(f"{stage}, fp32", "as published", seconds, "fp32", 3),
        _against(f"{stage}, bf16", "as published", seconds, "bf16", 4.5),
    ]
    for name in ways:
        rows.append(_against(f"{stage}, fp32", f"{name}, defaults", seconds, "fp32", 2))
        rows += [
            _against(f"{stage}, {kind}", f"{name}, best, {kind}", seconds, kind, 1.1)
            for kind in ("fp32", "bf16")
        ]
    real = float(np.mean([lengths[batch].sum() for batch in similar[1:-1]]))
    work = training_work(sizes.bert_layers, sizes.bert_width, real, real / size)
    peaks = machine_peaks(bench)
    share = Spread.of([100 * work / one / peaks["fp32"] for one in seconds["fp32"]])
    rows.append(Row(f"{stage}, fp32", "GEMM peak of the machine", share, 85, "%"))
    numbers = {f"student.{k}": v for k, v in _medians(seconds).items()} | {"student.flops": work}
    return Found(rows, numbers | {f"peak.{name}": value for name, value in peaks.items()})


def prediction(bench: Workbench) -> Found:
    """Predictions for one language, whose pictures have their embeddings already."""
    sizes = bench.sizes
    tokens = translated_tokens(sizes, sizes.test_pairs)
    every = max(1, sizes.test_pairs // sizes.encoded)
    by_length = np.argsort(tokens.lengths, kind="stable")
    sample = tokens.select(by_length[every // 2 :: every])
    student, vision = bench.student().eval(), bench.vision()
    classifier = ClipVE.start(bench.clip_folder, 0).classifier.eval()
    rows = torch.arange(len(sample))
    premises = Premises(torch.randn(1000, sizes.projection), rows % 1000)

    def of_published() -> float:
        bench.compute("fp32")
        started = time.perf_counter()
        batch = np.arange(sizes.clip_batch)
        published.predict(student, vision, classifier, bench.pictures, tokens, batch, sizes.pixels)
        return (time.perf_counter() - started) / len(batch)

    def of_ours() -> float:
        compute = bench.product("fp32", sizes.bert_width)
        started = time.perf_counter()
        classify(classifier, premises, encode_all(student, sample, compute), rows)
        return (time.perf_counter() - started) / len(sample)

    seconds = interleave({"as published": of_published, "fp32": of_ours}, bench.repeats)
    row = _against(
        f"prediction of {sizes.test_pairs:,} pairs, fp32", "as published", seconds, "fp32", 20
    )
    return Found([row], {f"prediction.{k}": v for k, v in _medians(seconds).items()})


def image_embedding(bench: Workbench) -> Found:
    """Embedding of pictures, and whether decoding keeps up with the tower."""
    compute = bench.compute("fp32")
    tower = ImageTower(bench.clip_folder, compute)
    from PIL import Image
    from transformers.models.auto.image_processing_auto import AutoImageProcessor

    processor = AutoImageProcessor.from_pretrained(bench.clip_folder, backend="pil")
    vision = bench.vision()
    source = open_pictures(bench.pictures[0].parent)
    few = bench.pictures[: max(4, len(bench.pictures) // 4)]
    wanted = {path.stem for path in bench.pictures}

    @torch.no_grad()
    def one_by_one() -> float:
        bench.compute("fp32")
        started = time.perf_counter()
        for path in few:
            vision(**processor(Image.open(path).convert("RGB"), return_tensors="pt"))
        return (time.perf_counter() - started) / len(few)

    def of_ours() -> float:
        bench.product("fp32", bench.sizes.vision_width)
        started = time.perf_counter()
        ours.embed_pictures(tower, source, wanted, bench.threads, 32)
        return (time.perf_counter() - started) / len(wanted)

    def decoding() -> float:
        started = time.perf_counter()
        count = sum(1 for _ in prepare_pictures(source, wanted, tower.pixels, 1, ahead=64))
        return (time.perf_counter() - started) / count

    seconds = interleave(
        {"one by one": one_by_one, "fp32": of_ours, "decoding": decoding}, bench.repeats
    )
    rows = [
        _against("image embedding, fp32", "one by one", seconds, "fp32", 1.5),
        Row(
            "image embedding, fp32", "decoding by one worker",
            ratio(seconds["fp32"], seconds["decoding"]), 1,
        ),
    ]  # fmt: skip
    return Found(rows, {f"images.{k}": v for k, v in _medians(seconds).items()})


def word_alignment(bench: Workbench) -> Found:
    """Word alignment against the awesome-align package's own command, with the same model."""
    from awesome_align import modeling
    from awesome_align.run_align import word_align

    sizes, folder = bench.sizes, bench.bert_folder
    english, translated = sentence_pairs(sizes, sizes.aligned)
    file, found = bench.folder / "parallel.txt", bench.folder / "aligned.txt"
    file.write_text("".join(f"{a} ||| {b}\n" for a, b in zip(english, translated, strict=True)))
    config = read_config(folder, sizes.align_layer)
    model = load_model(folder, config)
    tokenizer = load_package_tokenizer(folder, config["max_position_embeddings"])
    # As the package's own main() does.
    modeling.PAD_ID = tokenizer.pad_token_id
    modeling.CLS_ID, modeling.SEP_ID = tokenizer.cls_token_id, tokenizer.sep_token_id
    aligner = WordAligner(folder, alignment_settings(sizes), bench.compute("fp32"))
    # The package's own defaults, with no processes that load its data: they would only cost here.
    arguments = Namespace(
        data_file=str(file), output_file=str(found), num_workers=0, batch_size=32, device="cpu",
        output_prob_file=None, output_word_file=None, align_layer=sizes.align_layer,
        extraction="softmax", softmax_threshold=1.0e-3,
    )  # fmt: skip

    def of_package() -> float:
        bench.compute("fp32")
        started = time.perf_counter()
        word_align(arguments, model, tokenizer)
        return (time.perf_counter() - started) / sizes.aligned

    def of_ours() -> float:
        bench.product("fp32", sizes.bert_width)
        started = time.perf_counter()
        links = aligner.align(english, translated, "de")
        assert len(links) == sizes.aligned
        return (time.perf_counter() - started) / sizes.aligned

    seconds = interleave({"awesome-align": of_package, "fp32": of_ours}, bench.repeats)
    row = _against("word alignment, fp32", "awesome-align", seconds, "fp32", 3)
    return Found([row], {f"alignment.{k}": v for k, v in _medians(seconds).items()})


def machine_peaks(bench: Workbench) -> dict[str, float]:
    """Peak floating-point operations per second of a GEMM: fp32 and, where it has it, bf16.

    `fp32, usual` is that of PyTorch's usual library, `fp32` that of the faster one.
    """
    size = bench.sizes.gemm
    bench.compute("fp32")
    peaks = {"fp32, usual": gemm_peak(size, torch.float32)}
    bench.product("fp32", bench.sizes.bert_width)
    peaks["fp32"] = max(peaks["fp32, usual"], gemm_peak(size, torch.float32))
    if bench.has_bf16:
        peaks["bf16"] = gemm_peak(size, torch.bfloat16)
    return peaks


def _precisions(bench: Workbench) -> list[Precision]:
    return ["fp32", "bf16"] if bench.has_bf16 else ["fp32"]


def _against(
    stage: str, contender: str, seconds: Mapping[str, list[float]], ours_is: str, target: float
) -> Row:
    if ours_is not in seconds or contender not in seconds:
        return Row(stage, contender, None, target, note=NO_BF16)
    return Row(stage, contender, ratio(seconds[contender], seconds[ours_is]), target)


def _medians(seconds: Mapping[str, list[float]]) -> dict[str, float]:
    return {name: Spread.of(values).median for name, values in seconds.items()}


STAGES: dict[str, Callable[[Workbench], Any]] = {
    "clip_ve": clip_ve_step,
    "student": student_step,
    "prediction": prediction,
    "images": image_embedding,
    "alignment": word_alignment,
    "gpu": on_gpu,
}
