"""A model on the disk: a folder in the Hugging Face layout with weights in safetensors.

Which files belong to it, whether they are all there, and the one conversion of old weights. A
`.bin` file is a pickle, which can run any code when it is read; it is read here with
`weights_only=True`, which knows tensors and plain containers only, and never again.
"""

import pickle
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clseave_core.borders.files import check_folder_readable
from clseave_core.corpus.model_forms import CONFIG, other_form, other_weights
from clseave_core.files import read_json, whole_file

if TYPE_CHECKING:
    import torch

WEIGHTS = "model.safetensors"
SETTINGS: tuple[str, ...] = (
    "config.json",
    "preprocessor_config.json", "processor_config.json",
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "vocab.json", "merges.txt", "vocab.txt",
    "spiece.model", "sentencepiece.bpe.model", "tokenizer.model",
)  # fmt: skip
"""Configuration, processor and tokenizer files; which of them a model has differs."""

_TOKENIZERS: tuple[tuple[str, ...], ...] = (
    ("tokenizer.json",), ("vocab.json", "merges.txt"), ("vocab.txt",),
    ("spiece.model",), ("sentencepiece.bpe.model",), ("tokenizer.model",),
)  # fmt: skip
_WEIGHT_FILES: tuple[tuple[str, str], ...] = (
    (r"model\.safetensors", ""),
    (r"model-\d+-of-\d+\.safetensors", "model.safetensors.index.json"),
    (r"pytorch_model\.bin", ""),
    (r"pytorch_model-\d+-of-\d+\.bin", "pytorch_model.bin.index.json"),
)
"""Patterns of weight files in order of preference, each with the index that its shards need."""


def weight_files(names: Iterable[str]) -> list[str]:
    """Choose from the names in a model's folder those that hold its weights, index included.

    Safetensors before `.bin`, one file before shards; none of the other formats. Returns an empty
    list when there is nothing to choose.
    """
    there = sorted(names)
    for pattern, index in _WEIGHT_FILES:
        shards = [name for name in there if re.fullmatch(pattern, name)]
        if shards and (not index or index in there):
            return [*shards, index] if index else shards
    return []


def check_model_folder(folder: str | Path) -> None:
    """See that a folder holds configuration, weights and tokenizer; nothing is changed in it.

    Only the headers of the weights are read. Raises ValueError that says what is wrong, FileError
    where a file cannot be read.
    """
    folder = Path(folder)
    if folder.is_dir():
        check_folder_readable(folder)
    if not (folder / CONFIG).is_file():
        raise ValueError(other_form(folder))
    names = {path.name for path in folder.iterdir()}
    weights = weight_files(names)
    if not weights:
        raise ValueError(f"{folder} has no weights: {WEIGHTS} is missing.{other_weights(folder)}")
    if weights[0].endswith(".bin"):
        raise ValueError(
            f"{folder} has its weights as {weights[0]} only, a format that can carry code. Convert "
            "them once (they are read as tensors, nothing in them is run): python -c "
            f'"from clseave_core.corpus.model_folder import convert; convert({str(folder)!r})"'
        )
    _check_weights(folder, weights)
    if not any(names.issuperset(needed) for needed in _TOKENIZERS):
        choices = ", ".join(" with ".join(needed) for needed in _TOKENIZERS)
        raise ValueError(f"{folder} has no tokenizer: one of {choices} is needed.")
    config = read_json(folder / "config.json")
    if not isinstance(config, dict):
        raise ValueError(f"{folder / 'config.json'} is not a JSON object. Copy it again.")
    sees = "vision_config" in config
    if sees and names.isdisjoint(("preprocessor_config.json", "processor_config.json")):
        raise ValueError(
            f"{folder} holds a model for pictures, but no preprocessor_config.json, which says how "
            "they are scaled. Save the model's image processor into it."
        )


def _check_weights(folder: Path, weights: list[str]) -> None:
    """Read the headers; the files must be whole and, of shards, all there."""
    from safetensors import SafetensorError, safe_open

    if weights[-1].endswith(".index.json"):
        index = read_json(folder / weights[-1])
        if not isinstance(index, dict) or not isinstance(index.get("weight_map"), dict):
            raise ValueError(f"{folder / weights[-1]} has no weight_map. Copy it again.")
        listed = set(map(str, index["weight_map"].values()))
        missing = sorted(listed.difference(weights))
        if missing:
            raise ValueError(f"{folder / weights[-1]} lists {missing[0]}, which is not there.")
    for name in weights:
        if name.endswith(".safetensors"):
            try:
                with safe_open(folder / name, framework="np"):
                    pass
            except SafetensorError as error:
                raise ValueError(
                    f"{folder / name} is not a whole safetensors file ({error}). Copy it again; "
                    "from a git repository it comes only with `git lfs pull`."
                ) from error


def convert(folder: str | Path) -> Path:
    """Write the `.bin` weights in `folder` beside them as model.safetensors; return its path."""
    folder = Path(folder)
    weights = weight_files(path.name for path in folder.iterdir() if path.suffix != ".safetensors")
    files = [folder / name for name in weights if name.endswith(".bin")]
    if not files:
        raise ValueError(f"{folder} has no pytorch_model.bin to convert.")
    return convert_weights(files, folder / WEIGHTS)


def convert_weights(sources: Iterable[str | Path], target: str | Path) -> Path:
    """Write the tensors of one or several `.bin` files as one safetensors file.

    Tensors that share memory (tied weights) are each written in full. Raises ValueError when a
    file holds anything but tensors or is not whole.
    """
    from safetensors.torch import save_file

    tensors: dict[str, torch.Tensor] = {}
    for source in sources:
        state = read_pickled_weights(Path(source))
        for name in list(state):
            tensors[name] = _own_tensor(state.pop(name), name, source)
    with whole_file(target) as temporary:
        save_file(tensors, temporary, metadata={"format": "pt"})
    return Path(target)


def read_weights(folder: str | Path) -> dict[str, "torch.Tensor"]:
    """All tensors of a model's folder by name, on the CPU; ValueError where it has no weights."""
    from safetensors.torch import load_file

    folder = Path(folder)
    files = weight_files(path.name for path in folder.iterdir())
    if not files:
        raise ValueError(f"{folder} has no weights: {WEIGHTS} is missing.")
    tensors: dict[str, torch.Tensor] = {}
    for name in files:
        if name.endswith(".safetensors"):
            tensors |= load_file(folder / name)
        elif name.endswith(".bin"):
            tensors |= read_pickled_weights(folder / name)
    return tensors


def read_pickled_weights(path: Path) -> dict[str, Any]:
    """What a pickle of weights holds by name, read as tensors and plain containers only.

    Raises ValueError where it holds anything else or is not whole.
    """
    import torch

    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        # The message advises to switch the protection off; only its reason is passed on.
        reason = [part for part in str(error).split("\n\n") if part.strip()][1:2]
        raise ValueError(
            f"{path} holds something else than tensors and is not read, since that could run code: "
            f"{' '.join(reason).strip()} Use a model whose weights are in safetensors."
        ) from error
    except (RuntimeError, EOFError) as error:
        raise ValueError(
            f"{path} is not a whole file of weights: {error}. Fetch it again."
        ) from error
    if not isinstance(state, dict):
        raise ValueError(f"{path} holds a {type(state).__name__}, not tensors by name.")
    return state


def _own_tensor(value: Any, name: str, source: str | Path) -> "torch.Tensor":
    """Return a contiguous copy in memory of its own."""
    import torch

    if not isinstance(value, torch.Tensor):
        raise ValueError(
            f"{source} has a {type(value).__name__} under {name!r}, not a tensor: it is a training "
            "checkpoint, not the weights of a model."
        )
    return value.detach().clone(memory_format=torch.contiguous_format)
