"""Load a pretrained model from a local folder: safe weights only, and all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch


def load_pretrained(model_class: Any, folder: str | Path, what: str, **options: Any) -> Any:
    """`model_class.from_pretrained(folder)` in fp32, from safetensors, without the network.

    Raises ValueError where the folder lacks weights of `what`: transformers would go on with
    random numbers in their place. Weights that `what` has no use for are passed over in silence.
    """
    with _quiet():
        model, report = model_class.from_pretrained(
            str(folder),
            dtype=torch.float32,
            local_files_only=True,
            use_safetensors=True,
            output_loading_info=True,
            **options,
        )
    missing = sorted(report["missing_keys"])
    if missing:
        raise ValueError(
            f"{folder}: the weights lack {len(missing)} tensors of {what}, first {missing[0]}. "
            "Check that it is a whole model of this kind."
        )
    return model


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
