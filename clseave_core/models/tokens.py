"""Token ids of sentences, made once and kept as one flat array.

A training reads every sentence many times; the tokenizer runs once. Sentences are padded only
when a batch is put together, on the device that computes with it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from clseave_core.files import read_json

logger = logging.getLogger(__name__)

Indices = npt.NDArray[np.int64]
SENTENCES_PER_CALL = 10_000


@dataclass(frozen=True)
class DeviceTokens:
    """`Tokens` as tensors on a device."""

    flat: torch.Tensor
    starts: torch.Tensor
    pad_id: int

    def pad(self, rows: torch.Tensor, width: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Put sentences `rows` [b] together: (ids [b, width], padded right; lengths [b]), int64.

        None of them may have more than `width` tokens.
        """
        starts = self.starts[rows]
        lengths = self.starts[rows + 1] - starts
        columns = torch.arange(width, device=rows.device)
        inside = columns < lengths[:, None]
        places = torch.where(inside, starts[:, None] + columns, 0)
        return torch.where(inside, self.flat[places].long(), self.pad_id), lengths


@dataclass(frozen=True)
class Tokens:
    """Token ids of n sentences: sentence i is `flat[starts[i]:starts[i + 1]]`."""

    flat: npt.NDArray[np.int32]
    starts: Indices
    pad_id: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> Indices:
        """Tokens of each sentence, special tokens included: [n]."""
        return np.diff(self.starts)

    def select(self, rows: Indices) -> "Tokens":
        """The sentences `rows`, in this order."""
        parts = [self.flat[self.starts[row] : self.starts[row + 1]] for row in rows]
        starts = np.concatenate([[0], np.cumsum(self.lengths[rows])]).astype(np.int64)
        return Tokens(np.concatenate(parts), starts, self.pad_id)

    def pad(self, rows: Indices) -> tuple[torch.Tensor, torch.Tensor]:
        """Put sentences `rows` together on the CPU, padded to the longest; see `DeviceTokens`."""
        longest = int((self.starts[rows + 1] - self.starts[rows]).max())
        return self.on(torch.device("cpu")).pad(torch.from_numpy(rows), longest)

    def on(self, device: torch.device) -> DeviceTokens:
        """The same on `device`; the CPU's shares the memory."""
        flat, starts = (torch.from_numpy(array).to(device) for array in (self.flat, self.starts))
        return DeviceTokens(flat, starts, self.pad_id)


def load_tokenizer(folder: str | Path) -> Any:
    """Load the tokenizer of a local model folder; the network is never asked.

    Raises ValueError where there is none that can be read, or one of another model.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False
        )
    except Exception as error:  # the Rust library raises a plain Exception
        raise ValueError(
            f"{folder} has no tokenizer that can be read: {error}. Put the tokenizer's own files "
            "there."
        ) from error
    highest = max(tokenizer.get_vocab().values(), default=0)
    size = _vocabulary_size(Path(folder))
    if size is not None and highest >= size:
        raise ValueError(
            f"{folder}: its tokenizer has the id {highest}, its model ids up to {size - 1} "
            "(vocab_size in config.json). Put the model's own tokenizer there."
        )
    return tokenizer


def _vocabulary_size(folder: Path) -> int | None:
    """What config.json says, for a text model or the text tower of one that also sees."""
    if not (folder / "config.json").exists():
        return None
    config = read_json(folder / "config.json")
    size = (config.get("text_config") or config).get("vocab_size")
    return size if isinstance(size, int) else None


def end_token_id(tokenizer: Any) -> int:
    """The id of the token that closes a sentence: [SEP] for BERT, end-of-text for CLIP.

    Raises ValueError when the tokenizer has neither.
    """
    for token_id in (tokenizer.sep_token_id, tokenizer.eos_token_id):
        if token_id is not None:
            return int(token_id)
    raise ValueError(
        f"the tokenizer of {tokenizer.name_or_path} has neither a [SEP] nor an end-of-text token, "
        "so no state stands for the whole sentence. Use a model that has one."
    )


def tokenize(tokenizer: Any, sentences: Sequence[str], max_length: int) -> Tokens:
    """Tokenize `sentences`, cut to `max_length` tokens as the tokenizer does it.

    Cut sentences are counted and the first is shown in a warning, which stands in the job's log and
    in its report beside it (`clseave_core.run`).

    The last token of every sentence must be the tokenizer's end token, since that is where
    sentences are pooled (published evaluation code pooled at argmax(input_ids) instead, which for
    mBERT is whatever word piece has the highest number). Raises ValueError otherwise.
    """
    end_id = end_token_id(tokenizer)
    max_length = min(max_length, tokenizer.model_max_length)
    parts: list[npt.NDArray[np.int32]] = []
    for start in range(0, len(sentences), SENTENCES_PER_CALL):
        batch = list(sentences[start : start + SENTENCES_PER_CALL])
        encoded = tokenizer(
            batch,
            add_special_tokens=True,
            truncation=True,
            max_length=max_length,
            return_attention_mask=False,  # these two are a quarter of its time
            return_token_type_ids=False,
        )
        parts += [np.asarray(ids, dtype=np.int32) for ids in encoded["input_ids"]]
    for sentence, ids in zip(sentences, parts, strict=True):
        if len(ids) == 0 or ids[-1] != end_id:
            raise ValueError(
                f"the tokenizer of {tokenizer.name_or_path} does not close {sentence!r} with its "
                f"end token ({end_id}): got {ids.tolist()}. Check its post-processor."
            )
    lengths = np.array([len(ids) for ids in parts], dtype=np.int64)
    _count_cut(tokenizer, sentences, np.flatnonzero(lengths == max_length), max_length)
    return Tokens(
        flat=np.concatenate(parts) if parts else np.zeros(0, np.int32),
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        pad_id=int(tokenizer.pad_token_id if tokenizer.pad_token_id is not None else end_id),
    )


def _count_cut(tokenizer: Any, sentences: Sequence[str], full: Indices, limit: int) -> None:
    """Warn of the sentences among `full` (those that fill the limit) that have more tokens."""
    cut = []
    for start in range(0, len(full), SENTENCES_PER_CALL):
        rows = full[start : start + SENTENCES_PER_CALL].tolist()
        whole = tokenizer([sentences[row] for row in rows], truncation=False, verbose=False)
        cut += [
            (row, len(ids))
            for row, ids in zip(rows, whole["input_ids"], strict=True)
            if len(ids) > limit
        ]
    if cut:
        row, length = cut[0]
        logger.warning(
            "%d of %d sentences have more than the %d tokens that %s takes and were cut; the first "
            "is row %d with %d: %.60r",
            len(cut), len(sentences), limit, tokenizer.name_or_path, row, length, sentences[row],
        )  # fmt: skip
