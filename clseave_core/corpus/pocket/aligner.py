"""A small BERT that aligns words: the generated one, trained further on gold alignments.

The thesis uses an mBERT that awesome-align's authors trained further on parallel text. Here the
sentences that are held out from nobody, with their gold alignments, take that place, under
awesome-align's self-training objective (Dou and Neubig 2021, section 2.2): the share of a token's
alignment probability that falls on its gold partners, both ways.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from transformers.models.bert.modeling_bert import BertModel
from transformers.models.bert.tokenization_bert import BertTokenizer

from clseave_core.corpus.pocket.pretraining import SmallTraining, reproducible, train_steps
from clseave_core.corpus.pocket.writing import TRANSLATIONS
from clseave_core.corpus.schemas import SENTENCES
from clseave_core.files import read_table, whole_folder

logger = logging.getLogger(__name__)
FAR = -1.0e4
CutWords = Callable[[str, str], Sequence[tuple[int, int]]]
"""From a text and its language to the spans of its words."""


@dataclass(frozen=True)
class AlignerSettings(SmallTraining):
    """The further training; `layer` is the one whose states are aligned (1-based)."""

    layer: int


@dataclass(frozen=True)
class _Example:
    source: list[int]
    target: list[int]
    gold: torch.Tensor
    """1 where two tokens belong together, 0 else: [source, target]."""


def train_aligner(
    world: Path, bert: Path, target: Path, settings: AlignerSettings, languages: Sequence[str],
    cut_words: CutWords, seed: int, threads: int,
) -> None:  # fmt: skip
    """Train the BERT of the folder `bert` to align and write it to `target`.

    Each word that `cut_words` finds is tokenized on its own, as awesome-align will do.
    """
    tokenizer = BertTokenizer.from_pretrained(str(bert), local_files_only=True)
    by_language = [_examples(world, language, tokenizer, cut_words) for language in languages]
    rng = np.random.default_rng(seed)
    with reproducible(seed, threads):
        model = BertModel.from_pretrained(str(bert), add_pooling_layer=False, local_files_only=True)

        def states(rows: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
            """States [b, t, d] of the layer, and which tokens are words: [b, t]."""
            longest = max(map(len, rows))
            ids = torch.tensor(
                [row + [tokenizer.pad_token_id] * (longest - len(row)) for row in rows]
            )
            mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
            layers = model(ids, attention_mask=mask, output_hidden_states=True).hidden_states
            words = mask.bool()
            words[:, 0] = False
            words[torch.arange(len(rows)), mask.sum(dim=1) - 1] = False
            return layers[settings.layer], words

        def loss_of_step(step: int) -> torch.Tensor:
            examples = by_language[step % len(by_language)]
            size = min(settings.batch, len(examples))
            batch = [examples[number] for number in rng.choice(len(examples), size, replace=False)]
            ours, our_words = states([one.source for one in batch])
            theirs, their_words = states([one.target for one in batch])
            gold = torch.zeros(len(batch), ours.shape[1], theirs.shape[1])
            for number, one in enumerate(batch):
                gold[number, : one.gold.shape[0], : one.gold.shape[1]] = one.gold
            return alignment_loss(ours @ theirs.transpose(1, 2), gold, our_words, their_words)

        loss = train_steps(model, loss_of_step, settings, "Training the aligner")
    logger.info("the aligner's last loss is %.3f", loss)
    with whole_folder(target) as temporary:
        model.save_pretrained(temporary)
        tokenizer.save_pretrained(temporary)


def alignment_loss(
    scores: torch.Tensor, gold: torch.Tensor, source: torch.Tensor, target: torch.Tensor
) -> torch.Tensor:
    """Minus the mean share of probability on gold partners, both ways.

    `scores` and `gold` are [b, s, t]; `source` [b, s] and `target` [b, t] say which tokens are
    words: the others take part in nothing.
    """
    forth = scores.masked_fill(~target[:, None, :], FAR).softmax(dim=2)
    back = scores.masked_fill(~source[:, :, None], FAR).softmax(dim=1)
    shares = (forth * gold).sum(dim=(1, 2)) / source.sum(dim=1)
    shares = shares + (back * gold).sum(dim=(1, 2)) / target.sum(dim=1)
    return -shares.mean()


def _examples(world: Path, language: str, tokenizer: Any, cut_words: CutWords) -> list[_Example]:
    held_out = read_table(world / "sentences.parquet", SENTENCES, ["held_out"])["held_out"]
    rows = read_table(world / "translations" / f"{language}.parquet", TRANSLATIONS)
    rows = rows[(held_out == "none").to_numpy()]
    examples = []
    for source, translation, links in rows.itertuples(index=False):
        ours, our_places = _pieces(tokenizer, source, cut_words(source, "en"))
        theirs, their_places = _pieces(tokenizer, translation, cut_words(translation, language))
        gold = torch.zeros(len(ours), len(theirs))
        for link in links:
            here = _within(our_places, link["source_start"], link["source_end"])
            there = _within(their_places, link["target_start"], link["target_end"])
            gold[here[:, None], there] = 1.0
        examples.append(_Example(ours, theirs, gold))
    return examples


def _pieces(
    tokenizer: Any, text: str, words: Sequence[tuple[int, int]]
) -> tuple[list[int], npt.NDArray[np.int64]]:
    """Ids [t] of a sentence's pieces and their places [t, 2]; special ones have an empty place."""
    encoded = tokenizer(
        [text[start:end] for start, end in words],
        is_split_into_words=True, return_offsets_mapping=True,
    )  # fmt: skip
    places = np.array(encoded["offset_mapping"], dtype=np.int64)
    for piece, word in enumerate(encoded.word_ids()):
        if word is not None:
            places[piece] += words[word][0]
    return encoded["input_ids"], places


def _within(places: npt.NDArray[np.int64], start: int, end: int) -> npt.NDArray[np.int64]:
    """Pieces that share characters with start:end."""
    inside = (places[:, 0] < end) & (places[:, 1] > start) & (places[:, 1] > places[:, 0])
    return np.flatnonzero(inside)
