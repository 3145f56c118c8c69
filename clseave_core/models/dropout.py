"""Dropout that is cheap to draw on a CPU.

PyTorch draws a number for each element, by one thread. Here a number of 64 bits serves four
elements, 16 bits each.
"""

import torch
from torch import Tensor, nn

LEVELS = 2**16
"""Into how many parts 16 bits divide the probabilities: `p` is rounded to one of them."""


class Dropout(nn.Dropout):
    """`nn.Dropout` with masks from 16 bits an element on a CPU; on a GPU it is PyTorch's own."""

    def forward(self, input: Tensor) -> Tensor:
        dropped = round(self.p * LEVELS)
        if not self.training or not 0 < dropped < LEVELS or input.device.type != "cpu":
            return super().forward(input)
        numbers = torch.empty(-(-input.numel() // 4), dtype=torch.int64).random_(-(2**63), None)
        parts = numbers.view(torch.int16)[: input.numel()].view(input.shape)
        kept = parts >= dropped - LEVELS // 2
        # The mask is fp32 in bf16 too, which would round the factor.
        mask = kept.float().mul_(LEVELS / (LEVELS - dropped))
        return (input * mask).to(input.dtype)


def draw_cheaply(model: nn.Module) -> None:
    """Put `Dropout` in the place of every `nn.Dropout` of a model; weights and names stay."""
    for module in list(model.modules()):
        for name, child in module.named_children():
            if type(child) is nn.Dropout:
                setattr(module, name, Dropout(child.p, child.inplace).train(child.training))
