"""The models, sentences and pictures that the stages compute with."""

from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from benchmarks.speed.measuring import gemm_peak
from benchmarks.speed.models import (
    english_tokens,
    make_bert,
    make_clip,
    translated_tokens,
    trim_bert,
    use_own_dropout,
)
from benchmarks.speed.pictures import make_pictures
from benchmarks.speed.sizes import Sizes
from clseave_core.models.loading import load_pretrained
from clseave_core.models.student import Student
from clseave_core.models.tokens import Tokens
from clseave_core.training.device import Compute, Precision


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

    @property
    def precisions(self) -> list[Precision]:
        """Those in which this processor is measured."""
        return ["fp32", "bf16"] if self.has_bf16 else ["fp32"]

    def peaks(self) -> dict[str, float]:
        """Peak floating-point operations per second of a GEMM, by precision.

        `fp32, usual` is that of PyTorch's usual library, `fp32` that of the faster one.
        """
        size = self.sizes.gemm
        self.compute("fp32")
        peaks = {"fp32, usual": gemm_peak(size, torch.float32)}
        self.product("fp32", self.sizes.bert_width)
        peaks["fp32"] = max(peaks["fp32, usual"], gemm_peak(size, torch.float32))
        if self.has_bf16:
            peaks["bf16"] = gemm_peak(size, torch.bfloat16)
        return peaks

    def vision(self) -> torch.nn.Module:
        """The image tower, as the published scripts use it."""
        from transformers.models.clip.modeling_clip import CLIPVisionModelWithProjection

        kind = CLIPVisionModelWithProjection
        model: torch.nn.Module = load_pretrained(kind, self.clip_folder, "the image tower")
        return model.eval()

    def student(self) -> Student:
        """A student to train, with PyTorch's own dropout; ours is `trimmed_student`."""
        student = Student.start(self.bert_folder, self.sizes.projection, "end", True, 0)
        use_own_dropout(student)
        return student

    def trimmed_student(self) -> Student:
        """One with a trimmed vocabulary, as the thesis study has it; tokens are the same."""
        folder = self.folder / "trimmed"
        if not folder.exists():
            trim_bert(self.bert_folder, folder, self.sizes.kept)
        return Student.start(folder, self.sizes.projection, "end", True, 0)

    def targets(self) -> Tensor:
        """Teacher embeddings of all sentences; those of few are drawn and repeated."""
        few = torch.randn(1024, self.sizes.projection, generator=torch.Generator().manual_seed(2))
        return few.repeat(-(-self.sizes.train_pairs // len(few)), 1)[: self.sizes.train_pairs]
