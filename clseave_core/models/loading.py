"""Load a pretrained model from a local folder: safe weights only, and all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from clseave_core.borders.files import check_folder_readable
from clseave_core.files import read_json


def load_config(folder: str | Path) -> Any:
    """The configuration of a model folder.

    Raises FileError where a file of it cannot be read, ValueError where there is none of a kind
    that transformers knows; a model that brings code of its own is such a kind, whatever its
    configuration says.
    """
    from transformers.models.auto.configuration_auto import AutoConfig

    check_folder_readable(folder)
    try:
        return AutoConfig.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        reason = str(error).strip().split("\n")[0]
        if "custom code" in reason:  # the rest of that message says how to run it
            reason = "the model brings code of its own, which is not run."
        raise ValueError(
            f"{folder}/config.json: {reason} Give the folder of a model that transformers knows."
        ) from error


SDPA = {"attn_implementation": "sdpa"}
"""Attention by PyTorch's own function, whatever a folder says: `last_layer` gives layers the masks
that this one takes, which transformers' other ones misread in silence."""


def load_pretrained(model_class: Any, folder: str | Path, what: str, **options: Any) -> Any:
    """`model_class.from_pretrained(folder)` in fp32, from safetensors, without the network.

    Raises ValueError where the folder is no such model, its weights lie elsewhere, have other
    shapes than its configuration says or hold what is no number, and where it lacks weights of
    `what`: transformers would go on with random numbers in their place. Weights that `what` has no
    use for are passed over in silence.
    """
    check_folder_readable(folder)
    _refuse_weights_elsewhere(Path(folder))
    try:
        with _quiet():
            model, report = model_class.from_pretrained(
                str(folder),
                dtype=torch.float32,
                local_files_only=True,
                use_safetensors=True,
                output_loading_info=True,
                ignore_mismatched_sizes=True,  # told below, with their names
                trust_remote_code=False,
                **options,
            )
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        raise ValueError(
            f"{folder} cannot be loaded as {what}: {error}. Check that it is a whole model of this "
            "kind."
        ) from error
    for name, found, wanted in sorted(report["mismatched_keys"]):
        raise ValueError(
            f"{folder}: the tensor {name} has the shape {tuple(found)}, config.json asks for "
            f"{tuple(wanted)}. Weights and configuration must be of the same model."
        )
    missing = sorted(report["missing_keys"])
    if missing:
        raise ValueError(
            f"{folder}: the weights lack {len(missing)} tensors of {what}, first {missing[0]}. "
            "Check that it is a whole model of this kind."
        )
    for name, tensor in model.named_parameters():
        # The sum of squares is not finite where an element is not, in one pass without a copy.
        if not torch.isfinite(torch.linalg.vector_norm(tensor.detach(), dtype=torch.float64)):
            raise ValueError(
                f"{folder}: the tensor {name} of {what} holds a value that is not finite. The "
                "weights are damaged or come from a training that failed; get them again."
            )
    return model


def _refuse_weights_elsewhere(folder: Path) -> None:
    """See that an index names files of this folder alone: transformers follows any path.

    Source: CVE-2026-75104, which transformers 5.23.0 has. `transformers_weights` of a config.json
    would name another index.
    """
    config = folder / "config.json"
    if config.exists() and _has_key(read_json(config), "transformers_weights"):
        raise ValueError(
            f"{config} says in transformers_weights which weights to read. Delete that key, and "
            "name the weights model.safetensors."
        )
    index = folder / "model.safetensors.index.json"
    if not index.exists():
        return
    content = read_json(index)
    shards = content.get("weight_map") if isinstance(content, dict) else None
    if not isinstance(shards, dict):
        raise ValueError(f"{index} has no weight_map. Copy it again.")
    for tensor, name in shards.items():
        file = folder / str(name)
        if file.name != name or not file.is_file():
            raise ValueError(
                f"{index} says that the tensor {tensor} is in {name!r}, which is no file of this "
                "folder. Copy the whole model again."
            )


def _has_key(content: Any, key: str) -> bool:
    """Whether a JSON object has a key, at any depth."""
    if not isinstance(content, dict):
        return False
    return key in content or any(_has_key(value, key) for value in content.values())


@contextmanager
def _quiet() -> Iterator[None]:
    from transformers.utils import logging

    level, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bar:
            logging.enable_progress_bar()
