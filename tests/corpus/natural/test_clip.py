"""Captions that list or place things, and the projection of cells on standardised features."""

import numpy as np
import pytest
import torch
from torch import nn

from clseave_core.corpus.natural.clip import (
    NaturalClipSettings,
    _Scenes,
    _Tiles,
    standardise,
    take_in,
)
from clseave_core.corpus.pocket.drawing import NAMELESS

SETTINGS = {
    "steps": 1, "batch": 2, "learning_rate": 0.1, "weight_decay": 0.0, "warmup": 0.0, "width": 4,
    "layers": 1, "heads": 1, "feed_forward": 1, "projection": 8, "embedding_sd": 1.0,
    "logit_scale": 1.0, "covered": 0.1, "empty": 0.1, "sentences": 0.5,
}  # fmt: skip


def test_features_are_standardised() -> None:
    features, mean, deviation = standardise(torch.tensor([[1.0, 10.0], [3.0, 10.0]]))
    assert mean.tolist() == [2, 10]
    assert features[:, 0].tolist() == pytest.approx([-(0.5**0.5), 0.5**0.5], rel=2e-3)
    assert features[:, 1].tolist() == [0, 0]
    assert deviation[0].item() == pytest.approx(2**0.5, rel=2e-3)


def test_a_layer_reads_raw_features_as_it_read_standardised_ones() -> None:
    torch.manual_seed(0)
    raw = 3 + 2 * torch.randn(20, 5)
    features, mean, deviation = standardise(raw)
    layer = nn.Linear(5, 3)
    expected = layer(features)
    take_in(layer, mean, deviation)
    assert torch.allclose(layer(raw), expected, atol=1e-5)


def test_cells_have_equal_parts_of_an_embedding() -> None:
    with pytest.raises(ValueError, match=r"6 dimensions .*Give a multiple of 4"):
        NaturalClipSettings.from_mapping({**SETTINGS, "projection": 6}, "models")


class Words:
    """A tokenizer whose tokens are the places of words in the order of their first occurrence."""

    bos_token_id, eos_token_id = -1, -2

    def __init__(self) -> None:
        self.words: list[str] = []

    def __call__(self, text: str, *, add_special_tokens: bool) -> "Words":
        assert not add_special_tokens
        self.words += [word for word in text.split() if word not in self.words]
        self.input_ids = [self.words.index(word) for word in text.split()]
        return self

    def decode(self, ids: list[int]) -> str:
        """The words without start and end."""
        return " ".join(self.words[number] for number in ids if number >= 0)


def test_captions_list_every_cell_or_place_some_and_never_leave_out_what_differs() -> None:
    tokenizer = Words()
    names = ["covered tile", "empty space", "dog", "owl"]
    tiles = _Tiles(torch.zeros(4, 3), {name: np.array([row]) for row, name in enumerate(names)})
    settings = NaturalClipSettings.from_mapping(SETTINGS, "models")
    scenes = _Scenes(tiles, tokenizer, settings, np.random.default_rng(0))
    drawn = np.array([[0, 1, 2, 3]] * 40)
    (listed, *_) = scenes.lists(drawn).tolist()
    assert tokenizer.decode(listed) == "covered tile , empty space , dog , owl ."
    differing = np.array([2, 3] * 20)
    said = [tokenizer.decode(row) for row in scenes.sentences(drawn, differing).tolist()]
    placed = ["a dog in the bottom left", "an owl in the bottom right"]
    assert all(placed[row % 2] in text for row, text in enumerate(said))
    assert f"there is {placed[0]} ." in said
    assert {text.count(",") for text in said} == {0, 1, 2, 3}


def test_twins_differ_in_one_cell() -> None:
    tiles = _Tiles(torch.zeros(3, 3), {name: np.array([0]) for name in (*NAMELESS, "dog")})
    settings = NaturalClipSettings.from_mapping(SETTINGS, "models")
    both, cell = _Scenes(tiles, Words(), settings, np.random.default_rng(0)).twins(20)
    differ = both[:20] != both[20:]
    assert differ.sum(axis=1).tolist() == [1] * 20
    assert differ.argmax(axis=1).tolist() == cell[:20].tolist() == cell[20:].tolist()
