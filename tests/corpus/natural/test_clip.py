"""Two CLIPs of one world: captions that list or place things, frozen cells, a ViT from scratch."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from clseave_core.corpus.model_folder import WEIGHTS
from clseave_core.corpus.natural.clip import (
    CellsSettings,
    VitSettings,
    _Scenes,
    _Tiles,
    clip_settings,
    pretrain_clip,
    put_together,
    standardise,
    take_in,
)
from clseave_core.corpus.natural.settings import NaturalSettings
from clseave_core.corpus.natural.world import generate_world
from clseave_core.corpus.pocket.drawing import NAMELESS
from clseave_core.teacher.image_tower import ImageTower
from clseave_core.training.device import Compute
from tests.corpus.natural.test_world import WORLD

SETTINGS = {
    "steps": 1, "batch": 2, "learning_rate": 0.1, "weight_decay": 0.0, "warmup": 0.0, "width": 4,
    "layers": 1, "heads": 1, "feed_forward": 1, "projection": 8, "embedding_sd": 1.0,
    "logit_scale": 1.0, "covered": 0.1, "empty": 0.1, "sentences": 0.5,
}  # fmt: skip


PATCHES = {**SETTINGS, "patch": 4, "pixels": 16, "projection": 6}


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
        CellsSettings.from_mapping({**SETTINGS, "projection": 6}, "models")


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
    settings = CellsSettings.from_mapping(SETTINGS, "models")
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
    settings = CellsSettings.from_mapping(SETTINGS, "models")
    both, cell = _Scenes(tiles, Words(), settings, np.random.default_rng(0)).twins(20)
    differ = both[:20] != both[20:]
    assert differ.sum(axis=1).tolist() == [1] * 20
    assert differ.argmax(axis=1).tolist() == cell[:20].tolist() == cell[20:].tolist()


def test_cells_are_put_together_in_reading_order() -> None:
    cells = torch.arange(4.0).reshape(1, 4, 1, 1, 1).expand(1, 4, 3, 2, 2)
    (picture,) = put_together(cells)
    for channel in picture:
        assert channel.tolist() == [[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 3], [2, 2, 3, 3]]


def test_settings_with_a_patch_are_a_vision_transformers() -> None:
    assert isinstance(clip_settings(SETTINGS, "models"), CellsSettings)
    assert isinstance(clip_settings(PATCHES, "models"), VitSettings)
    with pytest.raises(ValueError, match=r"20 pixels .*Give a multiple of 8"):
        clip_settings({**PATCHES, "pixels": 20}, "models")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("natural")
    generate_world(NaturalSettings.from_mapping(WORLD, ("de", "ja")), folder)
    return folder


@pytest.mark.parametrize("mapping", [SETTINGS, PATCHES], ids=["cells", "vit"])
def test_one_world_has_both_clips(world: Path, tmp_path: Path, mapping: dict[str, float]) -> None:
    settings = clip_settings(mapping | {"steps": 4, "batch": 4}, "models")
    for name in ("first", "second"):
        pretrain_clip(world, tmp_path / name, settings, seed=1, threads=1)

    first, second = ((tmp_path / name / WEIGHTS).read_bytes() for name in ("first", "second"))
    assert first == second
    tower = ImageTower(tmp_path / "first", Compute("fp32", 1))
    pixels = torch.from_numpy(tower.pixels(Image.new("RGB", (32, 32), "red")))
    assert tower.embed(pixels[None]).shape == (1, mapping["projection"])
