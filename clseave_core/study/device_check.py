"""What the jobs of a study would compute on in this place."""

from collections.abc import Iterator, Mapping
from typing import Any


def look_at_device(study: Mapping[str, Any]) -> str:
    """The device and the precision that `precision: auto` gives, in words.

    Raises ValueError where more GPUs were asked for than PyTorch can use, or where the study wants
    bf16 on a GPU that has it not in hardware.
    """
    from clseave_core.training.gpu_probe import enough_gpus, has_bf16, unused_gpu

    gpus, wanted = enough_gpus(), ", ".join(_wanting_bf16(study))
    if not gpus.usable:
        said = unused_gpu(gpus) or "jobs compute on the CPU, in fp32 where `precision` is auto"
        emulated = f"; it emulates the bf16 of {wanted}, slower than fp32"
        return said + (emulated if wanted and not has_bf16(on_gpu=False) else "")
    named = ", ".join(gpus.names)
    if has_bf16(on_gpu=True):
        return f"jobs with a GPU compute on {named}, in bf16 where `precision` is auto"
    if wanted:
        raise ValueError(
            f"{wanted}: precision is bf16, which {named} has not in hardware. Write "
            "precision: auto, with which it computes in fp32."
        )
    return f"jobs with a GPU compute on {named}, in fp32, as it has no bf16 in hardware"


def _wanting_bf16(study: Mapping[str, Any]) -> Iterator[str]:
    """The sections of a study that name bf16."""
    if study.get("images", {}).get("precision") == "bf16":
        yield "images"
    for kind in ("teachers", "methods", "autoencoders"):
        for name, entry in study.get(kind, {}).items():
            if entry.get("training", {}).get("precision") == "bf16":
                yield f"{kind}.{name}"
