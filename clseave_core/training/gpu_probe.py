"""Which GPUs PyTorch can compute on here; where there are none, why, and what to do about it."""

import os
import re
import shlex
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import torch

from clseave_core.training.gpu_wish import gpu_wish

VISIBLE = "CUDA_VISIBLE_DEVICES"
INDEX = "https://download.pytorch.org/whl"
DEVICES, DRIVER = Path("/dev"), Path("/proc/driver/nvidia/version")
FIRST_DRIVERS = {"12": 525, "13": 580}
"""The first version of NVIDIA's driver that knows a version of CUDA."""
_TOO_OLD = re.compile(r"driver on your system is too old \(found version (\d+)\)")


@dataclass(frozen=True)
class Gpus:
    """The numbers and names of the GPUs that PyTorch can use; without any, `reason` says why."""

    usable: tuple[int, ...]
    names: tuple[str, ...] = ()
    reason: str = ""


def probe_gpus() -> Gpus:
    """Ask PyTorch for its GPUs. Where there are some, CUDA has begun in this process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it warns of as it begins is the reason here
        try:
            if torch.cuda.is_available():
                return _with_kernels()
            torch.cuda.init()
        except (RuntimeError, AssertionError) as error:
            return Gpus((), reason=_reason(str(error).strip()))
    return Gpus((), reason="PyTorch does not say why. Look at nvidia-smi.")


def wanted_gpus() -> Gpus:
    """The GPUs to compute on, by what was asked for; without any, the CPU computes.

    Raises ValueError where one was asked for and there is none.
    """
    wish = gpu_wish()
    if wish.count == 0:
        return Gpus(())
    gpus = probe_gpus()
    if wish.count and not gpus.usable:
        raise ValueError(
            f"{wish.words}, but PyTorch has none here: {gpus.reason}\nTo compute on the CPU "
            "instead, ask for none: GPUS=0 or --resources gpu=0."
        )
    return gpus


def enough_gpus() -> Gpus:
    """As `wanted_gpus`; also raises ValueError where as many were asked for as there are not."""
    gpus, asked = wanted_gpus(), gpu_wish().count or 0
    if len(gpus.usable) < asked:
        raise ValueError(
            f"{gpu_wish().words}, but PyTorch has {len(gpus.usable)} here "
            f"({', '.join(gpus.names)}). Ask for GPUS={len(gpus.usable)}: each job takes one."
        )
    return gpus


def unused_gpu(gpus: Gpus) -> str | None:
    """What to say where a GPU of NVIDIA's is here that nobody asked for and PyTorch cannot use."""
    if gpus.usable or not gpus.reason or _all_are_hidden() or not _shows_gpu():
        return None
    return f"a GPU is here, but the CPU computes, since PyTorch cannot use it: {gpus.reason}"


def has_bf16(on_gpu: bool) -> bool:
    """Whether the current GPU, or the CPU, computes bf16 in hardware and does not emulate it."""
    if on_gpu:
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    able = torch.cpu.get_capabilities()
    return any(able.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16", "sve_bf16"))


def _all_are_hidden() -> bool:
    return os.environ.get(VISIBLE, "0").strip() in ("", "-1")


def _shows_gpu() -> bool:
    return any(DEVICES.glob("nvidia[0-9]*"))


def _with_kernels() -> Gpus:
    """Those of the visible GPUs that the installed PyTorch was compiled for."""
    numbers = range(torch.cuda.device_count())
    usable = tuple(number for number in numbers if _is_compiled_for(number))
    if usable:
        return Gpus(usable, tuple(torch.cuda.get_device_name(number) for number in usable))
    major, minor = torch.cuda.get_device_capability(0)
    # Builds for CUDA 13 begin with Turing (7.5); those for CUDA 12.6 know what is older.
    build = "cu126" if (major, minor) < (7, 5) else "cu130"
    return Gpus((), reason=(
        f"{torch.cuda.get_device_name(0)} has compute capability {major}.{minor}, and the "
        f"installed torch {torch.__version__} is made for {' '.join(torch.cuda.get_arch_list())}. "
        f"Install one that is made for it: {_command(build)}"
    ))  # fmt: skip


def _is_compiled_for(number: int) -> bool:
    """Machine code (sm) runs on GPUs of its major version, PTX (compute) on all later ones."""
    if torch.version.cuda is None:  # AMD's have other names
        return True
    here = torch.cuda.get_device_capability(number)
    for name in torch.cuda.get_arch_list():
        kind, _, digits = name.partition("_")
        compiled = divmod(int(re.sub(r"\D", "", digits)), 10)
        if compiled <= here and (kind == "compute" or compiled[0] == here[0]):
            return True
    return False


def _reason(said: str) -> str:
    """Why PyTorch, which `said` so, has no GPU."""
    hidden = f'{VISIBLE} is "{os.environ[VISIBLE]}", which hides all' if _all_are_hidden() else ""
    if not torch.backends.cuda.is_built():
        build = "cu130" if _driver() >= FIRST_DRIVERS["13"] else "cu126"
        of_cpu = f"the installed torch {torch.__version__} is a build for the CPU"
        missing = "" if _shows_gpu() else "this machine shows no NVIDIA GPU"
        found = ", and ".join(filter(None, [hidden, missing, of_cpu]))
        return f"{found}. Install one for CUDA: {_command(build)}"
    if hidden:
        return f"{hidden}. Take it away."
    too_old = _TOO_OLD.search(said)
    if too_old:
        return _old_driver(int(too_old[1]))
    if "found no nvidia driver" in said.lower():
        return "there is no NVIDIA driver. Install one, or take a machine with a GPU."
    shown = f' ({VISIBLE} is "{os.environ[VISIBLE]}")' if VISIBLE in os.environ else ""
    return f"it says: {said.partition(chr(10))[0]}{shown}. Look at nvidia-smi."


def _old_driver(version: int) -> str:
    """What to do where the driver knows CUDA up to `version`, 12040 for 12.4, only."""
    wanted = str(torch.version.cuda)
    named = f"the driver {_driver()}" if _driver() else "the driver"
    first = FIRST_DRIVERS.get(wanted.partition(".")[0])
    said = (
        f"{named} knows CUDA up to {version // 1000}.{version % 1000 // 10}, and the installed "
        f"torch {torch.__version__} wants CUDA {wanted}. Update the driver"
        f"{f' to {first} or later' if first else ''}"
    )
    if version // 1000 == 12 and not wanted.startswith("12."):
        return f"{said}, or install a torch for CUDA 12: {_command('cu126')}"
    return f"{said}."


def _driver() -> int:
    """The major version of NVIDIA's driver, 0 where none is loaded."""
    if not DRIVER.exists():
        return 0
    found = re.search(r"\b(\d{3,})\.\d", DRIVER.read_text(encoding="utf-8", errors="replace"))
    return int(found[1]) if found else 0


def _command(build: str) -> str:
    """With the build in the version, since pip takes any build of it for the same otherwise."""
    version = torch.__version__.partition("+")[0]
    python = shlex.quote(sys.executable)
    return f"{python} -m pip install torch=={version}+{build} --index-url {INDEX}/{build}"
