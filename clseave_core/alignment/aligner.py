"""Word alignment with awesome-align (Dou and Neubig 2021): its own model and its own extraction.

Words are tokenized one by one, as the package does; pairs of similar length make a batch.
"""

import logging
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from clseave_core.alignment.package import load_model, load_package_tokenizer, read_config
from clseave_core.alignment.schemas import Link
from clseave_core.alignment.settings import AlignmentSettings
from clseave_core.progress import Progress
from clseave_core.training.device import Compute
from clseave_core.words import WordSpan, cut_words

logger = logging.getLogger(__name__)


class WordAligner:
    """Aligns the words of sentence pairs with the encoder of a local BERT folder."""

    def __init__(self, folder: str | Path, settings: AlignmentSettings, compute: Compute) -> None:
        folder = Path(folder)
        config = read_config(folder, settings.layer)
        self.settings, self.compute = settings, compute
        self._model = load_model(folder, config).to(compute.device)
        compute.multiply_for(config["hidden_size"])
        self._tokenizer = load_package_tokenizer(folder, config["max_position_embeddings"])
        self._pieces = lru_cache(maxsize=200_000)(self._pieces_of_word)
        self._limit = self._tokenizer.max_len - 2
        self._cut = 0

    def align(
        self, english: Sequence[str], translated: Sequence[str], language: str
    ) -> list[list[Link]]:
        """The links of each sentence pair, sorted; none where a side has no word.

        Pieces beyond the length that the model reads are cut off. Pairs without a word and words
        that lose pieces are counted in the log.
        """
        self._cut = 0
        sides = [
            [self._tokenize(text, code) for text in texts]
            for texts, code in ((english, "en"), (translated, language))
        ]
        lengths = [len(ours[1]) + len(theirs[1]) for ours, theirs in zip(*sides, strict=True)]
        order = np.argsort(lengths, kind="stable")
        usable = [row for row in order.tolist() if sides[0][row][1] and sides[1][row][1]]
        if self._cut:
            logger.warning(
                "%d words reach beyond the limit of %d word pieces", self._cut, self._limit
            )
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
        ids = list(chain.from_iterable(pieces))
        owners = [number for number, of_word in enumerate(pieces) for _ in of_word]
        self._cut += len(set(owners[self._limit :]))
        return spans, ids[: self._limit], owners[: self._limit]

    def _pieces_of_word(self, word: str) -> tuple[int, ...]:
        tokens = self._tokenizer.tokenize(word)
        return tuple(self._tokenizer.convert_tokens_to_ids(tokens))

    def _align_batch(self, ours: list[Any], theirs: list[Any]) -> list[set[tuple[int, int]]]:
        """The package's extraction: pairs of word numbers for each sentence pair.

        Its own `get_aligned_word` asks the device for every link by itself; here all links of the
        batch come at once.
        """
        from awesome_align import modeling

        tokenizer = self._tokenizer
        modeling.PAD_ID = tokenizer.pad_token_id
        modeling.CLS_ID = tokenizer.cls_token_id
        modeling.SEP_ID = tokenizer.sep_token_id
        sides = [self._padded(side) for side in (ours, theirs)]
        with torch.inference_mode():
            states = [
                self._model.bert(
                    ids, align_layer=self.settings.layer, attention_mask=ids != modeling.PAD_ID
                )
                for ids in sides
            ]
            linked = self._model.guide_layer(
                *states, *sides, extraction=self.settings.extraction,
                softmax_threshold=self.settings.threshold,
            )  # fmt: skip
        found: list[set[tuple[int, int]]] = [set() for _ in ours]
        # Rows and columns of [CLS] and of the last place, which no piece has, are left out.
        for row, here, there in linked[:, 0, 1:-1, 1:-1].nonzero().tolist():
            found[row].add((ours[row][2][here], theirs[row][2][there]))
        return found

    def _padded(self, side: list[Any]) -> Tensor:
        ends = self._tokenizer.cls_token_id, self._tokenizer.sep_token_id
        rows = [torch.tensor([ends[0], *ids, ends[1]]) for _, ids, _ in side]
        padding = float(self._tokenizer.pad_token_id)
        padded: Tensor = pad_sequence(rows, batch_first=True, padding_value=padding)
        return self.compute.move(padded)
