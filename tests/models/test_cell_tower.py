"""The frozen cells: folded normalisations, TensorFlow's padding, cells in reading order."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional
from transformers.models.clip.configuration_clip import CLIPVisionConfig

from clseave_core.models import cell_tower
from clseave_core.models.cell_tower import CellTower
from clseave_core.models.efficientnet_lite import (
    EPSILON,
    FEATURES,
    EfficientNetLite0,
    _Block,
    _Conv,
    folded_weights,
)  # fmt: skip


def config_of(width: int) -> CLIPVisionConfig:
    """Four cells, embedded side by side in `width`."""
    ours: dict[str, Any] = {"image_tower": "cells", "grid": 2}
    return CLIPVisionConfig(projection_dim=width, **ours)


def published_names() -> dict[str, torch.Tensor]:
    """Random tensors under the package's names, in the shapes of the network."""
    generator = torch.Generator().manual_seed(0)
    published = {}
    for name, module in EfficientNetLite0().named_modules():
        if not isinstance(module, nn.Conv2d):
            continue
        if name in ("stem", "head"):
            conv, norm = {"stem": ("_conv_stem", "_bn0"), "head": ("_conv_head", "_bn1")}[name]
        else:
            _, number, part = name.split(".")
            norm = f"_blocks.{number}._bn{('expand', 'depthwise', 'project').index(part)}"
            conv = f"_blocks.{number}._{part}_conv"
        outs = module.out_channels
        published[f"{conv}.weight"] = 0.1 * torch.randn(module.weight.shape, generator=generator)
        for key in ("weight", "bias", "running_mean"):
            published[f"{norm}.{key}"] = torch.randn(outs, generator=generator)
        published[f"{norm}.running_var"] = torch.rand(outs, generator=generator) + 0.5
    return published


def test_a_folded_convolution_is_the_convolution_and_its_normalisation() -> None:
    published = published_names()
    net = EfficientNetLite0()
    net.load_state_dict(folded_weights(published))
    picture = torch.rand(2, 3, 16, 16)
    same = functional.pad(picture, (0, 1, 0, 1))
    plain = functional.conv2d(same, published["_conv_stem.weight"], stride=2)
    normalised = functional.batch_norm(
        plain, published["_bn0.running_mean"], published["_bn0.running_var"],
        published["_bn0.weight"], published["_bn0.bias"], eps=EPSILON,
    )  # fmt: skip
    assert torch.allclose(net.stem(picture), normalised, atol=1e-5)
    with torch.inference_mode():
        assert net(torch.rand(2, 3, 64, 64)).shape == (2, FEATURES)


def test_a_missing_weight_is_named() -> None:
    published = published_names()
    del published["_blocks.3._project_conv.weight"]
    with pytest.raises(KeyError, match=r"_blocks.3._project_conv.weight"):
        folded_weights(published)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "expected"),
    [(4, 3, 2, [1, 3]), (5, 3, 2, [0, 2, 4]), (3, 3, 1, [0, 1, 2])],
)
def test_padding_puts_the_odd_pixel_at_the_end(
    size: int, kernel: int, stride: int, expected: list[int]
) -> None:
    """A kernel that picks its middle pixel shows where it was laid."""
    conv = _Conv(1, 1, kernel, stride, bias=False)
    with torch.no_grad():
        conv.weight.zero_()
        conv.weight[0, 0, kernel // 2, kernel // 2] = 1
    ramp = torch.arange(float(size)).expand(1, 1, size, size)
    assert conv(ramp)[0, 0, 0].tolist() == expected


@pytest.mark.parametrize("groups", [1, 3])
@pytest.mark.parametrize(("size", "kernel"), [((8, 8), 3), ((8, 8), 5), ((7, 8), 3)])
def test_a_kernel_with_zeros_before_it_sees_what_a_padded_copy_would_show(
    size: tuple[int, int], kernel: int, groups: int
) -> None:
    torch.manual_seed(0)
    conv = _Conv(3, 3, kernel, 2, groups=groups)
    states = torch.randn(2, 3, *size)
    high, wide = ((side + 1) // 2 * 2 - 2 + kernel - side for side in size)
    padded = functional.pad(states, (wide // 2, wide - wide // 2, high // 2, high - high // 2))
    plain = functional.conv2d(padded, conv.weight, conv.bias, 2, groups=groups)
    assert torch.allclose(conv(states), plain, atol=1e-6)


def test_a_block_adds_its_input_where_the_shapes_agree() -> None:
    torch.manual_seed(0)
    block = _Block(8, 6, 3, 1, 8)
    with torch.no_grad():
        block.project.weight.zero_()
        block.project.bias.fill_(2.0)  # type: ignore[union-attr]
    states = torch.rand(1, 8, 6, 6)
    assert torch.equal(block(states), states + 2.0)
    assert _Block(8, 6, 3, 2, 8)(states).shape == (1, 8, 3, 3)


def test_cells_are_embedded_in_reading_order() -> None:
    torch.manual_seed(0)
    config = config_of(12)
    tower: Any = CellTower(config)
    tower.eval()
    colours = torch.rand(4, 3)
    picture = colours.reshape(2, 2, 3).permute(2, 0, 1)
    large = picture.repeat_interleave(64, dim=1).repeat_interleave(64, dim=2)[None]
    with torch.inference_mode():
        cells = torch.stack([tower.cell_features(colour.expand(64, 64, 3).permute(2, 0, 1)[None])[0]
                             for colour in colours])  # fmt: skip
        expected = tower.embed_cells(cells[None])
        embedded = tower(large).image_embeds
    assert embedded.shape == (1, 12)
    assert torch.allclose(embedded, expected, atol=1e-5)
    # A cell has its own part, the same wherever it stands
    turned = tower.embed_cells(cells[None].flip(1)).reshape(4, 3)
    assert torch.allclose(turned.flip(0).flatten(), expected[0], atol=1e-6)


@pytest.mark.parametrize("bf16", [False, True])
def test_threads_that_take_whole_parts_change_no_bit(
    bf16: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cell_tower, "CELLS_AT_ONCE", 2)
    torch.manual_seed(0)
    tower: Any = CellTower(config_of(8))
    tower.eval()
    cells = torch.rand(5, 3, 64, 64)
    made = []
    usual = torch.get_num_threads()
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                made.append(tower.cell_features(cells))
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(usual)
    assert made[0].dtype == (torch.bfloat16 if bf16 else torch.float32)
    assert torch.equal(*made)


def test_the_backbone_gets_no_gradient() -> None:
    config = config_of(8)
    tower = CellTower(config)
    tower(torch.rand(1, 3, 128, 128)).image_embeds.sum().backward()
    assert all(weight.grad is None for weight in tower.backbone.parameters())
    assert tower.cell_projection.weight.grad is not None
