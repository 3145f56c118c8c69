"""The projection of cells: trained on standardised features, read as they are."""

import pytest
import torch
from torch import nn

from clseave_core.corpus.natural.clip import NaturalClipSettings, standardise, take_in

SETTINGS = {
    "steps": 1, "batch": 2, "learning_rate": 0.1, "weight_decay": 0.0, "warmup": 0.0, "width": 4,
    "layers": 1, "heads": 1, "feed_forward": 1, "projection": 8, "embedding_sd": 1.0,
    "logit_scale": 1.0, "covered": 0.1, "empty": 0.1,
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
