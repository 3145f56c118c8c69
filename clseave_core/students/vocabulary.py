"""The part of a multilingual vocabulary that one language uses (Abdaoui et al. 2020).

Of multilingual BERT's 119,547 word pieces, whose embeddings are half of its weights, the sentences
of one language use a few thousand. A trimmed encoder keeps those, and so gives each of these
sentences the very states that it gave before.
"""

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from clseave_core.files import read_json, whole_folder, write_json
from clseave_core.models.student import load_encoder
from clseave_core.models.tokens import SENTENCES_PER_CALL, Indices, load_tokenizer
from clseave_core.translation.texts import read_texts

WORD_PIECE = "WordPiece"


def load_word_pieces(folder: str | Path) -> Any:
    """The tokenizer of a model folder, if its vocabulary can be trimmed.

    Raises ValueError for one that is no WordPiece: only there does taking pieces away that a
    sentence does not have leave the sentence as it was.
    """
    tokenizer = load_tokenizer(folder)
    kind = json.loads(tokenizer.backend_tokenizer.to_str())["model"]["type"]
    if kind != WORD_PIECE:
        raise ValueError(
            f"{folder} has a tokenizer of the kind {kind}, and only a WordPiece vocabulary can be "
            "trimmed. Take trim_vocabulary away from the student."
        )
    return tokenizer


def kept_pieces(tokenizer: Any, sentences: Iterable[Sequence[str]]) -> Indices:
    """Rising ids of the pieces to keep: [k].

    Those that the `sentences` of one or more lists have, all special and added tokens, and all
    single characters, at the start of a word and within one. WordPiece takes the longest piece that
    fits, so that each of these sentences is cut as before. Any other word is cut into the pieces
    that are left, down to its characters; where the vocabulary knows one of these only within
    longer pieces, the word may become [UNK].
    """
    model = json.loads(tokenizer.backend_tokenizer.to_str())["model"]
    within = model["continuing_subword_prefix"]
    kept = {number for piece, number in model["vocab"].items() if _is_character(piece, within)}
    kept |= set(tokenizer.get_added_vocab().values()) | set(tokenizer.all_special_ids)
    for texts in sentences:
        for start in range(0, len(texts), SENTENCES_PER_CALL):
            part = list(texts[start : start + SENTENCES_PER_CALL])
            # Not cut to the model's length: what follows there decides whether a word is known.
            for ids in tokenizer(part, truncation=False, verbose=False)["input_ids"]:
                kept.update(ids)
    return np.array(sorted(kept), dtype=np.int64)


def _is_character(piece: str, within: str) -> bool:
    return len(piece) == 1 or (piece.startswith(within) and len(piece) == len(within) + 1)


@contextmanager
def encoder_to_train(
    folder: str | Path, kept: Sequence[str | Path], state_folder: Path
) -> Iterator[str | Path]:
    """The encoder in `folder`; with files of sentences in `kept`, a copy trimmed to them.

    The copy lies beside the training's state and is gone when the block ends.
    """
    if not kept:
        yield folder
        return
    copy = state_folder.with_name(f"{state_folder.name}.encoder")
    trim_encoder(folder, map(read_texts, kept), copy)
    try:
        yield copy
    finally:
        shutil.rmtree(copy)


def trim_encoder(
    folder: str | Path, sentences: Iterable[Sequence[str]], target: str | Path
) -> None:
    """Write the encoder in `folder` with the pieces that `sentences` have, as a folder like it.

    Pieces keep their order. Raises ValueError where the vocabulary is no WordPiece one.
    """
    folder = Path(folder)
    tokenizer = load_word_pieces(folder)
    kept = kept_pieces(tokenizer, sentences)
    encoder = load_encoder(folder)
    _trim_embedding(encoder, kept)
    with whole_folder(target) as temporary:
        encoder.save_pretrained(temporary)
        tokenizer.save_pretrained(temporary)
        _trim_tokenizer(temporary, kept)


def _trim_embedding(encoder: Any, kept: Indices) -> None:
    old = encoder.get_input_embeddings()
    places = {int(number): place for place, number in enumerate(kept)}
    padding = places.get(old.padding_idx)
    rows = old.weight.detach()[torch.from_numpy(kept)]
    encoder.set_input_embeddings(
        nn.Embedding.from_pretrained(rows, freeze=False, padding_idx=padding)
    )
    encoder.config.vocab_size = len(kept)
    for name, number in encoder.config.to_dict().items():
        if name.endswith("_token_id") and isinstance(number, int):
            setattr(encoder.config, name, places.get(number))


def _trim_tokenizer(folder: Path, kept: Indices) -> None:
    """Renumber what `folder/tokenizer.json` says, which is all that a tokenizer is read from."""
    places = {int(number): place for place, number in enumerate(kept)}
    file = folder / "tokenizer.json"
    content = read_json(file)
    vocabulary = content["model"]["vocab"]
    content["model"]["vocab"] = {p: places[n] for p, n in vocabulary.items() if n in places}
    for token in content["added_tokens"]:
        token["id"] = places[token["id"]]
    if content["padding"]:
        content["padding"]["pad_id"] = places[content["padding"]["pad_id"]]
    marks = content["post_processor"] or {}
    for mark in marks.get("special_tokens", {}).values():  # TemplateProcessing
        mark["ids"] = [places[number] for number in mark["ids"]]
    for name in ("sep", "cls"):  # BertProcessing
        if name in marks:
            marks[name] = [marks[name][0], places[marks[name][1]]]
    write_json(file, content)
    settings = read_json(folder / "tokenizer_config.json")
    if settings.pop("added_tokens_decoder", None):  # the same as in tokenizer.json, by old numbers
        write_json(folder / "tokenizer_config.json", settings)
