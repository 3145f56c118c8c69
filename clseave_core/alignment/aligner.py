"""Word alignment with awesome-align (Dou and Neubig 2021): its own model and its own extraction.

The package reads `pytorch_model.bin` and `vocab.txt` only. Here its model is built from the
folder's configuration and given the folder's safetensors, and its tokenizer reads a vocabulary
written for it, so that nothing is unpickled. Words are tokenized one by one, as the package does.
"""

import logging
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from clseave_core.alignment.settings import AlignmentSettings
from clseave_core.alignment.words import WordSpan, cut_words
from clseave_core.files import read_json
from clseave_core.models.tokens import load_tokenizer
from clseave_core.progress import Progress
from clseave_core.training.device import Compute

logger = logging.getLogger(__name__)

Link = tuple[int, int, int, int]
"""Start and end of an English word, start and end of the word it is aligned with."""
ENCODERS = ("bert.", "")
_OF_CONFIG = (
    "vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
    "hidden_act", "hidden_dropout_prob", "attention_probs_dropout_prob",
    "max_position_embeddings", "type_vocab_size", "layer_norm_eps",
)  # fmt: skip


class WordAligner:
    """Aligns the words of sentence pairs with the encoder of a local BERT folder."""

    def __init__(self, folder: str | Path, settings: AlignmentSettings, compute: Compute) -> None:
        folder = Path(folder)
        config = read_json(folder / "config.json")
        depth = config["num_hidden_layers"]
        if not 1 <= settings.layer <= depth:
            raise ValueError(
                f"alignment.layer is {settings.layer}, but {folder} has the layers 1 to {depth}. "
                "Give one of them in the study."
            )
        self.settings, self.compute = settings, compute
        self._model = _load_model(folder, config).to(compute.device).eval()
        self._tokenizer = _load_package_tokenizer(folder)
        self._pieces = lru_cache(maxsize=200_000)(self._pieces_of_word)
        self._limit = min(self._tokenizer.max_len, config["max_position_embeddings"]) - 2

    def align(
        self, english: Sequence[str], translated: Sequence[str], language: str
    ) -> list[list[Link]]:
        """The links of each sentence pair, sorted; none where a side has no word."""
        sides = [
            [self._tokenize(text, code) for text in texts]
            for texts, code in ((english, "en"), (translated, language))
        ]
        lengths = [len(ours[1]) + len(theirs[1]) for ours, theirs in zip(*sides, strict=True)]
        order = np.argsort(lengths, kind="stable")
        usable = [row for row in order.tolist() if sides[0][row][1] and sides[1][row][1]]
        cut = sum(len(ids) == self._limit for side in sides for _, ids, _ in side)
        if cut:
            logger.warning("%d sentences reach the limit of %d word pieces", cut, self._limit)
        if len(usable) < len(english):
            logger.warning("%d pairs have no word on one side", len(english) - len(usable))
        links: list[list[Link]] = [[] for _ in english]
        with Progress(f"align {language}", len(usable), "pairs") as bar:
            for start in range(0, len(usable), self.settings.batch_size):
                rows = usable[start : start + self.settings.batch_size]
                batch = [[side[row] for row in rows] for side in sides]
                for row, pairs in zip(rows, self._align_batch(*batch), strict=True):
                    ours, theirs = sides[0][row][0], sides[1][row][0]
                    links[row] = sorted((*ours[here], *theirs[there]) for here, there in pairs)
                bar.advance(len(rows))
        return links

    def _tokenize(self, text: str, language: str) -> tuple[list[WordSpan], list[int], list[int]]:
        """The spans of the words, the ids of all pieces, and the word that each piece is of."""
        spans = cut_words(text, language, self.settings.cut(language))
        pieces = [self._pieces(text[start:end]) for start, end in spans]
        ids = list(chain.from_iterable(pieces))[: self._limit]
        owners = [number for number, of_word in enumerate(pieces) for _ in of_word][: self._limit]
        return spans, ids, owners

    def _pieces_of_word(self, word: str) -> tuple[int, ...]:
        tokens = self._tokenizer.tokenize(word)
        return tuple(self._tokenizer.convert_tokens_to_ids(tokens))

    def _align_batch(self, ours: list[Any], theirs: list[Any]) -> list[set[tuple[int, int]]]:
        """The package's extraction: pairs of word numbers for each sentence pair."""
        from awesome_align import modeling

        tokenizer = self._tokenizer
        modeling.PAD_ID = tokenizer.pad_token_id
        modeling.CLS_ID = tokenizer.cls_token_id
        modeling.SEP_ID = tokenizer.sep_token_id
        with torch.inference_mode():
            found: list[set[tuple[int, int]]] = self._model.get_aligned_word(
                self._padded(ours), self._padded(theirs),
                [owners for *_, owners in ours], [owners for *_, owners in theirs],
                self.compute.device, 0, 0, align_layer=self.settings.layer,
                extraction=self.settings.extraction, softmax_threshold=self.settings.threshold,
                test=True,
            )  # fmt: skip
        return found

    def _padded(self, side: list[Any]) -> Tensor:
        ends = self._tokenizer.cls_token_id, self._tokenizer.sep_token_id
        rows = [torch.tensor([ends[0], *ids, ends[1]]) for _, ids, _ in side]
        padding = float(self._tokenizer.pad_token_id)
        padded: Tensor = pad_sequence(rows, batch_first=True, padding_value=padding)
        return padded


def _load_model(folder: Path, config: dict[str, Any]) -> Any:
    """The package's model with the encoder's weights of the folder; the heads are of no use."""
    from awesome_align.configuration_bert import BertConfig
    from awesome_align.modeling import BertForMaskedLM

    known = {key: config[key] for key in _OF_CONFIG if key in config}
    settings = BertConfig(known.pop("vocab_size"), **known)
    model = BertForMaskedLM(settings)
    weights: dict[str, Tensor] = {}
    for file in sorted(folder.glob("*.safetensors")):
        weights |= load_file(str(file))
    wanted = model.bert.state_dict()
    prefix = next((p for p in ENCODERS if f"{p}embeddings.word_embeddings.weight" in weights), "")
    missing = [name for name in wanted if prefix + name not in weights]
    if missing:
        raise ValueError(
            f"{folder}: the weights lack {len(missing)} tensors of a BERT encoder, first "
            f"{missing[0]}. awesome-align needs a whole BERT with its weights as safetensors."
        )
    model.bert.load_state_dict({name: weights[prefix + name] for name in wanted})
    return model


def _load_package_tokenizer(folder: Path) -> Any:
    """The package's tokenizer over the folder's vocabulary, cased as the folder's is."""
    from awesome_align.tokenization_bert import BertTokenizer

    own = load_tokenizer(folder)
    pieces = sorted(own.get_vocab().items(), key=lambda item: item[1])
    lower = bool(getattr(own, "do_lower_case", False))
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "vocab.txt"
        file.write_text("".join(f"{piece}\n" for piece, _ in pieces), encoding="utf-8")
        tokenizer = BertTokenizer(str(file), do_lower_case=lower)
    tokenizer.max_len = min(own.model_max_length, 10**6)
    return tokenizer
